import assert from 'node:assert/strict';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Inventory } from '../../../src/devices/inventory';
import { Machines } from '../../../src/devices/machines';
import { createImages, Machine, type RemapDevice, RemapError } from '../../../src/engine';
import { FolderFiles } from '../../support/devices/folderFiles';
import { tempFolder } from '../../support/tempFolder';

const markers = { sectors: [], text: '' };
const CONTENT = '{ "main": "main.img", "spare": "spare.img" }';

describe('inventory', () => {
  const folder = tempFolder();
  let machine: Machine;
  let files: FolderFiles;
  let inventory: Inventory;
  let announced: string[];

  beforeEach(() => {
    machine = new Machine();
    files = new FolderFiles(() => folder.path());
    announced = [];
    inventory = new Inventory(new Machines(machine), files, (kind) => announced.push(kind));
  });

  afterEach(async () => {
    inventory.dispose();
    await machine.close();
  });

  async function deviceFile(name: string, text = CONTENT): Promise<string> {
    await mkdir(join(folder.path(name), '..'), { recursive: true });
    await writeFile(folder.path(name), text);
    return folder.path(name);
  }

  async function images(name: string): Promise<{ main: string; spare: string }> {
    const paths = { main: folder.path(`${name}.img`), spare: folder.path(`${name}-spare.img`) };
    await createImages({ ...paths, mainSectors: 4096, spareSectors: 4096 });
    return paths;
  }

  async function assemble(name: string): Promise<RemapDevice> {
    const { main, spare } = await images(name);
    return machine.create({ name, deviceFile: null, main, spares: [spare], flakey: null, markers });
  }

  const names = () => inventory.entries().map(({ name }) => name);
  const isMissing = (error: unknown) => error instanceof RemapError && error.code === 'ENOENT';

  it('knows device files after a search, and forgets those that are gone at the next', async () => {
    await deviceFile('a.remap');
    await deviceFile('sub/b.remap');
    assert.deepEqual(names(), []);
    await inventory.search();
    assert.deepEqual(names(), ['a', 'b']);
    assert.deepEqual(announced, ['registry', 'images']);
    await rm(folder.path('a.remap'));
    await inventory.search();
    assert.deepEqual(names(), ['b']);
  });

  it('searches again when the workspace has other folders', async () => {
    await deviceFile('a.remap');
    await files.sendFolders();
    assert.deepEqual(names(), ['a']);
  });

  it('follows device files that appear, change and go', async () => {
    inventory.watch();
    assert.ok(files.isWatched);
    const path = await deviceFile('a.remap');
    await files.sendDeviceFile(path, 'created');
    assert.deepEqual(names(), ['a']);
    await deviceFile('a.remap', '{ "main": "other.img", "spare": "spare.img" }');
    await files.sendDeviceFile(path, 'changed');
    assert.equal(inventory.find('a').content?.main, folder.path('other.img'));
    await files.sendDeviceFile(path, 'deleted');
    assert.deepEqual(names(), []);
    assert.deepEqual(announced, ['registry', 'images', 'registry', 'images', 'registry', 'images']);
  });

  it('tells when images appear or go', async () => {
    await files.sendImages();
    assert.deepEqual(announced, ['images']);
  });

  it('forgets the device files of a folder that is gone, and no others', async () => {
    await deviceFile('sub/a.remap');
    await deviceFile('subway.remap');
    await inventory.search();
    announced.length = 0;
    await rm(folder.path('sub'), { recursive: true });
    await files.sendGone(folder.path('sub'));
    assert.deepEqual(names(), ['subway']);
    assert.deepEqual(announced, ['registry', 'images']);
    await files.sendGone(folder.path('elsewhere'));
    assert.equal(announced.length, 2);
  });

  it('gets to know a device file by being asked for it, and reads it anew each time', async () => {
    const path = await deviceFile('a.remap');
    assert.equal((await inventory.load('a.remap')).deviceKey, path);
    await deviceFile('a.remap', '{ "main": "other.img", "spare": "spare.img" }');
    assert.equal((await inventory.load('a')).content?.main, folder.path('other.img'));
    await rm(path);
    await assert.rejects(inventory.load('a'), isMissing);
    await assert.rejects(inventory.load(folder.path('never.remap')), isMissing);
  });

  it('keeps what went wrong with a device until it is told otherwise', async () => {
    const path = await deviceFile('a.remap');
    await inventory.search();
    inventory.setProblem(path, new Error('busy'));
    assert.match(String(inventory.find('a').problem), /busy/);
    inventory.setProblem(path, undefined);
    assert.equal(inventory.find('a').problem, undefined);
    inventory.forget(path);
    assert.deepEqual(names(), []);
  });

  it('knows which assembled device has an image, and as what', async () => {
    const device = await assemble('disk');
    const { main, spares } = device.spec;
    assert.deepEqual(inventory.ownerOf(main), { device, role: 'main', member: 0 });
    assert.deepEqual(inventory.ownerOf(spares[0]!), { device, role: 'spare', member: 0 });
    assert.equal(inventory.ownerOf(folder.path('other.img')), undefined);
  });

  it('calls images free that neither a device file nor a device names, and unused that no device has', async () => {
    await assemble('disk');
    const named = await images('named');
    await deviceFile('named.remap', '{ "main": "named.img", "spare": "named-spare.img" }');
    const loose = await images('loose');
    await inventory.search();
    const free = await inventory.freeImages();
    assert.deepEqual(
      free.map(({ path, inspection }) => [path, inspection?.kind]),
      [
        [loose.spare, 'metadata'],
        [loose.main, 'blank'],
      ],
    );
    const unused = await inventory.unusedImages();
    assert.deepEqual(unused.sort(), [loose.main, loose.spare, named.main, named.spare].sort());
  });

  it('hears nothing any more once it is disposed of', async () => {
    inventory.dispose();
    await files.sendImages();
    await files.sendFolders();
    assert.deepEqual(announced, []);
  });
});
