import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { mapfilePath } from '../../../../src/engine/device/disk';
import { copySector, STRUCTURE_SECTORS } from '../../../../src/engine/metadata/codec/v4';
import { FIRST_DATA_SECTOR } from '../../../../src/engine/remap/spareAllocator';
import { deviceRig } from '../../../support/device/deviceRig';
import { taggedSector } from '../../../support/remap/targetRig';

describe('sector origins', () => {
  const rig = deviceRig();

  /** Remaps sector 100 to the spare's first data sector, then 50 to the one after it. */
  async function remapTwo(): Promise<void> {
    for (const sector of [100, 50]) {
      await rig.device.injectErrors({ sectors: [[sector, 1]] });
      await rig.device.write(sector, taggedSector(sector, 1));
    }
  }

  it('join runs of main, and tell each remapped sector with its place on the spare', async () => {
    await remapTwo();
    assert.deepEqual(rig.device.origins('device', 48, 5), [
      { first: 48, count: 2, kind: 'main', at: 48 },
      { first: 50, count: 1, kind: 'spare', at: FIRST_DATA_SECTOR + 1, detail: 0 },
      { first: 51, count: 2, kind: 'main', at: 51 },
    ]);
    assert.deepEqual(rig.device.origins('main', 50, 1), [{ first: 50, count: 1, kind: 'bad', at: 50 }]);
  });

  it('tell metadata, data, free sectors and the large table of a spare', async () => {
    await remapTwo();
    const last = STRUCTURE_SECTORS - 1;
    assert.deepEqual(rig.device.origins('spare', last, 2), [
      { first: last, count: 1, kind: 'metadata', at: last, detail: 0 },
      { first: last + 1, count: 1, kind: 'free', at: last + 1 },
    ]);
    assert.deepEqual(
      rig.device.origins('spare', copySector(4), 1).map(({ kind, detail }) => [kind, detail]),
      [['metadata', 4]],
    );
    assert.deepEqual(
      rig.device.origins('spare', FIRST_DATA_SECTOR, 3).map(({ kind, detail }) => [kind, detail]),
      [
        ['spare', 100],
        ['spare', 50],
        ['free', undefined],
      ],
    );
    assert.deepEqual(rig.device.tableRanges(0), []);
  });

  it('follow remaps that come after a spare was looked at', async () => {
    assert.equal(rig.device.origins('spare', FIRST_DATA_SECTOR, 1)[0]!.kind, 'free');
    await remapTwo();
    assert.equal(rig.device.origins('spare', FIRST_DATA_SECTOR, 1)[0]!.detail, 100);
  });

  it('call a sector bad when its place on the spare is', async () => {
    await remapTwo();
    await rig.device.injectErrors({ sectors: [[FIRST_DATA_SECTOR, 1]], on: 'spare' });
    const expected = { first: 100, count: 1, kind: 'bad', at: FIRST_DATA_SECTOR, detail: 0 };
    assert.deepEqual(rig.device.origins('device', 100, 1), [expected]);
    assert.equal(rig.device.origins('spare', FIRST_DATA_SECTOR, 1)[0]!.kind, 'bad');
  });

  it('count the sectors of the device that can not be read: bad and not remapped, or remapped to a bad one', async () => {
    const { device } = rig;
    const counted = () => {
      const { badSectors, notRescued, first } = device.symptoms().unreadable;
      return [badSectors, notRescued, first];
    };
    await remapTwo();
    assert.deepEqual(counted(), [0, 0, null]);
    await device.injectErrors({ sectors: [[99, 4]] });
    assert.deepEqual(counted(), [3, 0, 99]);
    await device.write(99, taggedSector(99, 1));
    assert.deepEqual(counted(), [2, 0, 101]);
    await device.injectErrors({
      sectors: [
        [FIRST_DATA_SECTOR + 1, 1],
        [0, 8],
      ],
      on: 'spare',
    });
    assert.deepEqual(counted(), [3, 0, 50]);
  });

  it('find the next and the previous sector of a kind', async () => {
    await remapTwo();
    await rig.device.injectErrors({ sectors: [[300, 2]] });
    const { device } = rig;
    assert.deepEqual(
      [device.findNext('device', 'remapped', 51, 1), device.findNext('device', 'remapped', 99, -1)],
      [100, 50],
    );
    assert.deepEqual(
      [device.findNext('main', 'bad', 101, 1), device.findNext('main', 'bad', 299, -1)],
      [300, 100],
    );
    assert.equal(device.findNext('spare', 'remapped', 0, 1), FIRST_DATA_SECTOR);
    assert.equal(device.findNext('device', 'remapped', 101, 1), null);
    assert.equal(device.findNext('spare', 'bad', 0, 1), null);
  });

  it('count remapped and bad sectors by the buckets of a view', async () => {
    await remapTwo();
    await rig.device.injectErrors({ sectors: [[20_000, 480]] });
    const { remapped, bad } = rig.device.overview('device', 20);
    assert.deepEqual([remapped[0], bad[0], bad[19]], [2, 2, 480]);
    const onSpare = rig.device.overview('spare', 8);
    assert.deepEqual([onSpare.remapped[1], onSpare.bad[1]], [2, 0]);
  });

  it('divide a run of bad sectors among buckets that are smaller than it, and buckets smaller than a sector', async () => {
    await rig.device.injectErrors({ sectors: [[0, 2048]] });
    assert.deepEqual([...rig.device.overview('main', 20).bad].slice(0, 3), [1024, 1024, 0]);
    const fine = rig.device.overview('main', 40_960).bad;
    assert.equal(
      fine.reduce((sum, count) => sum + count, 0),
      2048,
    );
  });

  it('count each sector in the bucket where it lies, though buckets have no whole number of sectors', async () => {
    const { sectorCount } = rig.device;
    assert.equal(sectorCount, 20_480);
    await rig.device.injectErrors({ sectors: [[10_240, 1]] });
    const { bad } = rig.device.overview('main', 58);
    assert.deepEqual([bad[28], bad[29]], [0, 1]);
    await rig.device.write(10_240, taggedSector(10_240, 1));
    const { remapped } = rig.device.overview('device', 58);
    assert.deepEqual([remapped[28], remapped[29]], [0, 1]);
  });

  it('know nothing of a spare that is not there', () => {
    assert.equal(rig.device.sectorCountOf('spare', 3), 0);
    assert.equal(rig.device.hasSpare(3), false);
    assert.equal(rig.device.findNext('spare', 'bad', 0, 1, 3), null);
    assert.deepEqual(rig.device.tableRanges(3), []);
  });

  describe('of a disk with a rescue map', () => {
    beforeEach(async () => {
      await rig.device.close();
      const map = '0x0 + 1\n0 51200 +\n51200 1024 ?\n52224 512 /\n52736 512 -\n53248 20000000 +\n';
      await writeFile(mapfilePath(rig.spec.main), map);
      await rig.assemble();
    });

    it('tell what was not rescued, with why', () => {
      const at = (first: number, count: number, kind: string, status?: string) => ({
        first,
        count,
        kind,
        at: first,
        ...(status && { status }),
      });
      const expected = [
        at(99, 1, 'main'),
        at(100, 2, 'notRescued', '?'),
        at(102, 1, 'notRescued', '/'),
        at(103, 1, 'bad'),
        at(104, 1, 'main'),
      ];
      assert.deepEqual(rig.device.origins('device', 99, 6).slice(0, 5), expected);
      assert.deepEqual(rig.device.origins('main', 99, 6).slice(0, 5), expected);
      const { badSectors, notRescued } = rig.device.info();
      assert.deepEqual([badSectors, notRescued], [1, 3]);
    });

    it('find the next one that was not rescued, and count them by bucket', () => {
      const { device } = rig;
      assert.deepEqual(
        [device.findNext('main', 'notRescued', 0, 1), device.findNext('device', 'notRescued', 200, -1)],
        [100, 102],
      );
      assert.equal(device.findNext('main', 'notRescued', 103, 1), null);
      const { bad, notRescued } = device.overview('device', 205);
      assert.deepEqual([bad[1], notRescued[1], notRescued[0]], [1, 3, 0]);
    });

    it('are told apart by a scan', async () => {
      const { failing, notRescued } = await rig.device.scan();
      assert.deepEqual([failing, notRescued], [[[100, 4]], [[100, 3]]]);
      assert.equal(rig.device.info().remaps, 0);
    });

    it('let a write go to main, and read from there', async () => {
      assert.deepEqual((await rig.device.write(100, taggedSector(100, 1))).remapped, []);
      assert.deepEqual((await rig.device.read(100, 1)).bytes, taggedSector(100, 1));
      const { remaps, notRescued } = rig.device.info();
      assert.deepEqual([remaps, notRescued], [0, 2]);
    });
  });
});
