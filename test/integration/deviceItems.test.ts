import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import * as vscode from 'vscode';
import { commands, editorCommands, editors, uiCommands } from '../../src/manifest';
import { driver } from '../support/extension/driver';
import { grid, typeGoTo } from '../support/extension/editor';
import { dialogRefused, notified } from '../support/extension/notifications';
import { call, Folder, menuSettled, until } from '../support/extension/remap';
import { expand, rowOf, showOpened } from '../support/extension/sideBar';

const folder = new Folder('items');
const path = folder.file('items.remap');
const reference = { treeReference: true, deviceKey: path };
const entry = (text: string) => `.monaco-menu .action-label:text-is("${text}")`;
const QUESTION = '.quick-input-widget:not([style*="display: none"])';
const MAP = '0x0 ? 1\n0x0 0x200 -\n0x200 0x400 *\n0x600 0x63FFA00 +\n';
const INJECTED = 'Sectors 1000 to 1007 of items.img: 8 bad sectors, injected here';

/** Opens the context menu of a row, and chooses from it. */
async function choose(row: string, title: string): Promise<void> {
  await driver.workbench.click(rowOf(row), { button: 'right' });
  await driver.workbench.waitFor(entry(title));
  await menuSettled();
  await driver.workbench.click(entry(title));
}

/** What is said of the rows that begin with a text, from the top down. */
function said(beginning: string): Promise<string[]> {
  return driver.workbench.evaluate((selector: string) => {
    const rows = [...document.querySelectorAll<HTMLElement>(selector)];
    const topOf = (row: HTMLElement) => row.getBoundingClientRect().top;
    return rows.sort((a, b) => topOf(a) - topOf(b)).map((row) => row.getAttribute('aria-label') ?? '');
  }, rowOf(beginning));
}

/** The sectors whose remaps are shown, from the top down. */
async function shownRemaps(): Promise<string> {
  const texts = await said('Sector ');
  return texts.flatMap((text) => /^Sector (\d+), remapped to/.exec(text)?.[1] ?? []).join();
}

/** Makes sectors bad, and opens the item of the medium. */
async function openMedium(): Promise<void> {
  const sectors = [
    [1000, 8],
    [5000, 1],
  ];
  await call(commands.injectErrors, 'items', { sectors });
  await expand('Layers');
  await expand('medium');
  await driver.workbench.waitFor(rowOf(INJECTED));
}

async function sortBy(label: string): Promise<void> {
  void call(uiCommands.sortRemaps, reference);
  await driver.workbench.waitFor(`${QUESTION} .monaco-list-row[aria-label^="${label}"]`);
  await driver.type(label);
  await driver.press('Enter');
}

async function typeFilter(text: string): Promise<void> {
  void call(uiCommands.filterRemaps, reference);
  await driver.workbench.waitFor(`${QUESTION} input`);
  await driver.press('Control+A');
  await driver.type(text);
  await driver.press('Enter');
  await driver.workbench.waitFor(rowOf(`Filter ${text}: `));
}

function activeEditor(): string | undefined {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  return input instanceof vscode.TabInputCustom ? input.viewType : undefined;
}

