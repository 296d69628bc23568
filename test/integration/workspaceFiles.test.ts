import assert from 'node:assert/strict';
import { copyFile, rename, rm, writeFile } from 'node:fs/promises';
import * as vscode from 'vscode';
import type { DeviceInfo } from '../../src/engine/device/deviceContracts';
import { call, Folder, fails, noticed, sparseFile, until } from '../support/extension/remap';

const folder = new Folder('files');
const content = '{ "main": "disk.img", "spare": "disk-spare.img" /* a comment */, }';

/** The message with which a command refuses a device; it tells a known device from an unknown one. */
async function refusal(name: string): Promise<string> {
  return call('remap.getDevice', name).then(
    () => 'assembled',
    (error: Error) => error.message,
  );
}

describe('files of the workspace', () => {
  before(async () => {
    await folder.create();
    const device = { path: folder.file('disk.remap'), mainSectors: 204_800, spareSectors: 102_400 };
    await noticed(device.path, () => call('remap.createDevice', device));
    await call('remap.remove', 'disk');
    await rm(folder.file('disk.remap'));
    await until('the device is forgotten', async () => (await refusal('disk')).includes('no device "disk"'));
  });

  after(() => folder.remove());

  it('a device file that appears makes a device known, and one that goes takes it along', async () => {
    await writeFile(folder.file('found.remap'), content);
    await until('found', async () => (await refusal('found')).includes('"found" is not assembled'));
    await rename(folder.file('found.remap'), folder.file('renamed.remap'));
    await until('renamed', async () => (await refusal('renamed')).includes('"renamed" is not assembled'));
    assert.match(await refusal('found'), /no device "found"/);
    await rm(folder.file('renamed.remap'));
    await until('gone', async () => (await refusal('renamed')).includes('no device'));
  });

  it('a folder that goes takes its devices along', async () => {
    const inner = new Folder('files/inner');
    await inner.create();
    await noticed(inner.file('inner.remap'), () => writeFile(inner.file('inner.remap'), content));
    await until('found', async () => (await refusal('inner')).includes('"inner" is not assembled'));
    await rm(inner.path, { recursive: true });
    await until('gone', async () => (await refusal('inner')).includes('no device'));
  });

  it('assembling reads the device file as it is now', async () => {
    await writeFile(folder.file('late.remap'), '{ "main": ');
    await fails(/^EINVAL: .*late\.remap:1:\d+: syntax error/, 'remap.assemble', folder.file('late.remap'));
    await writeFile(folder.file('late.remap'), content);
    assert.equal((await call<DeviceInfo>('remap.assemble', folder.file('late.remap'))).name, 'late');
    await call('remap.remove', 'late');
    await rm(folder.file('late.remap'));
  });

  it('a device file outside the workspace works by its path', async () => {
    const path = vscode.Uri.file(`${process.env.REMAP_WORKSPACE}-outside.remap`).fsPath;
    await writeFile(
      path,
      JSON.stringify({ main: folder.file('disk.img'), spare: folder.file('disk-spare.img') }),
    );
    const device = await call<DeviceInfo>('remap.assemble', path);
    assert.equal(device.path, path);
    await call('remap.remove', path);
    await rm(path);
  });

  it('a blank spare is formatted only when that is asked for', async () => {
    await sparseFile(folder.file('blank.img'), 102_400 * 512);
    const images = { main: folder.file('disk.img'), spare: folder.file('blank.img') };
    await fails(/^ENODATA: /, 'remap.assemble', images);
    const device = await call<DeviceInfo>('remap.assemble', images, { format: true });
    assert.deepEqual([device.name, device.path, device.metadata.valid], ['disk', null, 5]);
    await call('remap.remove', 'disk');
  });

  it('assembleAll finds devices by their images alone, where the metadata leave no doubt', async function () {
    this.timeout(180_000);
    const device = { path: folder.file('pair.remap'), mainSectors: 12_288, spareSectors: 4096 };
    await noticed(device.path, () => call('remap.createDevice', device));
    await call('remap.remove', 'pair');
    await rm(folder.file('pair.remap'));
    await until('forgotten', async () => (await refusal('pair')).includes('no device "pair"'));
    const devices = await call<DeviceInfo[]>('remap.assembleAll');
    const pair = devices.find(({ name }) => name === 'pair');
    assert.deepEqual(
      [pair?.path, pair?.main, pair?.spare],
      [null, folder.file('pair.img'), folder.file('pair-spare.img')],
    );
    await call('remap.remove', 'pair');
    await copyFile(folder.file('pair.img'), folder.file('twin.img'));
    await call('remap.unloadModule', 'setup-reassembly');
    const without = await call<DeviceInfo[]>('remap.assembleAll');
    assert.ok(!without.some(({ name }) => name === 'pair'));
    await call('remap.loadModule', 'setup-reassembly');
    await fails(/^E\w+: .*pair\.img and .*twin\.img both fit/, 'remap.assembleAll');
  });

  it('the explorer hides lock files, and still hides what it hid before', () => {
    const excluded = vscode.workspace.getConfiguration('files').get<Record<string, boolean>>('exclude')!;
    assert.equal(excluded['**/.git'], true);
    assert.equal(excluded['**/.*.{img,bin,raw,dd}.lock'], true);
  });
});
