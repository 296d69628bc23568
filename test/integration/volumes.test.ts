import assert from 'node:assert/strict';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import * as vscode from 'vscode';
import type { DamageReport, FileSectors, Owner, VolumeInfo } from '../../src/engine/volume';
import { commands, editorCommands, uiCommands } from '../../src/manifest';
import { answer, choose } from '../support/extension/changing';
import { driver } from '../support/extension/driver';
import { closeAll, goTo, grid, loaded, openImage, shownSector } from '../support/extension/editor';
import { chooseFile } from '../support/extension/fileDialog';
import { run } from '../support/extension/keys';
import { call, Folder, fails, until } from '../support/extension/remap';
import { expand, rowOf } from '../support/extension/sideBar';
import { FatImage, shortSlot } from '../support/volume/fatImage';

const folder = new Folder('volumes');
const image = folder.file('card.img');

/** A FAT16 volume with one file, of two clusters. */
const fat = new FatImage({ bits: 16, clusters: 5000 });
fat.chain([10, 20]);
fat.slot(fat.root, shortSlot('PHOTO   JPG', 0x20, 10, 1000));
const [first, second] = [fat.sectorOf(10), fat.sectorOf(20)];

/** Shows what a command tells a person. */
async function report(id: string, origin: object, title: string): Promise<string> {
  await call(id, origin);
  await until(`the report ${title} is shown`, () => {
    return vscode.window.activeTextEditor?.document.uri.path === `/${title}`;
  });
  return vscode.window.activeTextEditor!.document.getText();
}

