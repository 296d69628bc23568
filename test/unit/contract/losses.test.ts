import assert from 'node:assert/strict';
import { describeLosses } from '../../../src/contract/losses';
import type { DeviceInfo } from '../../../src/engine';

const device = (name: string, remaps: number, sequence: number | null = 1) =>
  ({ name, remaps, metadata: { valid: 5, sequence } }) as unknown as DeviceInfo;

describe('losses', () => {
  it('are remap entries and devices that are not there any more', () => {
    const before = [device('a', 5), device('b', 1), device('c', 2), device('d', 3)];
    const after = [device('a', 0, null), device('b', 1), device('d', 2)];
    assert.deepEqual(describeLosses({ before, after }), [
      'a lost 5 remap entries: without dm-remap-v4-metadata the table is not kept',
      'c is not assembled any more',
      'd lost 1 remap entry',
    ]);
  });

  it('are none when everything came back', () => {
    assert.deepEqual(describeLosses({ before: [device('a', 5)], after: [device('a', 6)] }), []);
  });
});
