import assert from 'node:assert/strict';
import { ACTIVE } from '../../../../src/engine/metadata/entry';
import { MemoryDevice } from '../../../support/block/memoryDevice';
import { encodePlain } from '../../../support/metadata/independentEncoder';
import { kernelSpare } from '../../../support/metadata/kernelSpare';
import {
  RIG_MAIN_SECTORS,
  RIG_SPARE_SECTORS,
  readRun,
  TargetRig,
  taggedSector,
} from '../../../support/remap/targetRig';

/** A spare with the kernel's metadata, which list the pairs of an original and a spare sector. */
function spareListing(pairs: readonly (readonly [original: number, spare: number])[]): MemoryDevice {
  const structure = encodePlain({
    sequence: 7,
    timestamp: 1_760_620_000,
    mainSectors: RIG_MAIN_SECTORS,
    spareSectors: RIG_SPARE_SECTORS,
    remaps: pairs.map(([original, spare]) => ({ original, spare, timeNs: 5n, errorCount: 1, flags: ACTIVE })),
  });
  return kernelSpare(structure, RIG_SPARE_SECTORS);
}

describe('R9: remaps inside the metadata area (B2, B3)', () => {
  it('open read-only, and take writes once they are relocated', async () => {
    const spare = spareListing([
      [1000, 200],
      [2000, 1400],
    ]);
    spare.poke(200, taggedSector(1000, 1));
    spare.poke(1400, taggedSector(2000, 1));
    const rig = await TargetRig.over(new MemoryDevice(RIG_MAIN_SECTORS), spare);
    assert.equal(rig.target.readOnly, true);
    assert.deepEqual(await readRun(rig.target, 1000, 1), taggedSector(1000, 1));
    await assert.rejects(rig.target.write(5, taggedSector(5, 1)), { code: 'EROFS' });

    assert.deepEqual(await rig.target.relocate(() => false), { relocated: 1, lost: [], left: [] });
    await rig.target.write(5, taggedSector(5, 1));
    await rig.reload();
    assert.equal(rig.target.readOnly, false);
    assert.deepEqual(await readRun(rig.target, 1000, 1), taggedSector(1000, 1));
    assert.deepEqual(await readRun(rig.target, 2000, 1), taggedSector(2000, 1));
    assert.ok(rig.target.table.spareOf(rig.target.table.slotOf(1000)) >= 1280);
  });

  it('are told as lost where a metadata copy lies over their data, and main answers again', async () => {
    const rig = await TargetRig.over(
      new MemoryDevice(RIG_MAIN_SECTORS),
      spareListing([
        [1000, 0],
        [2000, 1400],
      ]),
    );
    rig.main.inject([[1000, 1]], { mode: 'error' });
    const result = await rig.target.relocate((sector) => sector % 256 < 165);
    assert.deepEqual(result, { relocated: 0, lost: [1000], left: [] });
    await assert.rejects(readRun(rig.target, 1000, 1), { code: 'EIO' });
    await rig.reload();
    assert.equal(rig.target.table.size, 1);
    assert.equal(rig.target.readOnly, false);
  });

  it('that share a spare sector: the later one keeps it, the earlier is lost', async () => {
    const rig = await TargetRig.over(
      new MemoryDevice(RIG_MAIN_SECTORS),
      spareListing([
        [1000, 1400],
        [5000 % RIG_MAIN_SECTORS, 1400],
      ]),
    );
    assert.equal(rig.target.readOnly, true);
    assert.deepEqual(await rig.target.relocate(() => false), { relocated: 0, lost: [1000], left: [] });
    assert.equal(rig.target.table.slotOf(1000), -1);
    assert.notEqual(rig.target.table.slotOf(5000 % RIG_MAIN_SECTORS), -1);
  });
});
