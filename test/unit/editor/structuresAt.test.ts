import assert from 'node:assert/strict';
import { structuresAt } from '../../../src/editor/structuresAt';
import { structureSample } from '../../support/structureSamples';

/** A view of 100 sectors with a superblock of btrfs at sector 40, and sectors that can't be read. */
function view(...bad: number[]) {
  const bytes = Buffer.alloc(100 * 512 + 7);
  bytes.set(structureSample('btrfs').bytes, 40 * 512);
  return {
    byteCount: bytes.length,
    read: async (first: number, count: number) => ({
      bytes: Uint8Array.from(bytes.subarray(first * 512, (first + count) * 512)),
      unreadable: bad
        .filter((sector) => sector >= first && sector < first + count)
        .map((sector) => ({ first: sector, count: 1 })),
    }),
  };
}

describe('sector editor: structures at a sector', () => {
  const { signal } = new AbortController();
  const offsets = async (sector: number, ...bad: number[]) =>
    (await structuresAt(view(...bad), sector, signal)).map(({ byteOffset }) => byteOffset);

  it('are those that it is part of', async () => {
    assert.deepEqual(await offsets(40), [40 * 512]);
    assert.deepEqual(await offsets(47), [40 * 512]);
    for (const sector of [0, 39, 48, 99, 100]) assert.deepEqual(await offsets(sector), []);
    await assert.rejects(offsets(101), { code: 'EINVAL' });
  });

  it('are none where a part of them can’t be read, and all the same where another sector can’t', async () => {
    for (const bad of [40, 43, 47]) assert.deepEqual(await offsets(44, bad), []);
    assert.deepEqual(await offsets(44, 44), []);
    assert.deepEqual(await offsets(44, 39, 48), [40 * 512]);
  });
});
