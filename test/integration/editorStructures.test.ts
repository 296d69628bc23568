import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import * as vscode from 'vscode';
import { editorCommands, settings } from '../../src/manifest';
import { violations } from '../support/extension/axe';
import { driver } from '../support/extension/driver';
import { editorHooks, goTo, grid, loaded, openImage, shownSector } from '../support/extension/editor';
import { call, Folder, until } from '../support/extension/remap';
import { structureSample } from '../support/structureSamples';

const folder = new Folder('structures');

const status = () => grid().evaluate(() => document.querySelector('.status-field')?.textContent ?? '');

/** The bytes of a row of the grid, of which a mark of fields is set. */
const marked = (mark: string) =>
  grid().evaluate(
    (name: string) =>
      [...document.querySelectorAll(`.row:not([hidden]) .bytes:not([hidden]) .hex .cell.field-${name}`)]
        .map(({ textContent }) => textContent)
        .join(''),
    mark,
  );

/** Rests the pointer on the byte under the cursor of the grid. */
const hoverCursor = () =>
  grid().evaluate(() => {
    const cell = document.querySelector('.row:not([hidden]) .bytes:not([hidden]) .cell.cursor')!;
    const { left, top, width, height } = cell.getBoundingClientRect();
    const at = { clientX: left + width / 2, clientY: top + height / 2 };
    cell.dispatchEvent(new PointerEvent('pointermove', { ...at, bubbles: true }));
  });

