import assert from 'node:assert/strict';
import { readdirSync, statSync } from 'node:fs';
import * as vscode from 'vscode';
import { createDeviceFiles } from '../../src/contract/newDevice';
import { Machine } from '../../src/engine';
import type { DeviceInfo } from '../../src/engine/device/deviceContracts';
import { editors } from '../../src/manifest';
import { fingerprint } from '../support/extension/advice';
import { driver, type WindowDocument } from '../support/extension/driver';
import { call, Folder, fails, until } from '../support/extension/remap';
import { rowOf } from '../support/extension/sideBar';

const folder = new Folder('stranger');
const markers = { sectors: [1000], text: 'marker {sector}' };
const RESTRICTED = 'the workspace is in Restricted Mode';

/** What must be refused, with arguments that are right. */
const WRITES: readonly (readonly [command: string, ...args: unknown[]])[] = [
  ['remap.write', 'disk', { sector: 5, base64: Buffer.alloc(512, 1).toString('base64') }],
  ['remap.writeMarkers', 'disk'],
  ['remap.remapSector', 'disk', 5],
  ['remap.unremapSector', 'disk', 1000],
  ['remap.injectErrors', 'disk', { sectors: [[7, 1]] }],
  ['remap.clearErrors', 'disk'],
  ['remap.message', 'disk', 'addbadblock 7'],
  ['remap.message', 'disk', 'test_remap 5 2000'],
  ['remap.repairMetadata', 'disk'],
  ['remap.relocate', 'disk'],
  ['remap.exportPaths', 'disk'],
  ['remap.export', 'disk'],
  ['remap.addSpare', 'disk', folder.file('more.img'), { sectors: 4096 }],
  ['remap.createDevice', { path: folder.file('new.remap'), mainSectors: 20_480, spareSectors: 8192 }],
  ['remap.runPersistenceTest', { scenarios: ['data-integrity'], device: 'disk' }],
  ['remap.runPersistenceTest', { scenarios: ['data-integrity'], folder: folder.file('test') }],
];

const info = () => call<DeviceInfo>('remap.getDevice', 'disk');

/** The files of the folder, and when their list changed last. */
const state = (): string[] => [...fingerprint(folder.path), `${statSync(folder.path).mtimeMs}`];

/** Makes a device with a remap and bad sectors, as another program would. */
async function makeDevice(): Promise<void> {
  await folder.create();
  const path = folder.file('disk.remap');
  const files = await createDeviceFiles({ path, mainSectors: 20_480, spareSectors: 8192, markers });
  const { deviceFile, main, spare } = files;
  const machine = new Machine();
  const spec = { name: 'disk', deviceFile, main, spares: [spare], flakey: null, markers };
  const device = await machine.create(spec);
  await device.injectErrors({
    sectors: [
      [1000, 1],
      [3000, 2],
    ],
  });
  await device.writeMarkers();
  await machine.close();
}

/** Goes from the notice of an editor to where trust is managed, and grants it. */
async function grantTrust(editor: WindowDocument): Promise<void> {
  await editor.click('.notice button');
  await driver.workbench.click(
    '.workspace-trust-editor .monaco-button:has-text("Trust"):not(:has-text("Don"))',
  );
}

describe('Restricted Mode', () => {
  let untouched: string[];

  before(async () => {
    await makeDevice();
    untouched = state();
    await call('remap.refresh');
  });

  afterEach(function () {
    if (!vscode.workspace.isTrusted) assert.deepEqual(state(), untouched, this.currentTest?.title);
  });

  it('opens devices read-only without a lock, says why, and reads through their remaps', async () => {
    assert.equal(vscode.workspace.isTrusted, false);
    await call('remap.assembleAll');
    const assembled = await call<DeviceInfo>('remap.assemble', folder.file('disk.remap'));
    assert.deepEqual(
      [assembled.state, assembled.reasons, assembled.remaps, assembled.badSectors],
      ['readonly', [`opened read-only: ${RESTRICTED}`], 1, 3],
    );
    const { base64 } = await call<{ base64: string }>('remap.read', 'disk', { sector: 1000, count: 1 });
    assert.match(Buffer.from(base64, 'base64').toString(), /^marker 1000/);
    await call('remap.checkMetadata', 'disk');
    await call('remap.scan', 'disk');
  });

  it('refuses what would write, and says why', async () => {
    for (const [command, ...args] of WRITES) {
      await fails(new RegExp(`^EROFS: .*${RESTRICTED}`), command, ...args);
    }
  });

  it('keeps devices read-only over suspend, reload, reboot, removal and assembly', async () => {
    await call('remap.suspend', 'disk');
    await call('remap.resume', 'disk');
    await call('remap.reloadModule', undefined, { wait: 0 });
    await call('remap.reboot', {});
    await call('remap.reboot', { powerLoss: true, seed: 1 });
    assert.equal((await info()).state, 'readonly');
    await call('remap.remove', 'disk');
    await call('remap.assemble', { main: folder.file('disk.img'), spare: folder.file('disk-spare.img') });
    assert.equal((await info()).state, 'readonly');
    await call('remap.remove', 'disk');
    await call('remap.assemble', 'disk');
    assert.equal((await info()).state, 'readonly');
  });

  it('shows in tree, editors and errors why, with the way to manage trust', async function () {
    driver.require(this);
    await call('workbench.view.extension.remap');
    await driver.workbench.waitFor(rowOf('Restricted Mode: devices are open read-only'));
    await call('remap.openSectors', 'disk');
    const device = driver.webview('#grid[data-view="device"]');
    await device.waitFor('.notice button');
    assert.deepEqual(await device.texts('.notice'), [`disk: opened read-only: ${RESTRICTED}.Manage Trust`]);
    await driver.screenshot('restricted-device');
    await call('workbench.action.closeAllEditors');
    await call('vscode.openWith', vscode.Uri.file(folder.file('disk.img')), editors.image);
    const image = driver.webview('#grid[data-view="file"]');
    await image.waitFor('.notice button');
    assert.deepEqual(await image.texts('.notice'), [`disk.img can’t be edited: ${RESTRICTED}.Manage Trust`]);
    await driver.screenshot('restricted-image');
    await call('remap.writeMarkers');
    await call('notifications.showList');
    await driver.workbench.waitFor('.notifications-center .monaco-button:has-text("Manage Trust")');
    await driver.screenshot('restricted-error');
    await call('notifications.clearAll');
    await call('notifications.hideList');
  });

  it('opens devices for writing and images for editing as soon as trust is granted', async function () {
    driver.require(this);
    const image = driver.webview('#grid[data-view="file"]');
    // Tried again, the trust may be granted already.
    if (!vscode.workspace.isTrusted) await grantTrust(image);
    await until('the workspace is trusted', () => vscode.workspace.isTrusted);
    await until(
      'the device is open for writing',
      async () => (await call<DeviceInfo[]>('remap.listDevices'))[0]?.state === 'active',
    );
    await call('remap.write', 'disk', { sector: 5, base64: Buffer.alloc(512, 1).toString('base64') });
    assert.ok(readdirSync(folder.path).includes('.disk.img.lock'));
    await call('workbench.action.closeAllEditors');
    await call('remap.remove', 'disk');
  });
});
