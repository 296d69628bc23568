import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { mapfilePath } from '../../../../src/engine/device/disk';
import { deviceRig } from '../../../support/device/deviceRig';

describe('device details', () => {
  const rig = deviceRig();

  it('tells the runs that cannot be read: what they are, and what was injected apart from what was found', async () => {
    await rig.device.close();
    await writeFile(mapfilePath(rig.spec.main), '0x0 ? 1\n0x0 0x400 -\n0x400 0x600 *\n0xA00 0x9FF600 +\n');
    await rig.assemble();
    const { device } = rig;
    await device.injectErrors({ sectors: [[4, 2]], mode: 'dust' });
    await device.injectErrors({ sectors: [[7, 1]], on: 'spare' });
    const error = { mode: 'error' };
    const dust = { mode: 'dust' };
    assert.deepEqual(
      [...device.details.unreadable('main')],
      [
        { first: 0, count: 2, kind: 'bad', isInjected: false, found: '-', fault: error },
        { first: 2, count: 2, kind: 'notRescued', isInjected: false, found: '*' },
        { first: 4, count: 1, kind: 'bad', isInjected: true, found: '*', fault: dust },
        { first: 5, count: 1, kind: 'bad', isInjected: true, found: '+', fault: dust },
      ],
    );
    assert.deepEqual(
      [...device.details.unreadable(0)].map(({ first, isInjected }) => [first, isInjected]),
      [[7, true]],
    );
    assert.deepEqual(device.details.mediumOf('main'), {
      badSectors: 4,
      notRescued: 2,
      mapPath: mapfilePath(rig.spec.main),
    });
    assert.equal(device.details.mediumOf(0)!.badSectors, 1);
    assert.deepEqual([device.details.mediumOf(1), [...device.details.unreadable(1)]], [null, []]);
  });

  it('tells the place of a remap, and the entries of some sectors', async () => {
    const { device } = rig;
    for (const sector of [30, 10, 20]) await device.remapSector(sector);
    assert.deepEqual(
      [10, 20, 30, 25].map((sector) => device.details.remapRank(sector)),
      [0, 1, 2, null],
    );
    const query = { order: 'spare', isDescending: false, filter: { originals: [[15, 100]] } } as const;
    assert.deepEqual([...(await device.details.selectRemaps(query))], [30, 20]);
    assert.deepEqual(
      device.details.remapsOf([30, 11, 10]).map(({ original, state }) => [original, state]),
      [
        [30, 'active'],
        [10, 'active'],
      ],
    );
    const before = device.details.remapRevision;
    await device.remapSector(40);
    assert.notEqual(device.details.remapRevision, before);
  });

  it('tells what the health score is made from, and since when the device counts', async () => {
    const { device, clock } = rig;
    const { score, terms } = device.details.health();
    assert.deepEqual([score, terms.length], [100, 3]);
    await device.injectErrors({ sectors: [[100, 12]] });
    for (let sector = 100; sector < 112; sector++) await device.read(sector, 1);
    const worse = device.details.health();
    assert.ok(worse.score < 100);
    assert.equal(100 - worse.terms.reduce((sum, { penalty }) => sum + penalty, 0), worse.score);
    const since = device.details.countingSince;
    clock.ms += 60_000;
    await device.message('clear_stats');
    assert.equal(device.details.countingSince, since + 60_000);
  });
});
