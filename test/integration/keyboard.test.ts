import { commands } from '../../src/manifest';
import { driver } from '../support/extension/driver';
import { closeAll, grid, gridHasFocus } from '../support/extension/editor';
import { focusIs, pressUntil, run } from '../support/extension/keys';
import { call, Folder, sparseFile, until } from '../support/extension/remap';
import { rowOf } from '../support/extension/sideBar';

const folder = new Folder('keys');
const path = folder.file('keys.remap');
const { workbench } = driver;

/** Opens the row that has the focus. VS Code drops the key while it refreshes the row: then a person presses it again. */
async function openRow(label: string): Promise<void> {
  const isOpen = () =>
    workbench.evaluate(
      (row: string) => document.querySelector(row)?.getAttribute('aria-expanded') === 'true',
      rowOf(label),
    );
  for (let presses = 0; presses < 5 && !(await isOpen()); presses++) {
    await driver.press('ArrowRight');
    for (let waits = 0; waits < 20 && !(await isOpen()); waits++) {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  await workbench.waitFor(`${rowOf(label)}[aria-expanded="true"]`);
}

/** Whether the sector editor has no notice above the bytes. */
const isCalm = async () => (await grid().texts('.notice:not([hidden])')).length === 0;

describe('by keyboard alone', () => {
  before(async function () {
    driver.require(this);
  });

  beforeEach(async () => {
    await folder.create();
    await call('notifications.clearAll');
    await call(commands.createDevice, {
      path,
      mainSectors: 20_480,
      spareSectors: 4096,
      markers: { sectors: [1000], text: 'key' },
    });
    await call(commands.injectErrors, 'keys', { sectors: [[1000, 1]] });
    await call(commands.writeMarkers, 'keys');
    await sparseFile(folder.file('free.img'), 1024 * 1024);
    await call('workbench.view.extension.remap');
    await call('workbench.actions.treeView.remap.devices.collapseAll');
    await call('workbench.view.explorer');
  });

  afterEach(async function () {
    await driver.press('Escape');
    await closeAll.call(this);
    await folder.remove();
  });

  it('the three views are walked, their items opened, and a remap leads to its sector', async () => {
    await run('Focus on Devices View');
    await pressUntil('ArrowDown', 'row Device keys,');
    await openRow('Device keys,');
    for (const item of ['Layers', '1 remap', 'Markers', 'Metadata', 'Health', 'Statistics']) {
      await pressUntil('ArrowDown', `row ${item}`);
      await openRow(item);
    }
    await driver.screenshot('keyboard-devices');
    await run('Focus on Modules View');
    await pressUntil('ArrowDown', 'row Module, real');
    await run('Focus on Images View');
    await pressUntil('ArrowDown', 'row Image free.img');
    await run('Focus on Devices View');
    await pressUntil('ArrowUp', 'row Sector 1000, remapped');
    await driver.press('Enter');
    await grid().waitFor('.heading[data-sector="1000"]:not([hidden])');
    await until('the bytes have the focus', gridHasFocus);
  });

  it('a menu of a row is opened, left again, and chosen from', async () => {
    await run('Focus on Devices View');
    await pressUntil('ArrowDown', 'row Device keys,');
    await driver.press('Shift+F10');
    await workbench.waitFor('.monaco-menu .action-label:text-is("Open Sectors...")');
    await pressUntil('ArrowDown', 'menuitem Open Sectors...');
    await driver.press('Escape');
    await focusIs('row Device keys,');
  });

  it('the sector editor is walked through all its parts and back to the bytes', async () => {
    await call(commands.openSectors, 'keys', { sector: 1000, view: 'device' });
    await until('the bytes have the focus', gridHasFocus);
    await pressUntil('Tab', 'bytes text');
    for (const part of ['Data Inspector', 'Find Bytes or Text', 'Next bad sector', 'Go to sector', 'Device'])
      await pressUntil('Shift+Tab', `part ${part}`);
    await pressUntil('Tab', 'bytes');
    await driver.press('Control+F');
    await focusIs('part Find');
    await driver.type('key');
    await driver.press('Enter');
    await driver.press('Escape');
    await focusIs('bytes');
    await driver.press('Control+G');
    await focusIs('part Go to sector');
    await driver.type('1000');
    await driver.press('Enter');
    await focusIs('bytes');
    // The sector is remapped: an Enter of the grid would go on to its place on the spare.
    await driver.press('ArrowRight');
    await grid().waitFor('.status:has-text("Sector 1000 + 1 ")');
  });

  it('what is answered in the sector editor and goes gives the focus to the bytes', async () => {
    await call(commands.openSectors, 'keys', { sector: 1000, view: 'device' });
    await until('the bytes have the focus', gridHasFocus);
    await call(commands.suspend, 'keys');
    await grid().waitFor('.notice:not([hidden]) button');
    await pressUntil('Shift+Tab', 'part Resume Device');
    await driver.press('Enter');
    await until('the notice is gone', isCalm);
    await focusIs('bytes');
  });

  it('the bytes have the focus again when their device comes back from a reload of the module', async () => {
    await call(commands.openSectors, 'keys', { sector: 1000, view: 'device' });
    await until('the bytes have the focus', gridHasFocus);
    await call(commands.reloadModule);
    await until('the bytes have the focus', gridHasFocus);
    await driver.press('ArrowRight');
    await grid().waitFor('.status:has-text("Sector 1000 + 1 ")');
  });

  it('a device that is shown anew leaves the focus in the side bar', async () => {
    await call(commands.openSectors, 'keys', { sector: 1000, view: 'device' });
    await until('the bytes have the focus', gridHasFocus);
    await run('Focus on Devices View');
    await pressUntil('ArrowDown', 'row Device keys,');
    await call(commands.suspend, 'keys');
    await grid().waitFor('.notice:not([hidden]) button');
    await focusIs('row Device keys,');
    await call(commands.resume, 'keys');
    await until('the notice is gone', isCalm);
    await focusIs('row Device keys,');
  });
});
