import assert from 'node:assert/strict';
import { sealStructure, writeEntry } from '../../../../src/engine/metadata/codec/v4';
import { MemoryDevice } from '../../../support/block/memoryDevice';
import { firstExtent } from '../../../support/metadata/largeTableRig';
import { commitList, entries, entry, formatted, openStore } from '../../../support/metadata/spares';
import { readRun, TargetRig, taggedSector } from '../../../support/remap/targetRig';

const MAIN_SECTORS = 204_800;

/** A spare with 4,000 remaps of 1000, 1008, ..., of which a kernel has led that of sector 1000 into the large table. */
async function ledIntoTable(offset: number): Promise<{ spare: MemoryDevice; at: number }> {
  const spare = await formatted();
  const store = await openStore(spare);
  await commitList(store, entries(4000));
  await store.settle();
  const at = firstExtent(store).startA + offset;
  const structure = new Uint8Array(165 * 512);
  spare.peek(0, structure);
  writeEntry(structure, 0, entry(1000, at));
  sealStructure(structure);
  for (let copy = 0; copy < 5; copy++) spare.poke(copy * 256, structure);
  return { spare, at };
}

describe('stray entries', () => {
  it('are those that a kernel has led to records of the large table', async () => {
    const { spare, at } = await ledIntoTable(5);
    spare.poke(1281, taggedSector(1008, 1));
    const rig = await TargetRig.over(new MemoryDevice(MAIN_SECTORS), spare);
    assert.equal(rig.target.readOnly, false);
    await assert.rejects(readRun(rig.target, 990, 30), { code: 'EIO', failed: [[1000, 1]] });
    assert.deepEqual(await readRun(rig.target, 1008, 1), taggedSector(1008, 1));
    await rig.target.write(1000, taggedSector(1000, 2));
    await rig.reload();
    assert.equal(rig.target.table.strays.size, 0);
    assert.deepEqual(await readRun(rig.target, 1000, 1), taggedSector(1000, 2));
    assert.notEqual(rig.target.table.spareOf(rig.target.table.slotOf(1000)), at);
  });

  it('are not those whose data lie there: these open read-only until they are relocated (R9)', async () => {
    for (const offset of [5, 255]) {
      const { spare, at } = await ledIntoTable(offset);
      spare.poke(at, taggedSector(1000, 1));
      const rig = await TargetRig.over(new MemoryDevice(MAIN_SECTORS), spare);
      assert.deepEqual([rig.target.readOnly, rig.target.table.strays.size], [true, 0]);
      assert.deepEqual(await readRun(rig.target, 1000, 1), taggedSector(1000, 1));
      assert.deepEqual(await rig.target.relocate(() => false), { relocated: 1, lost: [], left: [] });
      await rig.reload();
      assert.equal(rig.target.readOnly, false);
      assert.deepEqual(await readRun(rig.target, 1000, 1), taggedSector(1000, 1));
    }
  });

  it('are those of a spare that the device does not have, and those that lead beyond its end', async () => {
    const spare = await formatted();
    const list = [entry(5, 1400, { member: 3 }), entry(6, 102_400), entry(7, 102_399), entry(204_800, 1401)];
    const store = await openStore(spare);
    await commitList(store, list);
    const rig = await TargetRig.over(new MemoryDevice(MAIN_SECTORS), spare);
    const strays = [...rig.target.table.strays].map((slot) => rig.target.table.entryAt(slot).original);
    assert.deepEqual(strays, [5, 6, 204_800]);
    await assert.rejects(readRun(rig.target, 0, 16), {
      code: 'EIO',
      failed: [[5, 2]],
    });
  });
});