describe('what is below a device in the side bar', () => {
  before(function () {
    driver.require(this);
  });

  beforeEach(async () => {
    await folder.create();
    await call('workbench.view.extension.remap');
    await call(commands.createDevice, {
      path,
      mainSectors: 204_800,
      spareSectors: 102_400,
      markers: { sectors: [1], text: 'm' },
    });
    await call(commands.remove, 'items');
    await writeFile(folder.file('items.img.map'), MAP);
    await call(commands.assemble, path);
    for (const sector of [4000, 3000, 2000]) await call(commands.remapSector, 'items', sector);
    await call('workbench.actions.treeView.remap.devices.collapseAll');
    await showOpened('items', path);
  });

  afterEach(async () => {
    await driver.press('Escape');
    await call('notifications.clearAll');
    await call(uiCommands.clearRemapFilter, reference);
    await call('workbench.action.closeAllEditors');
    await folder.remove();
  });

  it('medium opens into its ranges, which tell injected from found; each opens the editor at it', async () => {
    await openMedium();
    await driver.workbench.waitFor(rowOf('Sector 0 of items.img: 1 bad sector, found by items.img.map'));
    await driver.workbench.waitFor(
      rowOf('Sectors 1 to 2 of items.img: 2 sectors not rescued, found by items.img.map'),
    );
    await driver.workbench.click(rowOf(INJECTED));
    await until('the sector editor is open', () => activeEditor() === editors.sectors);
    await grid().waitFor('.heading[data-sector="1000"]:not([hidden])');
    await driver.screenshot('items-medium');
  });

  it('a range is queried and cleared from its menu; what was found only after a question', async () => {
    await openMedium();
    await choose(INJECTED, 'Query Sectors...');
    await until('the answer is shown', () => {
      const text = vscode.window.activeTextEditor?.document.getText() ?? '';
      return /1000-1007 {2}8 bad sectors {2}injected here/.test(text);
    });
    await choose(INJECTED, 'Clear Errors');
    await until('the range is gone', async () => (await said(INJECTED)).length === 0);
    await driver.workbench.waitFor(rowOf('Sector 5000 of items.img: 1 bad sector, injected here'));
    const found = 'Sector 0 of items.img: 1 bad sector, found by items.img.map';
    await choose(found, 'Clear Errors');
    await dialogRefused();
    await driver.workbench.waitFor(rowOf(found));
    await call(commands.clearErrors, 'items', { sectors: [[0, 1]] });
    await until('the found sector is cleared', async () => (await said(found)).length === 0);
    await driver.workbench.waitFor(rowOf('Sectors 1 to 2 of items.img: 2 sectors not rescued'));
  });

  it('remaps are sorted and filtered, by keyboard too', async () => {
    await sortBy('Original Sector');
    await expand('3 remaps');
    await until('all are shown', async () => (await shownRemaps()) === '2000,3000,4000');
    await sortBy('Spare Sector');
    await driver.workbench.waitFor(rowOf('3 remaps, by spare sector'));
    await until('the order is by spare sector', async () => (await shownRemaps()) === '4000,3000,2000');
    await typeFilter('2500-9000');
    await driver.workbench.waitFor(rowOf('3 remaps, by spare sector, filter 2500-9000'));
    await until('the others are hidden', async () => (await shownRemaps()) === '4000,3000');
    await driver.screenshot('items-remaps');
  });

  it('the remap of the sector under the cursor is revealed from the editor', async () => {
    await call(commands.openSectors, 'items', { sector: 3000, view: 'device' });
    await grid().waitFor('.heading[data-sector="3000"]:not([hidden])');
    await until('the remap is selected', async () => {
      await grid().click('.cursor');
      await driver.press('Control+Alt+M');
      return (await driver.workbench.texts(`${rowOf('Sector 3000, remapped')}.selected`)).length > 0;
    });
    await driver.screenshot('items-revealed');
  });

  it('the remap of a spare sector is revealed from the view of the spare', async () => {
    const list = await call<{ remaps: { original: number; spare: number }[] }>(commands.listRemaps, 'items');
    const { spare } = list.remaps.find(({ original }) => original === 4000)!;
    await call(commands.openSectors, 'items', { sector: spare, view: 'spare' });
    await grid().waitFor(`.heading[data-sector="${spare}"]:not([hidden])`);
    await typeGoTo(`${spare}`);
    await until('the remap is selected', async () => {
      await call(editorCommands.revealInRemaps);
      return (await driver.workbench.texts(`${rowOf('Sector 4000, remapped')}.selected`)).length > 0;
    });
  });

  it('a remap that the filter hides is told of, and one that is none', async () => {
    await expand('3 remaps');
    await typeFilter('2500-9000');
    await call(uiCommands.showRemap, { ...reference, sector: 2000 });
    await notified('the filter of the list hides it');
    await driver.workbench.click('.notifications-list-container .monaco-button:text-is("Clear Filter")');
    await driver.workbench.waitFor(`${rowOf('Sector 2000, remapped')}.selected`);
    await call(uiCommands.showRemap, { ...reference, sector: 77 });
    await notified('Sector 77 of items is not remapped');
  });

  it('statistics say what they count and since when; the health score opens into its terms', async () => {
    await expand('Statistics');
    await driver.workbench.waitFor(rowOf('All Requests: '));
    await driver.workbench.waitFor(rowOf('Newly Remapped: 3 sectors, 3 remapped in all'));
    const [statistics] = await said('Statistics');
    assert.match(statistics!, / since \d/);
    await expand('Health: ');
    await driver.workbench.waitFor(rowOf('Failed Requests, '));
    await driver.workbench.waitFor(rowOf('Failing Sectors, '));
    await driver.screenshot('items-statistics');
  });
});
