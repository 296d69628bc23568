import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { commands, uiCommands } from '../../src/manifest';
import { driver } from '../support/extension/driver';
import { dialogRefused, notifications } from '../support/extension/notifications';
import { call, Folder, menuSettled, until } from '../support/extension/remap';
import { rowOf } from '../support/extension/sideBar';

const folder = new Folder('menus');
const path = folder.file('menu.remap');
const item = { treeReference: true, deviceKey: path };
const label = (text: string) => `.monaco-menu .action-label:text-is("${text}")`;

/** Opens the menu of the device's row, and a submenu of it. */
async function openMenu(submenu?: string): Promise<string[]> {
  await driver.press('Escape');
  await driver.workbench.click(rowOf('Device menu,'), { button: 'right' });
  await driver.workbench.waitFor(label('Open Sectors...'));
  const top = await driver.workbench.texts('.monaco-menu .action-label');
  await menuSettled();
  if (submenu === undefined) return top;
  await driver.workbench.click(label(submenu));
  await until(`the submenu ${submenu} is open`, async () => (await inSubmenu()).length > 0);
  await menuSettled();
  return inSubmenu();
}

function inSubmenu(): Promise<string[]> {
  return driver.workbench.texts('.monaco-submenu .action-label');
}

describe('the menu of a device', () => {
  beforeEach(async function () {
    driver.require(this);
    await folder.create();
    await call('workbench.view.extension.remap');
    await call(commands.createDevice, { path, mainSectors: 20_480, spareSectors: 4096 });
    await driver.workbench.waitFor(rowOf('Device menu, active'));
  });

  afterEach(async () => {
    await driver.press('Escape');
    await call('notifications.clearAll');
    await call('workbench.action.closeAllEditors');
    await folder.remove();
  });

  it('has submenus by purpose and at most a dozen entries', async () => {
    const entries = (await openMenu()).filter((text) => text !== '');
    for (const wanted of [
      'Sectors',
      'Inject',
      'Prove',
      'Metadata',
      'Upkeep',
      'Show',
      'Copy',
      'Remove Device...',
    ])
      assert.ok(entries.includes(wanted), `${wanted} is not in ${entries.join()}`);
    assert.ok(entries.length <= 12, entries.join());
    await driver.screenshot('menus-device');
    const proving = await openMenu('Prove');
    for (const wanted of ['Write Markers', 'Verify Markers', 'Reboot...', 'Test a Copy of a Device...'])
      assert.ok(proving.includes(wanted), proving.join());
    await driver.screenshot('menus-prove');
  });

  it('has commands that make no notification of what can be seen', async () => {
    const remap = { ...item, sector: 100 };
    for (const id of [commands.suspend, commands.resume, commands.writeMarkers, commands.clearErrors])
      await call(id, item);
    await call(commands.remapSector, 'menu', 100);
    await call(commands.unremapSector, remap);
    await call(commands.repairMetadata, item);
    await call(commands.getDevice, item);
    // One that the suite of hostile names has cleared may be listed once more.
    const ofOthers = join('hostile', '');
    assert.deepEqual(
      (await notifications()).filter((text) => !text.includes(ofOthers)),
      [],
    );
  });

  it('copies the path of the device file', async () => {
    await openMenu('Copy');
    await driver.workbench.click(label('Copy Path'));
    await until('it is on the clipboard', async () => (await vscode.env.clipboard.readText()) === path);
  });

  it('reveals the device file in the Explorer', async () => {
    await openMenu('Show');
    await driver.workbench.click(label('Reveal in Explorer'));
    await driver.workbench.waitFor(
      '.explorer-folders-view .monaco-list-row.focused[aria-label^="menu.remap"]',
    );
  });

  it('offers to resume a suspended device, and nothing that would wait', async () => {
    await call(commands.suspend, 'menu');
    await driver.workbench.waitFor(rowOf('Device menu, suspended'));
    const upkeep = await openMenu('Upkeep');
    assert.ok(upkeep.includes('Resume Device') && !upkeep.includes('Suspend Device'), upkeep.join());
    assert.ok(!upkeep.includes('Scan Device'), upkeep.join());
  });

  it('asks before it deletes the device with its images, and before the paths take the place of a copy', async () => {
    for (const id of [uiCommands.deleteDevice, commands.exportPaths]) {
      const asking = call(id, item);
      await dialogRefused();
      assert.equal(await asking, undefined);
      await call('notifications.clearAll');
    }
    assert.ok(
      [path, folder.file('menu.img'), folder.file('menu-spare.img')].every((file) => existsSync(file)),
    );
    assert.equal(
      (await readFile(folder.file('menu-spare.img'))).toString('latin1').includes(folder.path),
      false,
    );
  });

  it('asks before a sector is overwritten from the palette', async () => {
    const writing = call(commands.write, item);
    for (const [step, answer] of [
      ['(1/2)', '7'],
      ['(2/2)', 'hello'],
    ] as const) {
      await driver.workbench.waitFor(
        `.quick-input-widget:has(.quick-input-title:has-text("${step}")) input:focus`,
      );
      await driver.press('Control+A');
      await driver.type(answer);
      await driver.press('Enter');
    }
    await dialogRefused();
    assert.equal(await writing, undefined);
    const { base64 } = await call<{ base64: string }>(commands.read, 'menu', { sector: 7, count: 1 });
    assert.ok(Buffer.from(base64, 'base64').every((byte) => byte === 0));
  });
});
