import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import type { DeviceInfo } from '../../src/engine/device/deviceContracts';
import { driver } from '../support/extension/driver';
import { chooseFile, fileDialog } from '../support/extension/fileDialog';
import { run } from '../support/extension/keys';
import { dialogRefused, notifications, notified } from '../support/extension/notifications';
import { call, Folder, fails, menuSettled, until } from '../support/extension/remap';
import { rowOf } from '../support/extension/sideBar';

const folder = new Folder('displaced');
const base64 = Buffer.alloc(512, 0x5a).toString('base64');

const info = (): Promise<DeviceInfo> => call<DeviceInfo>('remap.getDevice', 'gone');
const isReadOnly = async (): Promise<boolean> => (await info()).state === 'readonly';

describe('an image that changes behind the device (R13)', () => {
  beforeEach(async () => {
    await folder.create();
    await call('remap.createDevice', {
      path: 'displaced/gone.remap',
      mainSectors: 20_480,
      spareSectors: 8192,
    });
    await call('remap.write', 'gone', { sector: 5, base64 });
    if (driver.available) await call('notifications.clearAll');
  });

  afterEach(async () => {
    await call('remap.remove', 'gone').catch(() => undefined);
    if (driver.available) await call('notifications.clearAll');
    await folder.remove();
  });

  it('is told by state and reason as soon as the file goes, without any request', async () => {
    await rm(folder.file('gone.img'));
    await until('the device is read-only', isReadOnly);
    const { reasons } = await info();
    assert.deepEqual(reasons, [`${folder.file('gone.img')} was deleted while it was open`]);
    await fails(/^ESTALE: .*gone\.img was deleted/, 'remap.write', 'gone', { sector: 6, base64 });
    const read = await call<{ base64: string }>('remap.read', 'gone', { sector: 5, count: 1 });
    assert.equal(read.base64, base64);
  });

  it('is saved from code, never over a file; the device is removed quietly then', async () => {
    await fails(/^EINVAL: .*where it was opened/, 'remap.saveOpenImage', 'gone', {
      path: 'displaced/saved.img',
    });
    await rename(folder.file('gone.img'), folder.file('away.img'));
    await fails(/^EEXIST: /, 'remap.saveOpenImage', 'gone', { path: 'displaced/away.img' });
    const saved = await call('remap.saveOpenImage', 'gone', { path: 'displaced/saved.img', image: 'main' });
    assert.deepEqual(saved, { path: folder.file('saved.img'), bytes: 20_480 * 512, lost: [] });
    const bytes = await readFile(folder.file('saved.img'));
    assert.equal(bytes.subarray(5 * 512, 6 * 512).toString('base64'), base64);
    await call('remap.remove', 'gone');
  });

  it('is removed from code without a question, which says what is lost', async () => {
    await rm(folder.file('gone.img'));
    await fails(/^ESTALE: .*closed without being saved/, 'remap.remove', 'gone');
    const devices = await call<DeviceInfo[]>('remap.listDevices');
    assert.ok(devices.every(({ name }) => name !== 'gone'));
  });

  it('is refused a reload', async () => {
    await truncate(folder.file('gone-spare.img'), 4096);
    await fails(/^ESTALE: .*gone-spare\.img was shortened from \d+ to 4096 bytes/, 'remap.reloadModule');
    assert.equal(await isReadOnly(), true);
  });

  it('makes one notification, and the device tree shows it with what can be done', async function () {
    driver.require(this);
    await rm(folder.file('gone.img'));
    await rm(folder.file('gone-spare.img'));
    await notified('gone is read-only:');
    const shown = (await notifications()).filter((each) => each.includes('gone is read-only'));
    assert.equal(shown.length, 1);
    assert.match(shown[0]!, /gone\.img was deleted while it was open\. .*gone-spare\.img was deleted/);
    await driver.screenshot('displaced-notification');
    await call('notifications.hideList');
    await call('remap.devices.focus');
    const row = rowOf('Device gone, error: image displaced');
    await driver.workbench.click(row, { button: 'right' });
    await menuSettled();
    for (const title of ['Save Open Image As...', 'Remove Device...']) {
      await driver.workbench.waitFor(`.monaco-menu .action-label[aria-label="${title}"]`);
    }
    await driver.screenshot('displaced-menu');
    await driver.press('Escape');
    await call('remap.showDevice', { treeReference: true, deviceKey: folder.file('gone.remap') });
    await driver.workbench.waitFor(
      `.sidebar .monaco-list-row:has-text("gone.img was deleted while it was open")`,
    );
  });

  it('is saved from the notification, and then removed', async function () {
    driver.require(this);
    await writeFile(folder.file('new.img'), 'another file');
    await rename(folder.file('new.img'), folder.file('gone.img'));
    await notified('gone.img was replaced by another file');
    await driver.workbench.click('.notifications-center .monaco-button:has-text("Save Open Image As")');
    await fileDialog('Save Open Image As');
    await driver.press('Enter');
    await until('it is saved', () => existsSync(folder.file('gone-saved.img')));
    await call('remap.remove', 'gone');
    assert.equal((await readFile(folder.file('gone.img'), 'utf8')).toString(), 'another file');
  });

  it('is saved by keys, from the palette, as the file that is named', async function () {
    driver.require(this);
    await rm(folder.file('gone.img'));
    await until('the device is read-only', isReadOnly);
    await run('Save Open Image As');
    const kept = folder.file('kept.img');
    await chooseFile('Save Open Image As', kept);
    await until('it is saved', () => existsSync(kept));
    assert.equal((await readFile(kept)).subarray(5 * 512, 6 * 512).toString('base64'), base64);
  });

  it('asks before the unsaved file goes with its device', async function () {
    driver.require(this);
    await rm(folder.file('gone.img'));
    await until('the device is read-only', isReadOnly);
    await call('remap.remove', { treeReference: true, deviceKey: folder.file('gone.remap') });
    await dialogRefused();
    assert.equal(await isReadOnly(), true);
    const read = await call<{ base64: string }>('remap.read', 'gone', { sector: 5, count: 1 });
    assert.equal(read.base64, base64);
  });
});