describe('file systems', () => {
  beforeEach(async () => {
    await folder.create();
    writeFileSync(image, fat.bytes);
  });

  afterEach(async function () {
    await closeAll.call(this);
    await folder.remove();
  });

  it('of an image are looked into by its path, with what its rescue map says', async () => {
    const [bad, end] = [second * 512, fat.bytes.length];
    writeFileSync(`${image}.map`, `0x0 + 1\n0x0 ${bad} +\n${bad} 512 -\n${bad + 512} ${end - bad - 512} +\n`);
    const [volume] = await call<VolumeInfo[]>(commands.volumes, image);
    assert.deepEqual([volume!.index, volume!.kind, volume!.count], [0, 'fat16', end / 512]);
    const owners = await call<Owner[]>(commands.ownerOf, image, [second, first, 0]);
    assert.deepEqual(
      owners.map(({ kind, path, fileOffset, what }) => [kind, path ?? what, fileOffset]),
      [
        ['file', '/PHOTO.JPG', 512],
        ['file', '/PHOTO.JPG', 0],
        ['meta', 'boot-sector', undefined],
      ],
    );
    assert.equal((await call<Owner[]>(commands.ownerOf, vscode.Uri.file(image).toString(), first)).length, 1);
    const file = await call<FileSectors>(commands.sectorsOf, image, '/PHOTO.JPG', {});
    assert.deepEqual(file.extents, [
      [0, first, 1],
      [1, second, 1],
    ]);
    const damage = await call<DamageReport>(commands.damage, image, { format: 'json' });
    assert.deepEqual(
      damage.files.map(({ path, lostBytes }) => [path, lostBytes]),
      [['/PHOTO.JPG', 488]],
    );
    assert.match(await call(commands.damage, image, { format: 'csv' }), /^kind,volume,/);
    assert.match(await call(commands.damage, image, { format: 'mapfile' }), /^# Mapfile/);
  });

  it('of a device are those that it serves: a remapped sector is not lost', async () => {
    await call(commands.createDevice, {
      path: folder.file('cam.remap'),
      mainSectors: 8192,
      spareSectors: 4096,
    });
    await call(commands.write, 'cam', { sector: 0, base64: Buffer.from(fat.bytes).toString('base64') });
    await call(commands.injectErrors, 'cam', {
      sectors: [
        [first, 1],
        [second, 1],
      ],
    });
    await call(commands.write, 'cam', { sector: first, base64: Buffer.alloc(512).toString('base64') });
    const lost = async (disk: string) =>
      (await call<DamageReport>(commands.damage, disk, {})).files.flatMap(({ ranges }) =>
        ranges.map(({ sector }) => sector),
      );
    assert.deepEqual(await lost('cam'), [second]);
    assert.deepEqual(await lost(folder.file('cam.img')), [first, second]);
    await fails(/^ENOENT: no file \/none/, commands.sectorsOf, 'cam', '/none');
    await fails(/^EINVAL: "sectors"/, commands.ownerOf, 'cam', []);
    await fails(/^EINVAL: "format"/, commands.damage, 'cam', { format: 'xml' });
    await fails(/^ENOENT: /, commands.volumes, folder.file('none.img'));
  });

  it('are told a person as texts, titled with the device', async function () {
    driver.require(this);
    const path = folder.file('cam.remap');
    await call(commands.createDevice, { path, mainSectors: 8192, spareSectors: 4096 });
    await call(commands.write, 'cam', { sector: 0, base64: Buffer.from(fat.bytes).toString('base64') });
    await call(commands.injectErrors, 'cam', { sectors: [[second, 1]] });
    const item = { treeReference: true, deviceKey: path };
    assert.match(await report(commands.volumes, item, 'cam volumes'), /^Volume .*\nwhole disk .* fat16/);
    assert.match(
      await report(commands.damage, item, 'cam damage'),
      /\n\/PHOTO.JPG +whole disk +488 bytes of 1000 bytes\n/,
    );
    const { document } = vscode.window.activeTextEditor!;
    const links = await call<vscode.DocumentLink[]>('vscode.executeLinkProvider', document.uri);
    assert.deepEqual(
      links.map(({ range }) => document.getText(range)),
      [String(second)],
    );
    await driver.screenshot('volumes-damage');
    const { path: id, query } = links[0]!.target!;
    await call(id, ...JSON.parse(query));
    await loaded(second);
  });

  it('name the owner of the sector under the cursor in its heading and the status', async function () {
    driver.require(this);
    await openImage(image);
    await goTo(String(second), second);
    const words = 'fat16: /PHOTO.JPG, byte 512';
    await until('the file is named', async () => (await grid().texts('.status-owner')).includes(words));
    assert.ok((await shownSector(second)).heading.endsWith(words));
    await goTo('0', 0);
    await until('the boot sector is named', async () => {
      return (await shownSector(0)).heading.endsWith('fat16: boot-sector');
    });
    assert.doesNotMatch((await shownSector(1)).heading, /fat16/);
  });

  it('lead from one sector of a file to the next, and open what the file holds', async function () {
    driver.require(this);
    const bytes = Buffer.from(fat.bytes);
    bytes.fill('a', first * 512, first * 512 + 512);
    writeFileSync(image, bytes);
    const [bad, end] = [second * 512, fat.bytes.length];
    writeFileSync(`${image}.map`, `0x0 + 1\n0x0 ${bad} +\n${bad} 512 -\n${bad + 512} ${end - bad - 512} +\n`);
    await openImage(image);
    await goTo(String(first), first);
    await until('the file is named', async () => {
      return (await shownSector(first)).heading.includes('/PHOTO.JPG');
    });
    await call(editorCommands.nextSectorOfFile);
    await until('the next sector of the file is shown', async () => {
      return (await grid().texts('.status-place'))[0]?.startsWith(`Sector ${second} `) ?? false;
    });
    await call(editorCommands.openFile);
    await until('the contents are shown', () => {
      return vscode.window.activeTextEditor?.document.uri.path === '/contents of PHOTO.JPG';
    });
    const text = vscode.window.activeTextEditor!.document.getText();
    assert.equal(text, `${'a'.repeat(512)}\n[488 bytes from byte 512 on can't be read]\n`);
  });

  it('show on the large map whose sectors are: of files, of structures, free', async function () {
    driver.require(this);
    await openImage(image);
    await call(editorCommands.toggleMap);
    await grid().click('[aria-label="Colour by Owner"]');
    const counts = () =>
      grid().evaluate(() =>
        ['file', 'structure', 'free'].map(
          (kind) => document.querySelector(`[data-kind="${kind}"] .map-count`)?.textContent ?? '',
        ),
      );
    const total = fat.bytes.length / 512;
    // The root folder takes four sectors before the clusters.
    const told = [2 + 4, fat.sectorOf(2) - 4, total - fat.sectorOf(2) - 2];
    await until('the owners are counted', async () => {
      return (await counts()).join() === told.map((count) => count.toLocaleString('en-US')).join();
    });
    await driver.screenshot('volumes-map');
    await grid().click('[aria-label="Colour by Owner"]');
    await until('they are shown no more', async () => (await counts()).join('') === '');
    await call(editorCommands.toggleMap);
  });

  it('list those of their files that fit a filter, until all are shown again', async function () {
    driver.require(this);
    const filtered = folder.file('filtered.img');
    renameSync(image, filtered);
    await call('remap.refresh');
    await call('remap.images.focus');
    await driver.workbench.waitFor(rowOf('Image filtered.img,'));
    for (const label of ['Image filtered.img,', 'Volumes', 'Whole disk']) await expand(label);
    await driver.workbench.waitFor(rowOf('PHOTO.JPG'));
    const item = { treeReference: true, imagePath: filtered };
    void call(uiCommands.filterFiles, item);
    await driver.workbench.waitFor('.quick-input-widget input');
    await driver.type('*.txt');
    await driver.press('Enter');
    await driver.workbench.waitFor(rowOf('Filter *.txt: 0 files'));
    await call(uiCommands.clearFileFilter, item);
    await driver.workbench.waitFor(rowOf('PHOTO.JPG'));
  });

  it('are in the side bar below their image, the damaged files first, which show their sectors', async function () {
    driver.require(this);
    const [bad, end] = [second * 512, fat.bytes.length];
    writeFileSync(`${image}.map`, `0x0 + 1\n0x0 ${bad} +\n${bad} 512 -\n${bad + 512} ${end - bad - 512} +\n`);
    await call('remap.refresh');
    await call('remap.images.focus');
    await driver.workbench.waitFor(rowOf('Image card.img,'));
    await expand('Image card.img,');
    await expand('Volumes');
    await expand('Whole disk');
    await driver.workbench.waitFor(rowOf('PHOTO.JPG, 488 bytes lost'));
    await driver.screenshot('volumes-tree');
    const item = { treeReference: true, imagePath: image, file: { path: '/PHOTO.JPG', volume: 0 } };
    await call(uiCommands.showFileInSectors, item);
    await loaded(second);
  });

  it('give a file to save by keys, with zeros in place of what is lost', async function () {
    driver.require(this);
    const path = folder.file('cam.remap');
    const bytes = Buffer.from(fat.bytes);
    bytes.fill('a', first * 512, first * 512 + 512);
    await call(commands.createDevice, { path, mainSectors: 8192, spareSectors: 4096 });
    await call(commands.write, 'cam', { sector: 0, base64: bytes.toString('base64') });
    await call(commands.injectErrors, 'cam', { sectors: [[second, 1]] });
    await run('Save File of Volume As');
    await driver.workbench.waitFor('.quick-input-message:has-text("Path of the file in its volume")');
    await answer('Save File of Volume As', '/PHOTO.JPG');
    await choose('Save File of Volume As', 'Zeros');
    const saved = folder.file('saved.jpg');
    await chooseFile('Save File of Volume As', saved);
    await until('it is saved', () => existsSync(saved));
    assert.equal(readFileSync(saved, 'latin1'), 'a'.repeat(512) + '\0'.repeat(488));
  });
});
