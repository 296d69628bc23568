import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { rm, truncate, writeFile } from 'node:fs/promises';
import { parseDeviceFile } from '../../../src/contract/deviceFile';
import type { DevicesService } from '../../../src/devices/devicesService';
import { RescueMaps } from '../../../src/devices/rescueMaps';
import { useDeviceMap, useImageMap } from '../../../src/devices/useMap';
import { RemapError } from '../../../src/engine';
import { memento } from '../../support/devices/memento';
import { needing } from '../../support/needs';
import { tempFolder } from '../../support/tempFolder';

const TEXT = '{\n  // keep me\n  "main": "disk.img",\n  "spare": "s.img"\n}\n';

describe('using a rescue map', () => {
  const folder = tempFolder();
  let steps: string[];
  let maps: RescueMaps;
  let deviceFile: string;

  beforeEach(async () => {
    steps = [];
    maps = new RescueMaps(memento());
    deviceFile = folder.path('disk.remap');
    await writeFile(deviceFile, TEXT);
    await writeFile(folder.path('disk.img'), '');
    await truncate(folder.path('disk.img'), 512 * 8);
    await writeFile(folder.path('disk.map'), '0x0 ? 1\n0x0 0x200 -\n0x200 0xE00 +\n');
  });

  function service(changes: object = {}): DevicesService {
    const offeredMap = { path: folder.path('disk.map'), badSectors: 1, notRescued: 0 };
    const device = { suspended: false, flush: async () => undefined };
    const entry = { deviceKey: deviceFile, deviceFile, device, offeredMap };
    const step = (name: string) => async () => {
      steps.push(`${name} ${readFileSync(deviceFile, 'utf8').includes('"map"')}`);
    };
    return {
      policy: { requireTrust: () => steps.push('trust') },
      maps,
      find: () => entry,
      readOnlyChoice: () => ({}),
      remove: step('remove'),
      assemble: step('assemble'),
      specOf: step('load'),
      lookForMaps: step('look'),
      ...changes,
    } as unknown as DevicesService;
  }

  it('of a device writes it into the device file, whose comments stay, and assembles the device again', async () => {
    await useDeviceMap(service(), deviceFile);
    assert.deepEqual(steps, ['trust', 'remove true', 'assemble true', 'look true']);
    const text = readFileSync(deviceFile, 'utf8');
    assert.match(text, /\/\/ keep me/);
    assert.equal(parseDeviceFile(text, deviceFile).map, folder.path('disk.map'));
  });

  it('assembles a device read-only again that a person has opened so', async () => {
    let chosen: unknown = { readOnly: 'as you chose' };
    const choices: unknown[] = [];
    const devices = service({
      readOnlyChoice: () => chosen,
      remove: async () => {
        chosen = {};
      },
      assemble: async (_reference: unknown, choice: unknown) => choices.push(choice),
    });
    await useDeviceMap(devices, deviceFile);
    assert.deepEqual(choices, [{ readOnly: 'as you chose' }]);
  });

  it('changes nothing if the device can not be taken down, or is not trusted', async () => {
    const refuse = () => Promise.reject(new RemapError('EBUSY', 'in use'));
    await assert.rejects(useDeviceMap(service({ remove: refuse }), deviceFile), { code: 'EBUSY' });
    assert.equal(readFileSync(deviceFile, 'utf8'), TEXT);
    assert.deepEqual(steps.splice(0), ['trust', 'assemble false']);
    const offeredMap = { path: folder.path('disk.map'), badSectors: 1, notRescued: 0 };
    const device = { suspended: false, flush: refuse };
    const find = () => ({ deviceKey: deviceFile, deviceFile, device, offeredMap });
    await assert.rejects(useDeviceMap(service({ find }), deviceFile), { code: 'EBUSY' });
    assert.deepEqual(steps.splice(0), ['trust']);
    const policy = {
      requireTrust: () => {
        throw new RemapError('EROFS', 'restricted');
      },
    };
    await assert.rejects(useDeviceMap(service({ policy }), deviceFile), { code: 'EROFS' });
    assert.equal(readFileSync(deviceFile, 'utf8'), TEXT);
    assert.deepEqual(steps, []);
    assert.deepEqual(readdirSync(folder.path()).sort(), ['disk.img', 'disk.map', 'disk.remap']);
  });

  it('brings device and file back if the device is refused with the map', async () => {
    const assemble = async () => {
      const isNew = readFileSync(deviceFile, 'utf8').includes('"map"');
      steps.push(`assemble ${isNew}`);
      if (isNew) throw new RemapError('EINVAL', 'no map');
    };
    await assert.rejects(useDeviceMap(service({ assemble }), deviceFile), { code: 'EINVAL' });
    assert.deepEqual(steps, ['trust', 'remove true', 'assemble true', 'assemble false']);
    assert.equal(readFileSync(deviceFile, 'utf8'), TEXT);
  });

  it(
    'leaves the device assembled if its file can not be replaced',
    needing('posixErrors', async () => {
      const flush = async () => {
        renameSync(deviceFile, `${deviceFile}.gone`);
        mkdirSync(deviceFile);
      };
      const device = { suspended: false, flush };
      const offeredMap = { path: folder.path('disk.map'), badSectors: 1, notRescued: 0 };
      const find = () => ({ deviceKey: deviceFile, deviceFile, device, offeredMap });
      await assert.rejects(useDeviceMap(service({ find }), deviceFile), { code: 'EIO' });
      assert.deepEqual(steps, ['trust']);
    }),
  );

  it('is refused where none fits, or no device file could name it', async () => {
    const find = (entry: object) => service({ find: () => ({ deviceKey: '/d.img', ...entry }) });
    await assert.rejects(useDeviceMap(find({ deviceFile }), ''), { code: 'ENOENT' });
    const offeredMap = { path: '/d.log', badSectors: 1, notRescued: 0 };
    await assert.rejects(
      useDeviceMap(find({ deviceFile: null, offeredMap }), ''),
      /rename \/d\.log to \/d\.img\.map$/,
    );
  });

  it('of an image by itself remembers it, and writes nothing', async () => {
    const image = folder.path('disk.img');
    await useImageMap(service(), image);
    assert.equal(await maps.pathFor(image), folder.path('disk.map'));
    assert.ok(!existsSync(`${image}.map`));
    await rm(folder.path('disk.map'));
    await assert.rejects(useImageMap(service(), image), { code: 'ENOENT' });
  });
});
