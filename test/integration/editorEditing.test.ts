import assert from 'node:assert/strict';
import { readFile, truncate, writeFile } from 'node:fs/promises';
import * as vscode from 'vscode';
import { commands, editors } from '../../src/manifest';
import { driver } from '../support/extension/driver';
import { editorHooks, goTo, grid, loaded, openImage, paste, shownSector } from '../support/extension/editor';
import { call, Folder, until } from '../support/extension/remap';

const folder = new Folder('editing');

/** The column and the byte under the cursor, as the grid names them while it has the focus; else null. */
const cursor = () =>
  grid().evaluate(() =>
    document.activeElement?.id === 'grid'
      ? document.activeElement.getAttribute('aria-activedescendant')
      : null,
  );
const cursorIs = (place: string) =>
  until(`the cursor is at ${place}`, async () => (await cursor()) === place);
const shows = (bytes: string) =>
  until(`the bytes are ${bytes}`, async () => (await shownSector(0)).hex.startsWith(bytes));

const openFind = async (text: string) => {
  await driver.press('Control+F');
  await grid().waitFor('.find-input:focus');
  await driver.type(text);
};

describe('the keyboard in the sector editor', () => {
  editorHooks(folder);

  beforeEach(async () => {
    const path = folder.file('keys.img');
    const bytes = Buffer.alloc(64 * 512);
    bytes.write('needle', 100);
    await writeFile(path, bytes);
    await openImage(path);
    await loaded(0);
    await grid().click('.cursor');
    await cursorIs('hex-0');
  });

  const movesOn = async (place: string) => {
    await driver.press('ArrowRight');
    await cursorIs(place);
  };

  it('works on after Find is closed, by Escape and by its button', async () => {
    for (const [at, close] of [
      () => driver.press('Escape'),
      () => grid().click('[aria-label^="Close"]'),
    ].entries()) {
      await driver.press('Control+F');
      await grid().waitFor('.find-input:focus');
      await close();
      await movesOn(`hex-${at + 1}`);
    }
  });

  it('works on after the window and the panel changed the room for the bytes', async () => {
    const size = await driver.resize(820, 500);
    await movesOn('hex-1');
    await driver.resize(size.width, size.height);
    await movesOn('hex-2');
    await driver.press('Control+J');
    await until('the panel has the focus', () =>
      driver.workbench.evaluate(() => document.activeElement?.closest('.part.panel') != null),
    );
    await driver.press('Control+J');
    await until('the bytes have it again', async () => (await cursor()) !== null);
    await movesOn('hex-3');
  });

  it('types over a match from its start', async () => {
    await openFind('needle');
    await driver.press('Enter');
    await until('it is found', async () => (await grid().texts('.find-status'))[0] === 'Sector 0');
    await driver.press('Escape');
    await cursorIs('hex-100');
    await driver.type('58');
    await cursorIs('hex-101');
    await until(
      'the first byte is another',
      async () => (await shownSector(0)).hex.slice(200, 204) === '5865',
    );
  });

  it('lists all matches, goes through them by keys and comes back to the bytes', async () => {
    const path = folder.file('all.img');
    const bytes = Buffer.alloc(64 * 512);
    for (const at of [700, 5000, 20_000]) bytes.write('Needle', at, 'utf16le');
    await writeFile(path, bytes);
    await openImage(path);
    await loaded(0);
    await grid().click('.cursor');
    await openFind('needle');
    await driver.press('Control+Enter');
    const status = async () => (await grid().texts('.find-status'))[0];
    await until('all are found', async () => (await status()) === '3 matches');
    assert.equal((await grid().texts('.match-list [role="option"]')).length, 3);
    for (const [key, place] of [
      ['ArrowDown', 5000],
      ['End', 20_000],
      ['Home', 700],
    ] as const) {
      await driver.press(key);
      await until(`${key} goes to ${place}`, async () =>
        (await grid().texts('.match-list [aria-selected="true"]')).some((row) =>
          row.includes(`byte 0x${place.toString(16)} `),
        ),
      );
    }
    await driver.screenshot('all matches');
    await driver.press('Escape');
    await cursorIs('hex-700');
  });

  it('goes to what is undone and redone', async () => {
    await driver.type('ff');
    await goTo('60', 60);
    await driver.press('Control+Z');
    await cursorIs('hex-0');
    await shows('0000');
    await goTo('60', 60);
    await driver.press('Control+Y');
    await cursorIs('hex-0');
    await shows('FF00');
  });

  it('takes back half a byte by Escape and by undo, and begins the next with its first digit', async () => {
    const tab = vscode.window.tabGroups.activeTabGroup.activeTab!;
    for (const key of ['Escape', 'Control+Z']) {
      await driver.type('a');
      await shows('A000');
      await driver.press(key);
      await shows('0000');
      assert.equal(tab.isDirty, false);
    }
    await driver.type('12');
    await shows('1200');
    await driver.press('Control+Z');
    await shows('0000');
    await driver.type('34');
    await shows('3400');
  });

  it('pastes what it copied to the byte, text or not', async () => {
    const path = folder.file('copy.img');
    const bytes = Uint8Array.from({ length: 4096 }, (_, i) => (i < 256 ? i : 0));
    await writeFile(path, bytes);
    await openImage(path);
    await loaded(0);
    await grid().click('.bytes:not([hidden]) [data-column="text"][data-index="0"]');
    for (let line = 0; line < 15; line++) await driver.press('Shift+ArrowDown');
    await driver.press('Control+C');
    await until('it says what is no text', async () =>
      (await grid().texts('.status, [role="status"]')).join(' ').includes('no text'),
    );
    await goTo('1', 1);
    await paste(await vscode.env.clipboard.readText());
    await until('it is pasted', async () => (await shownSector(1)).hex.startsWith('000102030405'));
    await call('workbench.action.files.save');
    const expected = Uint8Array.from(bytes);
    expected.set(bytes.subarray(0, 15 * 16 + 1), 512);
    assert.deepEqual(await readFile(path), Buffer.from(expected));
  });

  it('keeps and names edits that a file cut from outside has no place for', async () => {
    const path = folder.file('cut.img');
    await writeFile(path, Buffer.alloc(4 * 512));
    await openImage(path);
    await loaded(0);
    await goTo('3', 3);
    await driver.type('ee');
    await until('it is an edit', () => vscode.window.tabGroups.activeTabGroup.activeTab?.isDirty ?? false);
    await truncate(path, 3 * 512);
    await call('workbench.action.files.save').catch(() => undefined);
    assert.equal(vscode.window.tabGroups.activeTabGroup.activeTab?.isDirty, true);
    assert.equal((await readFile(path)).length, 3 * 512);
  });
});

