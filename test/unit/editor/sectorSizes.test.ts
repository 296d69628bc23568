import assert from 'node:assert/strict';
import type { Memento } from 'vscode';
import { recognizedSectorSize, SectorSizes } from '../../../src/editor/sectorSizes';

/** A disk with a GPT at these bytes, or too small for one. */
const sizeOf = (gptAt: readonly number[], sectorCount = 100) => {
  const disk = Buffer.alloc(sectorCount * 512);
  for (const at of gptAt) disk.write('EFI PART', at, 'latin1');
  return recognizedSectorSize(sectorCount, async (first, count) =>
    disk.subarray(first * 512, (first + count) * 512),
  );
};

describe('the sector size of a document', () => {
  it('is 4,096 where a GPT stands at byte 4,096 only', async () => {
    assert.equal(await sizeOf([4096]), 4096);
    assert.equal(await sizeOf([512]), 512);
    assert.equal(await sizeOf([512, 4096]), 512);
    assert.equal(await sizeOf([]), 512);
    assert.equal(await sizeOf([], 8), 512);
  });

  it('is remembered once it was chosen, and told', async () => {
    const values = new Map<string, unknown>();
    const memento = {
      get: (key: string, none: unknown) => values.get(key) ?? none,
      update: async (key: string, value: unknown) => values.set(key, value),
    } as unknown as Memento;
    const sizes = new SectorSizes(memento);
    const told: string[] = [];
    sizes.onDidChange((uri) => told.push(uri));
    assert.equal(sizes.of('file:///a'), undefined);
    await sizes.choose('file:///a', 2048);
    assert.deepEqual([sizes.of('file:///a'), sizes.of('file:///b'), told], [2048, undefined, ['file:///a']]);
    assert.equal(new SectorSizes(memento).of('file:///a'), 2048);
    values.set('remap.sectorSizes', { 'file:///a': 7 });
    assert.equal(sizes.of('file:///a'), undefined);
  });
});
