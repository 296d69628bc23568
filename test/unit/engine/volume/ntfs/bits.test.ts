import assert from 'node:assert/strict';
import { bitRuns } from '../../../../../src/engine/volume/ntfs/bits';

describe('bitRuns', () => {
  it('gives the same runs as bit by bit', () => {
    for (let seed = 1; seed < 200; seed++) {
      const bytes = Uint8Array.from(
        { length: 9 },
        (_, i) => [0, 255, seed, seed * 7 * i][(seed * i + i) % 4]!,
      );
      const bitCount = 72 - (seed % 9);
      const runs = [...bitRuns(bytes, bitCount)];
      const bits = runs.flatMap(({ count, isSet }) => Array.from({ length: count }, () => isSet));
      assert.deepEqual(
        bits,
        Array.from({ length: bitCount }, (_, bit) => ((bytes[bit >> 3]! >> (bit & 7)) & 1) === 1),
      );
      for (const [i, run] of runs.entries()) if (i > 0) assert.notEqual(run.isSet, runs[i - 1]!.isSet);
    }
    assert.deepEqual([...bitRuns(new Uint8Array(0), 0)], []);
  });
});
