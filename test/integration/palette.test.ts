import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { DeviceInfo } from '../../src/engine/device/deviceContracts';
import { driver } from '../support/extension/driver';
import { grid, gridHasFocus } from '../support/extension/editor';
import { chooseFile } from '../support/extension/fileDialog';
import { dialogRefused, notified } from '../support/extension/notifications';
import { call, Folder, until } from '../support/extension/remap';

const folder = new Folder('palette');
const input = '.quick-input-widget input';

/** Runs a command as a person does: from the palette, by its title. */
async function choose(title: string): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.showCommands');
  await driver.workbench.waitFor(input);
  await driver.type(title);
  await driver.workbench.waitFor(`.quick-input-widget .monaco-list-row.focused[aria-label^="${title}"]`);
  await driver.press('Enter');
}

/** Waits for an input box whose prompt contains a text, and replaces its value by `text`, if given. */
async function answer(prompt: string, text?: string): Promise<void> {
  await driver.workbench.waitFor(`.quick-input-message:has-text("${prompt}")`);
  if (text !== undefined) {
    await driver.press('Control+A');
    await driver.type(text);
  }
}

/** The path of what the active sector editor shows. */
function activeFile(): string | undefined {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  return input instanceof vscode.TabInputCustom ? input.uri.path : undefined;
}

/** Removes the device that a test, or its first try, has made. */
async function removeTyped(): Promise<void> {
  for (const { name } of await call<DeviceInfo[]>('remap.listDevices'))
    if (name === 'typed') await call('remap.remove', name);
  for (const name of ['typed.remap', 'typed.img', 'typed-spare.img'])
    await rm(join(process.env.REMAP_WORKSPACE!, name), { force: true });
}

/** Waits for a notification and clears it away. */
async function notification(text: string): Promise<void> {
  await notified(text);
  await call('notifications.clearAll');
}

/** Answers what is to fail with a file, whose path is pasted into the dialog. */
async function pickFile(path: string): Promise<void> {
  await driver.workbench.waitFor('.quick-input-widget .monaco-list-row[aria-label^="From a File"]');
  await driver.type('From a File');
  await driver.workbench.waitFor('.quick-input-widget .monaco-list-row.focused[aria-label^="From a File"]');
  await driver.press('Enter');
  await chooseFile('File with the Bad Sectors', path);
}

