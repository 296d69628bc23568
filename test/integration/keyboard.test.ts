import assert from 'node:assert/strict';
import { commands } from '../../src/manifest';
import { driver } from '../support/extension/driver';
import { closeAll, grid, gridHasFocus } from '../support/extension/editor';
import { call, Folder, sparseFile, until } from '../support/extension/remap';
import { rowOf } from '../support/extension/sideBar';

const folder = new Folder('keys');
const path = folder.file('keys.remap');
const { workbench } = driver;

/** What has the focus: the row of a tree, another part of the window, or one of the editor's page; "" when it is lost. */
async function focused(): Promise<string> {
  const part = await workbench.evaluate(() => {
    let { activeElement } = document;
    // Menus are in a shadow tree.
    while (activeElement?.shadowRoot?.activeElement) ({ activeElement } = activeElement.shadowRoot);
    if (!activeElement || activeElement === document.body) return '';
    if (activeElement.tagName === 'IFRAME') return 'page';
    const row = activeElement.querySelector('.monaco-list-row.focused');
    if (row) return `row ${row.getAttribute('aria-label')}`;
    const name = activeElement.getAttribute('aria-label') ?? activeElement.textContent;
    return `${activeElement.getAttribute('role') ?? activeElement.tagName} ${name}`;
  });
  return part === 'page' ? focusedInPage() : part;
}

function focusedInPage(): Promise<string> {
  return grid().evaluate(() => {
    const { activeElement } = document;
    if (!activeElement || activeElement === document.body || !activeElement.checkVisibility()) return '';
    if (activeElement.id === 'grid') return `bytes ${activeElement.getAttribute('aria-activedescendant')}`;
    return `part ${activeElement.getAttribute('aria-label') ?? activeElement.textContent}`;
  });
}

/** Presses a key until what has the focus begins with that. It must never be lost on the way. */
async function pressUntil(key: string, wanted: string): Promise<string> {
  const way: string[] = [];
  for (let presses = 0; presses < 80; presses++) {
    const now = await settled(way);
    if (now.startsWith(wanted)) return now;
    way.push(now);
    await driver.press(key);
  }
  return assert.fail(`${key} doesn't lead to ${wanted}: ${way.join(' > ')}`);
}

/** What has the focus, once something has it: an element that goes gives it to another a moment later. */
async function settled(way: readonly string[]): Promise<string> {
  let now = '';
  await until(`something has the focus after ${way.join(' > ')}`, async () => {
    now = await focused();
    return now !== '';
  });
  return now;
}

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

const focusIs = (wanted: string) =>
  until(`the focus is at ${wanted}`, async () => (await focused()).startsWith(wanted));

/** Whether the sector editor has no notice above the bytes. */
const isCalm = async () => (await grid().texts('.notice:not([hidden])')).length === 0;

/** Runs a command as a person does without a mouse. */
async function run(title: string): Promise<void> {
  await driver.press('F1');
  await workbench.waitFor('.quick-input-widget input:focus');
  await driver.type(title);
  await workbench.waitFor(`.quick-input-list .monaco-list-row.focused[aria-label*="${title}"]`);
  await driver.press('Enter');
}

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