describe('structures in the sector editor', () => {
  editorHooks(folder);

  describe('of a partition table', () => {
    beforeEach(async () => {
      const path = folder.file('table.img');
      const bytes = Buffer.alloc(256 * 512);
      bytes.set(structureSample('gpt').bytes);
      bytes.write('af3dc60f838472478e793d69d8477de4', 1024, 'hex');
      bytes.writeUInt32LE(64, 1024 + 0x20);
      bytes.writeUInt32LE(100, 1024 + 0x28);
      bytes.write('data', 1024 + 0x38, 'utf16le');
      await writeFile(path, bytes);
      await openImage(path);
      await goTo('1', 1);
      await grid().click('.cursor');
    });

    afterEach(() =>
      vscode.workspace
        .getConfiguration()
        .update(settings.editorStructureColors, undefined, vscode.ConfigurationTarget.Global),
    );

    it('colours the fields, and tells the one under the cursor, without the inspector', async () => {
      await grid().waitFor('.row:not([hidden]) .bytes:not([hidden]) .cell.field-current');
      assert.equal(await marked('current'), '4546492050415254', 'the signature');
      assert.equal(await status(), 'GPT header › Signature: “EFI PART”');
      for (let step = 0; step < 8; step++) await driver.press('ArrowRight');
      await until('the next field', async () => (await status()).startsWith('GPT header › Revision: 0x'));
      await until('it is framed', async () => (await marked('current')) === '00000100');
      await until('a screen reader is told', () =>
        grid().evaluate(() =>
          [...document.querySelectorAll('[role="status"]')].some(({ textContent }) =>
            textContent?.includes('Revision'),
          ),
        ),
      );
      await driver.screenshot('fields in colours');
      assert.deepEqual(await violations(), []);
    });

    it('has no colours where the setting says so, chosen by keys in the menu', async () => {
      await grid().waitFor('.row:not([hidden]) .bytes:not([hidden]) .cell.field-current');
      await grid().click('.display-menu .icon-button');
      const isReached = () =>
        grid().evaluate(
          () => document.activeElement?.closest('label')?.textContent?.trim() === 'Colours of structures',
        );
      for (let tabs = 0; tabs < 12 && !(await isReached()); tabs++) await driver.press('Tab');
      await driver.press('Space');
      await until('no colours', () =>
        grid().evaluate(
          () => document.querySelector('.row:not([hidden]) .bytes:not([hidden]) .cell.field') === null,
        ),
      );
      const configuration = vscode.workspace.getConfiguration();
      assert.equal(configuration.get(settings.editorStructureColors), false);
      await driver.press('Escape');
      assert.match(await status(), /^GPT header/);
    });

    it('shows name, value and place of the field under the mouse, and hides them at a key', async () => {
      await grid().waitFor('.row:not([hidden]) .bytes:not([hidden]) .cell.field-current');
      await hoverCursor();
      await grid().waitFor('.field-hover-name:text-is("GPT header › Signature")');
      assert.deepEqual(await grid().texts('.field-hover > div'), [
        'GPT header › Signature',
        '“EFI PART”',
        'byte 0x200, 8 bytes',
      ]);
      await driver.screenshot('field under the mouse');
      await driver.press('ArrowRight');
      await until('it is hidden', () =>
        grid().evaluate(() => document.querySelector<HTMLElement>('.field-hover')?.hidden === true),
      );
    });

    it('names the entries, and goes to the first sector of a partition by Ctrl+Enter', async () => {
      await goTo('2', 2);
      await until('the entry', async () => /^GPT entries 1 to 4 › Partition 1 › Type: /.test(await status()));
      await call(editorCommands.toggleInspector);
      const first = '.structure-item:not([hidden]):has(> .structure-name:text-is("First sector"))';
      await grid().waitFor(first);
      await grid().click(`${first} > .structure-name`);
      await driver.press('Control+Enter');
      await loaded(64);
      await until('the bytes have the focus', () =>
        grid().evaluate(() => document.activeElement?.id === 'grid'),
      );
      await call(editorCommands.goBack);
      await loaded(2);
    });
  });

  it('are listed with their places, and gone to, by keys', async () => {
    const path = folder.file('listed.img');
    const bytes = Buffer.alloc(256 * 512);
    bytes.set(structureSample('gpt').bytes);
    bytes.set(structureSample('btrfs').bytes, 128 * 512);
    await writeFile(path, bytes);
    await openImage(path);
    await loaded(0);
    const list = call(editorCommands.goToStructure);
    const row = '.quick-input-list .monaco-list-row';
    await driver.workbench.waitFor(`${row}[aria-label*="btrfs superblock"][aria-label*="sector 128"]`);
    const labels = await driver.workbench.texts(`${row} .quick-input-list-row:first-child .label-name`);
    assert.deepEqual(labels, ['Master boot record', 'GPT header', 'btrfs superblock']);
    await driver.screenshot('structures of a disk');
    await driver.type('btrfs');
    await driver.press('Enter');
    await list;
    await loaded(128);
    await until('it is named', async () => (await status()).startsWith('btrfs superblock › '));
    await call(editorCommands.goBack);
    await until('the way back', async () => (await shownSector(0)).hex !== '');
  });

  it('can be said where nothing tells them, and taken back', async () => {
    const path = folder.file('said.img');
    const bytes = Buffer.alloc(4096);
    bytes.writeUInt16LE(0x41ed, 512 + 128);
    await writeFile(path, bytes);
    await openImage(path);
    await goTo('byte 640', 1);
    const answer = async (words: string) => {
      const said = call(editorCommands.interpretAs);
      await driver.workbench.waitFor(`.quick-input-list .monaco-list-row[aria-label^="${words}"]`);
      await driver.type(words);
      await driver.press('Enter');
      await said;
    };
    await answer('Inode of ext2');
    const words = 'Inode of ext2/3/4 (as you said) › Kind: 4: folder';
    await until('the inode', async () => (await status()) === words);
    await answer('What is recognised there');
    await until('nothing', async () => (await status()) === '');
  });

  it('of dm-remap: an entry leads to the sector that it moved, and to where it moved', async () => {
    await call('remap.createDevice', {
      path: 'structures/moved.remap',
      mainSectors: 4096,
      spareSectors: 8192,
    });
    await call('remap.remapSector', 'moved', 1000);
    await call('remap.openSectors', 'moved', { sector: 0, view: 'spare' });
    await loaded(0);
    await call(editorCommands.toggleInspector);
    const entry = '.structure-item:not([hidden]):has(> .structure-name:text-is("Remap entry 0"))';
    await grid().waitFor('.structure-item[data-checksum="right"]:has-text("dm-remap v4 metadata copy")');
    await grid().waitFor(`${entry}:has-text("1000")`);
    await grid().click(`${entry} .structure-twistie`);
    const original = '.structure-item:not([hidden]):has(> .structure-name:text-is("Original sector"))';
    await grid().click(`${original} .structure-link`);
    await loaded(1000);
    assert.match((await shownSector(1000)).heading, /from spare sector/);
    await call('remap.remove', 'moved');
  });

  describe('of the workspace', () => {
    const description = (name: string, type: string) =>
      JSON.stringify({
        name,
        byteCount: 32,
        where: [{ at: 0, text: 'LBL1' }],
        fields: [{ at: 4, name: 'Size', type }],
      });
    const structures = () => folderUri('.vscode', 'structures');
    const folderUri = (...parts: string[]) =>
      vscode.Uri.joinPath(vscode.workspace.workspaceFolders![0]!.uri, ...parts);
    const write = (name: string, text: string) =>
      vscode.workspace.fs.writeFile(vscode.Uri.joinPath(structures(), name), Buffer.from(text));

    afterEach(async () => {
      await vscode.workspace.fs.delete(structures(), { recursive: true });
    });

    it('are shown as soon as their file is there, anew when it changes; a mistake has its line', async () => {
      const path = folder.file('label.img');
      const bytes = Buffer.alloc(4096);
      bytes.write('LBL1', 512);
      bytes.writeUInt32LE(258, 516);
      await writeFile(path, bytes);
      await openImage(path);
      await goTo('1', 1);
      await grid().click('.row:not([hidden]) .bytes:not([hidden]) .cell.cursor');
      await goTo('byte 516', 1);
      assert.equal(await status(), '');
      await write('label.json', description('My label', 'u32'));
      await until('it is shown', async () => (await status()) === 'My label › Size: 258 (0x102)');
      await write('label.json', description('Another label', 'u16'));
      await until('the change', async () => (await status()) === 'Another label › Size: 258 (0x102)');
      const uri = vscode.Uri.joinPath(structures(), 'label.json');
      await write('label.json', description('My label', 'u33').replace('"fields"', '\n"fields"'));
      await until('it is gone', async () => (await status()) === '');
      const [problem] = vscode.languages
        .getDiagnostics(uri)
        .filter(({ message }) => /one of u8/.test(message));
      assert.equal(problem?.range.start.line, 1);
      await write('label.json', description('My label', 'u32'));
      await until('no problem is left', async () => vscode.languages.getDiagnostics(uri).length === 0);
    });
  });
});