describe('from the palette', () => {
  before(async function () {
    driver.require(this);
    await folder.create();
  });

  after(async () => {
    await call('workbench.action.closeAllEditors');
    await folder.remove();
    await removeTyped();
  });

  it('creates a device: proposes values, checks what is typed, and ends in the editor of the new device', async () => {
    await removeTyped();
    await choose('Remap: Create Device');
    await answer('Name of the device', 'x/y');
    await driver.workbench.waitFor('.quick-input-message:has-text("a name consists of letters")');
    await driver.screenshot('palette-create-name');
    await answer('a name consists of letters', 'typed');
    await answer('Name of the device');
    await driver.press('Enter');
    await answer('Size of the main image', '1 MiB');
    await driver.press('Enter');
    await answer('Size of the spare image', '100');
    await driver.workbench.waitFor('.quick-input-message:has-text("has at least 1281 sectors")');
    await answer('has at least 1281 sectors', '2048 sectors');
    await answer('Size of the spare image');
    await driver.press('Enter');
    await driver.workbench.waitFor('.quick-input-widget .monaco-list-row[aria-label^="Works"]');
    await driver.screenshot('palette-create-flakey');
    await driver.press('Enter');
    await until(
      'the editor of the new device is open',
      () => activeFile()?.endsWith('/typed.remap') ?? false,
    );
    await until('its grid has the focus', gridHasFocus);
    await driver.press('ArrowRight');
    await grid().waitFor('.status:has-text("Sector 0 + 1 ")');
    await driver.screenshot('palette-created');
    const device = await call<DeviceInfo>('remap.getDevice', 'typed');
    assert.deepEqual([device.name, device.sectors, device.spareSectors], ['typed', 2048, 2048]);
    assert.deepEqual(device.markers.sectors, [1000, 2000]);
  });

  it('keeps a question open while the focus is elsewhere, and goes back with the answers given', async () => {
    const creating = vscode.commands.executeCommand<DeviceInfo | undefined>('remap.createDevice');
    await answer('Name of the device', 'back');
    await driver.press('Enter');
    await answer('Size of the main image', '3 MiB');
    await driver.press('Enter');
    await answer('Size of the spare image');
    await driver.workbench.waitFor('.quick-input-title:has-text("Create Device (3/4)")');
    await call('workbench.view.explorer');
    await driver.workbench.waitFor('.quick-input-message:has-text("Size of the spare image")');
    await driver.screenshot('palette-create-step');
    const goBack = '.quick-input-widget [aria-label^="Back"]';
    await driver.workbench.click(goBack);
    await answer('Size of the main image');
    const typed = () =>
      driver.workbench.evaluate(
        (css: string) => (document.querySelector(css) as HTMLInputElement).value,
        input,
      );
    assert.equal(await typed(), '3 MiB');
    await driver.workbench.click(goBack);
    await answer('Name of the device');
    assert.equal(await typed(), 'back');
    await driver.workbench.click(input);
    await driver.press('Escape');
    assert.equal(await creating, undefined);
  });

  it('writes and verifies markers of the only device without asking', async () => {
    await choose('Remap: Write Markers');
    await driver.workbench.waitFor('.statusbar-item:has-text("Wrote 2 markers")');
    await choose('Remap: Verify Markers');
    await notification('typed: 2/2 sectors verified.');
  });

  it('asks before markers overwrite what is neither zeros nor a marker', async () => {
    const base64 = Buffer.alloc(512, 'precious').toString('base64');
    await call('remap.write', 'typed', { sector: 1000, base64 });
    await choose('Remap: Write Markers');
    await dialogRefused();
    await call('notifications.clearAll');
    assert.equal(
      (await call<{ base64: string }>('remap.read', 'typed', { sector: 1000, count: 1 })).base64,
      base64,
    );
    await call('remap.writeMarkers', 'typed');
  });

  it('injects a file: asks in which unit a list is, the likeliest first, and says when nothing is bad', async () => {
    const list = folder.file('bad-b4096.txt');
    await writeFile(list, '10\n11\n');
    const injecting = vscode.commands.executeCommand<DeviceInfo>('remap.injectErrors');
    await pickFile(list);
    await driver.workbench.waitFor('.quick-input-widget .monaco-list-row.focused[aria-label^="4096 Bytes"]');
    await driver.screenshot('palette-block-size');
    await driver.press('Enter');
    assert.equal((await injecting).badSectors, 16);
    await writeFile(list, '# nothing\n0 2048 linear /dev/loop0 0\n');
    const nothing = vscode.commands.executeCommand<DeviceInfo>('remap.injectErrors');
    await pickFile(list);
    assert.equal((await nothing).badSectors, 16);
    await notification('bad-b4096.txt names no bad sector: none was injected into typed.');
    await call('remap.clearErrors', 'typed');
  });

  it('shows the status as a report', async () => {
    await choose('Remap: Show Status');
    await until(
      'the report is open',
      () => vscode.window.activeTextEditor?.document.uri.path === '/typed status',
    );
    assert.match(vscode.window.activeTextEditor!.document.getText(), /^0 2048 dm-remap-v4 v4\.0-phase1\.4 /);
  });

  it('shows the log in the kernel’s words', async () => {
    // What other tests had refused may have left a long error at the end of the log.
    await call('remap.remove', 'typed');
    await call('remap.assemble', join(process.env.REMAP_WORKSPACE!, 'typed.remap'));
    await choose('Remap: Show Log');
    await driver.workbench.waitFor('.part.panel .view-line:has-text("dm-remap:")');
    await driver.screenshot('palette-log');
    await call('workbench.action.closePanel');
  });

  it('asks which device is meant where there are several, and does nothing when the question is dismissed', async () => {
    const path = folder.file('second.remap');
    // It is there already when the test is tried again.
    if (!existsSync(path)) await call('remap.createDevice', { path, mainSectors: 2048, spareSectors: 2048 });
    const suspending = vscode.commands.executeCommand('remap.suspend');
    await driver.workbench.waitFor('.quick-input-widget .monaco-list-row[aria-label^="second"]');
    await driver.screenshot('palette-pick-device');
    // What can be seen: VS Code hides the detail of an earlier list, and leaves its text in the row.
    const rows = await driver.workbench.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>('.quick-input-list .quick-input-list-rows')].map(
        (row) => row.innerText,
      ),
    );
    // Name, state and, where the file isn't at the top of the workspace, its folder: each once.
    assert.deepEqual(rows.map((row) => row.replace(/\s/g, '')).sort(), [
      'secondactive,0remapspalette',
      'typedactive,0remaps',
    ]);
    await driver.press('Escape');
    assert.equal(await suspending, undefined);
    const states = (await call<DeviceInfo[]>('remap.listDevices')).map(({ state }) => state);
    assert.ok(!states.includes('suspended'));
  });

  it('offers to assemble a device anew when its file changes', async () => {
    const path = folder.file('second.remap');
    await writeFile(path, (await readFile(path, 'utf8')).replace('{', '{ "flakey": "5 2",'));
    await notification('The device file of second has changed.');
    assert.equal((await call<DeviceInfo>('remap.getDevice', 'second')).flakey, null);
  });

  it('says in one notification what went wrong', async () => {
    const target = { treeReference: true, moduleName: 'real' };
    assert.equal(await call('remap.unloadModule', target), undefined);
    await notification('dm-remap-v4-real is in use by second, typed');
  });
});
