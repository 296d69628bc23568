import assert from 'node:assert/strict';
import { FIRST_DATA_SECTOR } from '../../../../src/engine/remap/spareAllocator';
import { deviceRig } from '../../../support/device/deviceRig';
import { taggedSector } from '../../../support/remap/targetRig';

describe('A device whose spare fails', () => {
  const rig = deviceRig();

  it('is degraded, says why in the log and in its state, and recovers with the next remap (R5)', async () => {
    const { device } = rig;
    const { medium, sectorCount } = rig.spare();
    await device.injectErrors({ sectors: [[10, 1]] });
    medium.inject([[FIRST_DATA_SECTOR, sectorCount - FIRST_DATA_SECTOR]], { mode: 'error' });

    await assert.rejects(device.write(10, taggedSector(10, 1)), { code: 'EIO' });
    const { state, reasons } = device.info();
    assert.equal(state, 'degraded');
    assert.match(reasons.join(), /the spare fails wherever it is written to/);
    assert.match(rig.log.join('\n'), /sector 10 not remapped: the spare fails/);

    medium.clear();
    await device.write(10, taggedSector(10, 2));
    assert.deepEqual([device.info().state, device.info().reasons], ['active', []]);
  });
});
