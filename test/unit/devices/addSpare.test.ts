import assert from 'node:assert/strict';
import { existsSync, renameSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { formatDeviceFile, parseDeviceFile } from '../../../src/contract/deviceFile';
import { addSpare } from '../../../src/devices/addSpare';
import { createImage, createImages, Machine, type RemapDevice, RemapError } from '../../../src/engine';
import { assertFailsWith } from '../../support/remap/remapErrors';
import { smallDisk } from '../../support/smallDisk';
import { tempFolder } from '../../support/tempFolder';

describe('another spare for a running device', () => {
  const folder = tempFolder();
  let machine: Machine;

  beforeEach(() => {
    machine = new Machine();
  });

  afterEach(() => machine.close());

  async function assemble(): Promise<RemapDevice> {
    const main = folder.path('main.img');
    const spare = folder.path('a.img');
    const deviceFile = folder.path('disk.remap');
    await createImages({ main, mainSectors: 4096, spare, spareSectors: 4096 });
    await writeFile(deviceFile, formatDeviceFile({ main: 'main.img', spare: 'a.img' }));
    const markers = { sectors: [], text: '' };
    return machine.create({ name: 'disk', deviceFile, main, spares: [spare], flakey: null, markers });
  }

  it('is made, joins the pool and is named in the device file', async () => {
    const device = await assemble();
    const path = folder.path('b.img');
    await addSpare(machine, { device, path, sectors: 4096 });
    assert.deepEqual(device.spec.spares, [folder.path('a.img'), path]);
    const deviceFile = folder.path('disk.remap');
    const { spares } = parseDeviceFile(await readFile(deviceFile, 'utf8'), deviceFile);
    assert.deepEqual(spares, device.spec.spares);
  });

  it('leaves no image and the device file as it was when the device refuses it', async () => {
    const device = await assemble();
    const before = await readFile(folder.path('disk.remap'), 'utf8');
    await assert.rejects(
      addSpare(machine, { device, path: folder.path('tiny.img'), sectors: 5 }),
      (error) => error instanceof RemapError && error.code === 'ENOSPC',
    );
    assert.equal(existsSync(folder.path('tiny.img')), false);
    assert.equal(await readFile(folder.path('disk.remap'), 'utf8'), before);
  });

  it('is refused when the device file can not be replaced, with the device and all files as they were', async () => {
    const device = await assemble();
    const file = folder.path('disk.remap');
    const before = await readFile(file, 'utf8');
    await rm(file);
    const target = folder.path('elsewhere');
    await mkdir(target);
    await writeFile(join(target, 'disk.remap'), before);
    await symlink(join(target, 'disk.remap'), file);
    const path = folder.path('b.img');
    await createImage(path, 4096);
    // The file's folder goes while the spare joins the pool: the text was written before.
    const losing = {
      addSpare: (name: string, spare: string, record: () => Promise<void>) =>
        machine.addSpare(name, spare, async () => {
          renameSync(target, folder.path('gone'));
          await record();
        }),
    } as Machine;
    await assert.rejects(addSpare(losing, { device, path, sectors: undefined }), { code: 'ENOENT' });
    assert.deepEqual(device.spec.spares, [folder.path('a.img')]);
    assert.equal(
      (await readFile(path)).some((byte) => byte !== 0),
      false,
    );
    const { spec } = device;
    await machine.remove('disk');
    assert.deepEqual((await machine.create(spec)).reasons, []);
  });

  describe('whose device file finds no room', () => {
    const disk = smallDisk(1);

    it('is refused, with the device and all files as they were', async () => {
      const device = await assemble();
      const deviceFile = disk.path('disk.remap');
      await copyFile(folder.path('disk.remap'), deviceFile);
      await rm(folder.path('disk.remap'));
      await symlink(deviceFile, folder.path('disk.remap'));
      const before = await readFile(deviceFile, 'utf8');
      disk.fill();
      const path = folder.path('b.img');
      await assertFailsWith(addSpare(machine, { device, path, sectors: 4096 }), 'ENOSPC', /no room is left/);
      assert.deepEqual([device.spec.spares, existsSync(path)], [[folder.path('a.img')], false]);
      assert.equal(await readFile(deviceFile, 'utf8'), before);
      assert.deepEqual((await readdir(disk.path())).sort(), ['ballast', 'disk.remap']);
    });
  });
});
