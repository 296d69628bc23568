import assert from 'node:assert/strict';
import { copyFile, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { DeviceInfo } from '../../src/engine/device/deviceContracts';
import type { BeforeAndAfter } from '../../src/engine/machine/machineOptions';
import { advised } from '../support/extension/advice';
import { driver } from '../support/extension/driver';
import { call, Folder, fails, noticed, until } from '../support/extension/remap';
import { rowOf } from '../support/extension/sideBar';

const folder = new Folder('reassembly');
const main = folder.file('lost.img');
const spare = folder.file('lost-spare.img');

const info = (device: string) => call<DeviceInfo>('remap.getDevice', device);
const names = (devices: readonly DeviceInfo[]) => devices.map(({ name }) => name);
const reboot = () => call<BeforeAndAfter>('remap.reboot', {});

async function without(module: string, work: () => Promise<void>): Promise<void> {
  await call('remap.unloadModule', module);
  try {
    await work();
  } finally {
    await call('remap.loadModule', module);
  }
}

/** Makes a device with one remap, at the sector that `holds` looks at. */
async function create(name: string): Promise<void> {
  const path = folder.file(`${name}.remap`);
  await noticed(path, () => call('remap.createDevice', { path, mainSectors: 12_288, spareSectors: 4096 }));
  await call('remap.write', name, { sector: 50, base64: Buffer.alloc(512, name).toString('base64') });
  await call('remap.remapSector', name, 50);
}

async function holds(name: string, text: string): Promise<boolean> {
  const { base64 } = await call<{ base64: string }>('remap.read', name, { sector: 50, count: 1 });
  return Buffer.from(base64, 'base64').equals(Buffer.alloc(512, text));
}

describe('reassembly', () => {
  before(async () => {
    await folder.create();
    await create('lost');
  });

  after(() => folder.remove());

  it('brings a device back after a reboot and a power loss', async () => {
    for (const options of [{}, { powerLoss: true, seed: 7 }]) {
      const { before, after } = await call<BeforeAndAfter>('remap.reboot', options);
      assert.deepEqual([names(before), names(after)], [['lost'], ['lost']]);
      assert.deepEqual([after[0]?.remaps, await holds('lost', 'lost')], [1, true]);
    }
  });

  it('leaves it down without its module, and the side bar offers it', async function () {
    driver.require(this);
    await call('workbench.view.extension.remap');
    await without('setup-reassembly', async () => {
      const { before, after } = await reboot();
      assert.deepEqual([names(before), names(after)], [['lost'], []]);
      await driver.workbench.waitFor(rowOf('Device lost, not assembled'));
      await driver.screenshot('reassembly-offered');
      await driver.workbench.click('.sidebar .action-label[aria-label^="Assemble All"]');
      await until(
        'it is assembled',
        async () => (await call<DeviceInfo[]>('remap.listDevices')).length === 1,
      );
      assert.ok(await holds('lost', 'lost'));
    });
  });

  it('finds a main image that was renamed, under the name of its device file', async () => {
    await call('remap.remove', 'lost');
    await rename(main, folder.file('renamed.img'));
    const { after } = await reboot();
    assert.deepEqual(
      after.map((device) => [device.name, device.main]),
      [['lost', folder.file('renamed.img')]],
    );
    assert.deepEqual([(await info('lost')).remaps, await holds('lost', 'lost')], [1, true]);
    await call('remap.remove', 'lost');
    await rename(folder.file('renamed.img'), main);
  });

  it('finds a device by its images alone, and again where they were moved to', async () => {
    await rm(folder.file('lost.remap'));
    await reboot();
    assert.deepEqual([(await info('lost')).path, await holds('lost', 'lost')], [null, true]);
    await call('remap.remove', 'lost');
    await mkdir(folder.file('elsewhere'));
    await rename(main, folder.file('elsewhere/moved.img'));
    await rename(spare, folder.file('elsewhere/other.img'));
    const devices = await call<DeviceInfo[]>('remap.assembleAll');
    assert.deepEqual(names(devices), ['moved']);
    assert.equal(devices[0]?.spare, folder.file('elsewhere/other.img'));
    assert.ok(await holds('moved', 'lost'));
    await call('remap.remove', 'moved');
    await rename(folder.file('elsewhere/moved.img'), main);
    await rename(folder.file('elsewhere/other.img'), spare);
  });

  it('finds images in capitals, and those with the endings of imaging programs', async () => {
    for (const [name, other] of [
      ['LOST.IMG', 'lost-spare.001'],
      ['lost.iso', 'lost-spare.Dd'],
    ] as const) {
      await rename(main, folder.file(name));
      await rename(spare, folder.file(other));
      const [device] = await call<DeviceInfo[]>('remap.assembleAll');
      assert.deepEqual([device?.main, device?.spare], [folder.file(name), folder.file(other)]);
      await call('remap.remove', device!.name);
      await rename(folder.file(name), main);
      await rename(folder.file(other), spare);
    }
  });

  it('is refused with one error that names both mains when two fit', async () => {
    const twin = folder.file('twin.img');
    await copyFile(main, twin);
    const both = /^EINVAL: .*lost-spare\.img belongs to .* 12288 sectors, and \S+ and \S+ both fit/;
    await fails(both, 'remap.assembleAll');
    await fails(/^EINVAL: .*(lost|twin)\.img and .*(lost|twin)\.img both fit/, 'remap.reboot', {});
    assert.deepEqual(await call('remap.listDevices'), []);
    await rm(twin);
  });

  it('is refused with one error that tells the size of a main that is gone', async () => {
    const away = join(process.env.REMAP_WORKSPACE!, '..', 'gone.img');
    await rename(main, away);
    await fails(/^ENOENT: .*lost-spare\.img belongs to a main image of 12288 sectors/, 'remap.assembleAll');
    await rename(away, main);
  });

  it('assembles what it can when something else is in doubt', async () => {
    const twin = folder.file('twin.img');
    await copyFile(main, twin);
    await create('sound');
    const { after } = await reboot();
    assert.deepEqual(names(after), ['sound']);
    await call('remap.remove', 'sound');
    await rm(twin);
    for (const name of ['sound.remap', 'sound.img', 'sound-spare.img']) await rm(folder.file(name));
  });

  it('is offered for images that belong to no device', async function () {
    driver.require(this);
    await call('workbench.view.extension.remap');
    await without('setup-reassembly', async () => {
      assert.deepEqual(await call('remap.assembleAll'), []);
      await driver.workbench.waitFor(rowOf('Image lost-spare.img, 2 MiB · spare of 6 MiB, 1 remap'));
      await advised('lost-spare.img belongs to lost.img', 'Assemble lost.img');
      await driver.screenshot('reassembly-images');
    });
  });
});
