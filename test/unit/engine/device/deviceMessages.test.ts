import assert from 'node:assert/strict';
import { deviceRig } from '../../../support/device/deviceRig';
import { taggedRun } from '../../../support/remap/targetRig';

describe('messages to a device', () => {
  const rig = deviceRig();

  it('are answered with its figures', async () => {
    const { device } = rig;
    await device.injectErrors({ sectors: [[100, 2]] });
    await device.write(96, taggedRun(96, 8, 1));
    await device.read(100, 1);
    assert.equal(
      await device.message('help'),
      'Commands: help, status, stats, clear_stats, health, cache_stats, test_remap',
    );
    assert.match(await device.message('STATUS'), /^mappings=2 reads=1 writes=1 errors=1 health=\d+%$/);
    assert.match(
      await device.message('stats'),
      /^total_ios=2 normal=0 remapped=2 errors=1 remapped_sectors=2 avg_latency_ns=\d+ max_latency_ns=\d+$/,
    );
    assert.match(await device.message('health'), /^health_score=\d+% scan_count=0 hotspot_sectors=2 /);
    assert.match(await device.message('cache_stats'), /^cache_hits=0 cache_misses=0 hit_rate=0% /);
  });

  it('clear the counters that they name', async () => {
    await rig.device.read(0, 1);
    assert.equal(await rig.device.message('clear_stats'), 'Statistics cleared');
    const { reads, totalIos } = rig.device.info().statistics;
    assert.deepEqual([reads, totalIos], [0, 0]);
    assert.match(await rig.device.message('stats'), /avg_latency_ns=/);
  });

  it('remap a sector, once', async () => {
    const { device } = rig;
    assert.match(await device.message('test_remap 1000 1300'), /^Created test remap: bad_sector=1000/);
    assert.equal(device.listRemaps().remaps[0]!.spare, 1300);
    const refusal = { code: 'EEXIST', message: /^Failed to add remap: -17/ };
    await assert.rejects(device.message('test_remap 1000 1301'), refusal);
    await assert.rejects(device.message('test_remap 99999999999 1301'), { code: 'EINVAL' });
  });

  it('go to the medium of main when they are those of dm-dust', async () => {
    await rig.device.message('addbadblock 60');
    assert.equal(await rig.device.message('countbadblocks'), 'countbadblocks: 1 badblock(s) found');
    assert.equal(rig.device.info().badSectors, 1);
    await assert.rejects(rig.device.message('addbadblock 60'), { code: 'EINVAL' });
  });
});
