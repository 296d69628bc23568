import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { createImages } from '../../src/engine';
import type { DeviceInfo } from '../../src/engine/device/deviceContracts';
import { editors } from '../../src/manifest';
import { driver } from '../support/extension/driver';
import { dialogRefused } from '../support/extension/notifications';
import { call, Folder } from '../support/extension/remap';

const folder = new Folder('outside');
const elsewhere = join(tmpdir(), `remap-elsewhere-${process.pid}`);
const main = join(elsewhere, 'main.img');
const spare = join(elsewhere, 'spare.img');

const find = async (name: string) =>
  (await call<DeviceInfo[]>('remap.listDevices')).find((device) => device.name === name);

async function deviceFile(name: string): Promise<string> {
  const path = folder.file(`${name}.remap`);
  await writeFile(path, JSON.stringify({ main, spare }));
  await call('remap.refresh');
  return path;
}

/** Assembles a device as a click on its item in the side bar does. */
const asPerson = (deviceKey: string) =>
  call<DeviceInfo | undefined>('remap.assemble', { treeReference: true, deviceKey });

describe('A device file that names images outside the workspace', () => {
  before(async () => {
    await folder.create();
    mkdirSync(elsewhere);
    await createImages({ main, mainSectors: 12_288, spare, spareSectors: 4096 });
  });

  afterEach(async () => {
    await call('workbench.action.closeAllEditors');
    for (const name of ['stranger', 'called']) if (await find(name)) await call('remap.remove', name);
  });

  after(async () => {
    await folder.remove();
    rmSync(elsewhere, { recursive: true });
  });

  it('is opened read-only by its editor, and is opened for writing only after a question', async function () {
    driver.require(this);
    const path = await deviceFile('stranger');
    await call('vscode.openWith', vscode.Uri.file(path), editors.sectors);
    const editor = driver.webview('#grid[data-view="device"]');
    await editor.waitFor('.notice button');
    assert.equal((await find('stranger'))?.state, 'readonly');
    assert.match((await find('stranger'))?.reasons[0] ?? '', /are outside the workspace/);
    assert.deepEqual(readdirSync(elsewhere), ['main.img', 'spare.img']);
    await driver.screenshot('outside-read-only');
    await editor.click('.notice button:has-text("Open for Writing")');
    await dialogRefused();
    await call('notifications.clearAll');
    await call('notifications.hideList');
    assert.equal((await find('stranger'))?.state, 'readonly');
    await call('remap.remove', 'stranger');
    assert.equal(await asPerson(path), undefined);
    assert.equal(await find('stranger'), undefined);
    assert.deepEqual(readdirSync(elsewhere), ['main.img', 'spare.img']);
  });

  it('is opened for writing when code gives its path', async () => {
    const path = await deviceFile('called');
    await call('remap.assemble', path);
    assert.equal((await find('called'))?.state, 'active');
    await call('remap.reboot', {});
    assert.equal((await find('called'))?.state, 'active');
    await call('remap.remove', 'called');
    // It is remembered for this file and these images, so a person isn't asked.
    assert.equal((await asPerson(path))?.state, 'active');
  });
});
