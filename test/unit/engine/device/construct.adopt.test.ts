import assert from 'node:assert/strict';
import type { BlockDevice } from '../../../../src/engine/block/blockDevice';
import { adoptMetadata, constructTarget } from '../../../../src/engine/device/construct';
import { KernelLog } from '../../../../src/engine/device/kernelLog';
import { ScriptedDevice } from '../../../support/block/scriptedDevice';
import { readRun, TargetRig, taggedSector } from '../../../support/remap/targetRig';

describe('a target to which its metadata come late', () => {
  it('keeps what was remapped after an attempt that failed when its table was on disk already', async () => {
    let disk!: ScriptedDevice;
    const wrap = (device: BlockDevice, role: 'main' | 'spare'): BlockDevice => {
      if (role === 'main') return device;
      disk = new ScriptedDevice(device);
      return disk;
    };
    const rig = await TargetRig.create({ persistent: false, wrap });
    const log = new KernelLog(() => {});
    const layers = { main: rig.main, spares: [rig.spare] };
    const { clock, observer } = rig;
    const construction = await constructTarget(layers, { persistent: false, clock, observer, log });
    const { target } = construction;
    rig.main.inject([[100, 1]], { mode: 'error' });
    await target.write(100, taggedSector(100, 1));
    const place = target.table.spareOf(0);

    disk.fail({ operations: ['flush'], after: 1, duration: 'once' });
    await assert.rejects(adoptMetadata(construction, undefined, log), { code: 'EIO' });
    assert.deepEqual([target.table.size, target.pool.persistent().length], [1, 0]);
    rig.spare.inject([[place, 1]], { mode: 'error' });
    await target.write(100, taggedSector(100, 2));
    await adoptMetadata(construction, undefined, log);
    assert.deepEqual(await readRun(target, 100, 1), taggedSector(100, 2));
    assert.notEqual(target.table.spareOf(0), place);
  });
});