describe('automatic saving of sector editors', () => {
  editorHooks(folder);

  const setting = (name: string, to: unknown) =>
    vscode.workspace.getConfiguration('files').update(name, to, vscode.ConfigurationTarget.Global);

  const names = ['auto', 'auto-1', 'auto-22'];
  const sizes = { mainSectors: 20_480, spareSectors: 4096 };
  const image = folder.file('auto-beside.img');
  /** What is typed: another byte in each try. */
  let value = 0xa0;

  before(async () => {
    for (const name of names)
      await call(commands.createDevice, { path: folder.file(`${name}.remap`), ...sizes });
    await writeFile(image, Buffer.alloc(64 * 512));
  });

  const edit = async () => {
    await loaded(0);
    await grid().click('.cursor');
    await driver.type(value.toString(16));
    await shows(`${value.toString(16).toUpperCase()}00`);
  };

  // VS Code asks for the settings of an editor by its path in base64 of UTF-16, which ends in one of three ways.
  for (const name of names) {
    it(`leaves the device ${name} alone, and not an image`, async () => {
      const path = folder.file(`${name}.remap`);
      const openDevice = () => call('vscode.openWith', vscode.Uri.file(path), editors.sectors);
      value++;
      await setting('autoSave', 'afterDelay');
      await openDevice();
      await edit();
      await openImage(image);
      await edit();
      await until('the image is saved', async () => (await readFile(image))[0] === value);
      assert.notEqual((await readFile(folder.file(`${name}.img`)))[0], value);
      await openDevice();
      assert.equal(vscode.window.tabGroups.activeTabGroup.activeTab?.isDirty, true);
      await call('workbench.action.files.revert');
    });
  }
});

describe('a device file as text', () => {
  const path = folder.file('text.remap');

  before(() => folder.create());
  after(() => folder.remove());
  afterEach(() => call('workbench.action.closeAllEditors'));

  it('is checked by its schema, comments and all', async () => {
    await writeFile(path, '{\n  // a comment\n  "main": 5,\n  "spare": "s.img"\n}\n');
    const uri = vscode.Uri.file(path);
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document);
    const marked = () => vscode.languages.getDiagnostics(uri).map(({ range }) => range.start.line);
    await until('the wrong type is marked', () => marked().length > 0);
    assert.deepEqual(marked(), [2]);
  });

  it('is no reason to save a device by itself: automatic saving is off for devices', () => {
    const scope = { uri: vscode.Uri.file(path), languageId: 'remap-device' };
    assert.equal(vscode.workspace.getConfiguration('files', scope).get('autoSave'), 'off');
  });
});
