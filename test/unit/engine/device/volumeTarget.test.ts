import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { openVolumeTarget, volumeTargetOf } from '../../../../src/engine/device/volumeTarget';
import { BlockError } from '../../../../src/engine/errors';
import type { SectorSource, UnreadableSectors } from '../../../../src/engine/volume';
import { deviceRig } from '../../../support/device/deviceRig';
import { folderState } from '../../../support/device/folderState';
import { need } from '../../../support/needs';
import { tempFolder } from '../../../support/tempFolder';

/** The first byte of each sector that could be read, and the sectors that could not. */
async function look({ read }: SectorSource, sector: number, count: number): Promise<unknown[]> {
  const buffer = new Uint8Array(count * 512);
  let failed: readonly unknown[] = [];
  try {
    await read(sector, buffer);
  } catch (error) {
    assert.ok(error instanceof BlockError && error.code === 'EIO');
    ({ failed } = error);
  }
  return [Array.from({ length: count }, (_, i) => buffer[i * 512]), failed];
}

const ranges = ({ bad, notRescued }: UnreadableSectors) => [[...bad], [...notRescued]];

describe('The disk in which volumes are looked for', () => {
  describe('of a device', () => {
    const rig = deviceRig();
    const large = deviceRig({ mainSectors: 65_536 });

    it('reads what its spare serves, and knows what can’t be read', async () => {
      const { device } = rig;
      await device.injectErrors({ sectors: [[100, 4]] });
      await device.write(101, new Uint8Array(512).fill(7));
      const { source, unreadable } = volumeTargetOf(device);
      assert.equal(source.sectorCount, device.sectorCount);
      assert.deepEqual(await look(source, 100, 4), [
        [0, 7, 0, 0],
        [
          [100, 1],
          [102, 2],
        ],
      ]);
      assert.deepEqual(ranges(await unreadable()), [
        [
          [100, 1],
          [102, 2],
        ],
        [],
      ]);
      assert.deepEqual([...(await volumeTargetOf(device).remapped!())], [[101, 1]]);
      const main = volumeTargetOf(device, 'main');
      assert.deepEqual(ranges(await main.unreadable()), [[[100, 4]], []]);
      const spare = volumeTargetOf(device, 'spare');
      assert.deepEqual([spare.source.sectorCount, ranges(await spare.unreadable())], [8192, [[], []]]);
      await Promise.all(
        [source, main.source, spare.source].map(({ read }) => read(1280, new Uint8Array(512))),
      );
    });

    it('is not read while the device is suspended: the read would wait, and the device say so; its images are', async () => {
      const { device } = rig;
      await device.suspend();
      const buffer = new Uint8Array(512);
      await assert.rejects(volumeTargetOf(device).source.read(0, buffer), { code: 'EBUSY' });
      await volumeTargetOf(device, 'main').source.read(0, buffer);
      await device.resume();
      await volumeTargetOf(device).source.read(0, buffer);
    });

    it('has no data in the holes of its image, but where something is known of a sector, and is read whole if it is small', async function () {
      const data = async (sector: number) =>
        (await volumeTargetOf(rig.device).findData!()).nextData(sector * 512) / 512;
      assert.equal(await data(30_000), 30_000);
      need(this, 'askedHoles');
      const { device } = large;
      const next = async (view: 'device' | 'main', sector: number) =>
        (await volumeTargetOf(device, view).findData!()).nextData(sector * 512) / 512;
      await device.injectErrors({ sectors: [[30_000, 1]] });
      assert.deepEqual([await next('device', 10_000), await next('main', 10_000)], [30_000, 30_000]);
      await device.write(30_000, new Uint8Array(512).fill(7));
      assert.equal(await next('device', 10_000), 30_000);
      await device.write(20_000, new Uint8Array(512).fill(7));
      assert.equal(await next('main', 10_000), 20_000, 'not flushed');
      assert.equal(await next('main', 30_001), Number.POSITIVE_INFINITY);
    });

    it('moves nothing that only a retry can read', async () => {
      await rig.device.failNextRead([50]);
      const { source, close } = volumeTargetOf(rig.device);
      await look(source, 40, 20);
      assert.equal(rig.device.info().remaps, 0);
      await close();
      await rig.device.read(0, 1);
    });
  });

  describe('of an image by itself', () => {
    const folder = tempFolder();

    it('fails what its rescue map says, and writes nothing', async () => {
      const path = folder.path('disk.img');
      writeFileSync(path, Buffer.alloc(64 * 512, 3));
      writeFileSync(
        `${path}.map`,
        `0x0 + 1\n0x0 0x1000 +\n0x1000 0x400 -\n0x1400 0x200 ?\n0x1600 0x6a00 +\n`,
      );
      const before = folderState(folder.path());
      const target = await openVolumeTarget(path);
      assert.deepEqual(await look(target.source, 7, 5), [[3, 0, 0, 0, 3], [[8, 3]]]);
      assert.deepEqual(ranges(await target.unreadable()), [[[8, 2]], [[10, 1]]]);
      await target.close();
      assert.deepEqual(folderState(folder.path()), before);
      assert.equal(readFileSync(path)[0], 3);
    });

    it('is refused with a map that can’t be read, or when it isn’t there', async () => {
      const path = folder.path('disk.img');
      await assert.rejects(openVolumeTarget(path), { code: 'ENOENT' });
      writeFileSync(path, Buffer.alloc(64 * 512));
      writeFileSync(`${path}.map`, 'nonsense\n');
      await assert.rejects(openVolumeTarget(path), { code: 'EINVAL' });
    });
  });
});
