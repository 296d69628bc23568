import assert from 'node:assert/strict';
import { nextInFile } from '../../../src/editor/nextInFile';

describe('The next sector of a file', () => {
  it('follows in the order of the file, not of the disk', () => {
    const extents = [
      [2, 50, 1],
      [0, 100, 2],
    ] as const;
    assert.deepEqual(
      [100, 101, 50, 7].map((sector) => nextInFile(extents, sector)),
      [101, 50, null, null],
    );
  });
});
