import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import * as vscode from 'vscode';
import {
  answer,
  asked,
  choose,
  imageToChange,
  isDirty,
  save,
  says,
  shows,
  undone,
} from '../support/extension/changing';
import { driver } from '../support/extension/driver';
import { editorHooks, goTo, grid, loaded, openImage, paste } from '../support/extension/editor';
import { dialogRefused } from '../support/extension/notifications';
import { call, Folder, until } from '../support/extension/remap';

const folder = new Folder('pasting');

describe('pasting into the sector editor', () => {
  editorHooks(folder);

  const { path, original } = imageToChange(folder);

  it('pastes lines of a dump, and says where a part of one is missing', async () => {
    await paste('00000040: dead beef 0041  .....A\n00000046: 42  B\n');
    await shows(0, 'deadbeef004142');
    await undone(path, original);
    await paste('00000000: 41  A\n00000010: 42  B\n');
    await says('Line 2 of the dump');
    await until('nothing is unsaved', () => !isDirty());
  });

  it('asks for the form of what may have several, by itself and by its key', async () => {
    await paste('Hello123');
    await asked('Paste As');
    await driver.screenshot('paste as');
    await choose('Paste As', 'Base64');
    await shows(0, '1DE965A35DB7');
    await says('Pasted 6 bytes');
    await goTo('0', 0);
    await driver.press('Control+Shift+V');
    await choose('Paste As', 'Text in UTF-16 LE');
    await shows(0, '480065006C006C006F00');
    await driver.press('Control+Z');
    await shows(0, '1DE965A35DB7');
    await undone(path, original);
  });

  it('asks before it writes what is too large to be undone, and writes nothing without an answer', async () => {
    const large = folder.file('large.img');
    await writeFile(large, new Uint8Array(64 << 20));
    await openImage(large);
    await until(
      'it is the active editor',
      () => vscode.window.tabGroups.activeTabGroup.activeTab?.label === 'large.img',
    );
    await loaded(0);
    await grid().click('.cursor');
    await driver.press('Control+Alt+F');
    await choose('Fill', 'Random Bytes');
    await answer('Fill (2/2)', '0+65536');
    await dialogRefused();
    assert.equal(isDirty(), false);
    assert.ok((await readFile(large)).every((byte) => byte === 0));
  });

  it('shows an edit in both editors of one document, each with its own cursor', async () => {
    await goTo('40', 40);
    await call('workbench.action.splitEditor');
    const first = driver.webview('.heading[data-sector="40"]:not([hidden])');
    const second = driver.webview('.heading[data-sector="0"]:not([hidden])');
    await second.waitFor('.cursor');
    await second.click('.cursor');
    await driver.type('5a');
    await second.waitFor('.row:not([hidden]) .hex .cell:text-is("5A")');
    await first.waitFor('[aria-label="Go to next changed sector"], .toolbar:has-text("Changed")');
    await first.click('.cursor');
    await driver.press('Control+Home');
    const shown = driver.webview('.status:has-text("Sector 0 + 0 ")');
    await shown.waitFor('.row:not([hidden]) .hex .cell:text-is("5A")');
  });
});

describe('editors of a device and of its main image', () => {
  editorHooks(folder);

  before(async () => {
    await call('remap.createDevice', {
      path: 'pasting/step.remap',
      mainSectors: 20_480,
      spareSectors: 4096,
    });
  });

  it('are in step: what is saved in one shows in the other', async () => {
    await openImage(folder.file('step.img'));
    await loaded(0);
    await call('remap.openSectors', 'step', { view: 'device', sector: 0, beside: true });
    const device = driver.webview('.views:has-text("Device"), [role="radiogroup"]:has-text("Device")');
    await device.waitFor('.row');
    await device.click('.cursor');
    await driver.type('c3');
    await save();
    const image = driver.webview('.editor:has-text("belongs to the assembled device")');
    await image.waitFor('.row:not([hidden]) .hex .cell:text-is("C3")');
  });
});
