import assert from 'node:assert/strict';
import { kindClass } from '../../../../media/editor/byteKinds';

describe('sector editor: kinds of bytes', () => {
  it('are zeros, FF, text, control characters and all others', () => {
    const runs: [first: number, kind: string][] = [];
    for (let value = 0; value < 256; value++) {
      const kind = kindClass(value);
      if (runs.at(-1)?.[1] !== kind) runs.push([value, kind]);
    }
    assert.deepEqual(runs, [
      [0x00, ' kind-zero'],
      [0x01, ' kind-control'],
      [0x20, ' kind-text'],
      [0x7f, ' kind-control'],
      [0x80, ' kind-other'],
      [0xff, ' kind-ones'],
    ]);
  });
});
