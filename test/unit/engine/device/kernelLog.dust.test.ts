import assert from 'node:assert/strict';
import { deviceRig } from '../../../support/device/deviceRig';
import { taggedRun, taggedSector } from '../../../support/remap/targetRig';

describe('The log of a medium with bad sectors', () => {
  const rig = deviceRig();

  it('has the lines of dm-dust, with its prefix', async () => {
    await rig.device.message('addbadblock 5');
    await rig.device.message('removebadblock 5');
    await rig.device.message('disable');
    assert.deepEqual(rig.log, [
      'device-mapper: dust: dust_add_block: badblock added at block 5 with write fail count 0',
      'device-mapper: dust: dust_remove_block: badblock removed at block 5',
      'device-mapper: dust: disabling read failures on bad sectors',
    ]);
  });

  it('says which sectors a write heals', async () => {
    await rig.device.injectErrors({ sectors: [[10, 2]], mode: 'dust' });
    await rig.device.write(10, taggedRun(10, 2, 1));
    assert.deepEqual(rig.log, [
      'device-mapper: dust: block 10 removed from badblocklist by write',
      'device-mapper: dust: block 11 removed from badblocklist by write',
    ]);
  });

  it('sums up a burst', async () => {
    await rig.device.injectErrors({ sectors: [[100, 1000]], mode: 'dust' });
    await rig.device.write(100, taggedRun(100, 1000, 1));
    assert.equal(rig.log.length, 9);
    assert.match(rig.log.at(-1)!, /\.\.\. and 992 sectors more$/);
  });

  it('is silent about single sectors when told to be quiet', async () => {
    await rig.device.message('quiet');
    await rig.device.injectErrors({ sectors: [[10, 1]], mode: 'dust' });
    await rig.device.write(10, taggedSector(10, 1));
    assert.deepEqual(rig.log, []);
  });
});
