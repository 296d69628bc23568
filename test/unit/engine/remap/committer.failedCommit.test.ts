import assert from 'node:assert/strict';
import { readRun, recordedRig, type TargetRig, taggedSector } from '../../../support/remap/targetRig';

describe('R6: a commit that fails when its copies are written already', () => {
  let rig: TargetRig;

  /** The entry of sector 100 is on the spare's disk, though the write that it was made for has failed. */
  beforeEach(async () => {
    const recorded = await recordedRig();
    rig = recorded.rig;
    await rig.target.write(100, taggedSector(100, 1));
    rig.main.inject([[100, 1]], { mode: 'error' });
    recorded.spare.fail({ operations: ['flush'], after: 1, duration: 'once' });
    await assert.rejects(rig.target.write(100, taggedSector(100, 2)), { code: 'EIO' });
    assert.equal(rig.target.table.size, 0);
    rig.main.clear();
  });

  it('takes nothing from a write to main that is acknowledged later', async () => {
    await rig.target.write(100, taggedSector(100, 3));
    await rig.reboot();
    assert.deepEqual(await readRun(rig.target, 100, 1), taggedSector(100, 3));
  });

  it('is undone by a flush: a reboot brings back what could be read before', async () => {
    assert.deepEqual(await readRun(rig.target, 100, 1), taggedSector(100, 1));
    await rig.target.flush();
    await rig.reboot();
    assert.equal(rig.target.table.size, 0);
    assert.deepEqual(await readRun(rig.target, 100, 1), taggedSector(100, 1));
  });

  it('leaves an entry on the disk, or there would be nothing to undo', async () => {
    await rig.reboot();
    assert.equal(rig.target.table.size, 1);
  });
});
