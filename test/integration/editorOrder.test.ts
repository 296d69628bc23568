import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { editorCommands } from '../../src/manifest';
import { isDirty, save } from '../support/extension/changing';
import { driver } from '../support/extension/driver';
import { editorHooks, grid, gridHasFocus, loaded, openImage, shownSector } from '../support/extension/editor';
import { call, Folder, until } from '../support/extension/remap';

const folder = new Folder('order');

interface Key {
  readonly key: string;
  readonly keyCode: number;
  readonly ctrlKey?: boolean;
}

const UNDO: Key = { key: 'z', keyCode: 90, ctrlKey: true };
const REDO: Key = { key: 'y', keyCode: 89, ctrlKey: true };
const SAVE: Key = { key: 's', keyCode: 83, ctrlKey: true };

/** The keys of the digits of one byte. */
const byte = (digits: string): Key[] =>
  [...digits].map((key) => ({ key, keyCode: key.toUpperCase().charCodeAt(0) }));

/** Presses keys faster than any person: each before the one before it has had an effect. */
async function pressAtOnce(keys: readonly Key[]): Promise<void> {
  await grid().evaluate((all: readonly Key[]) => {
    for (const key of all) {
      const code = `Key${key.key.toUpperCase()}`;
      const event = new KeyboardEvent('keydown', { ...key, code, bubbles: true, cancelable: true });
      document.activeElement?.dispatchEvent(event);
    }
  }, keys);
}

const shown = async (bytes: string) => (await shownSector(0)).hex.startsWith(bytes);

const settled = () =>
  until('all is done', () => grid().evaluate(() => !document.querySelector('[aria-busy="true"]')));

describe('the sector editor, when keys come fast', () => {
  const path = folder.file('fast.img');
  const saved = async (bytes: string) =>
    (await readFile(path)).subarray(0, 4).equals(Buffer.from(bytes, 'hex'));

  editorHooks(folder);

  beforeEach(async () => {
    await writeFile(path, Buffer.alloc(2048));
    await openImage(path);
    await loaded(0);
    await grid().click('.cursor');
  });

  it('undoes the edit that was typed right before the undo', async () => {
    await pressAtOnce([...byte('aa'), ...byte('bb'), UNDO]);
    await settled();
    await until('only the last edit is undone', () => shown('AA000000'));
    await save();
    await until('the file has the rest', () => saved('aa000000'));
  });

  it('makes edits, undo and redo in their order', async () => {
    await pressAtOnce([...byte('aa'), ...byte('bb'), UNDO, UNDO, REDO, ...byte('cc')]);
    await settled();
    await until('the order is kept', () => shown('AA00CC00'));
  });

  it('undoes and redoes as many edits as the keys say, when they come before an answer', async () => {
    const first = '0000000000';
    const last = '1122334455';
    await pressAtOnce(['11', '22', '33', '44', '55'].flatMap(byte));
    await settled();
    await until('all edits are there', () => shown(last));
    await pressAtOnce(Array<Key>(5).fill(UNDO));
    await settled();
    await until('all edits are undone', () => shown(first));
    await until('nothing is unsaved', () => !isDirty());
    await pressAtOnce(Array<Key>(5).fill(REDO));
    await settled();
    await until('all edits are redone', () => shown(last));
    await pressAtOnce([UNDO, UNDO, UNDO, REDO]);
    await settled();
    await until('all keys have had their effect', () => shown('1122330000'));
  });

  it('undoes as often as the key says from another part of the page', async () => {
    await pressAtOnce([...byte('aa'), ...byte('bb')]);
    await settled();
    await call(editorCommands.toggleInspector);
    await grid().click('.value[aria-label="uint8"]');
    await pressAtOnce([UNDO, UNDO]);
    await settled();
    await until('both edits are undone', () => shown('00000000'));
    await call(editorCommands.toggleInspector);
  });

  it('leaves an undo in a box to what is typed there', async () => {
    await pressAtOnce(byte('aa'));
    await settled();
    await driver.press('Control+F');
    await grid().waitFor('.find-input:focus');
    await driver.type('x');
    const typed = () =>
      grid().evaluate(() => document.querySelector<HTMLInputElement>('.find-input')?.value ?? null);
    await until('the box has it', async () => (await typed()) === 'x');
    await driver.press('Control+Z');
    await until('the box is empty', async () => (await typed()) === '');
    await driver.press('Escape');
    await until('the bytes have the focus', gridHasFocus);
    assert.ok(await shown('AA000000'));
    await driver.press('Control+Z');
    await until('the edit is undone', () => shown('00000000'));
  });

  it('undoes what was there before the key, not what is typed after it', async () => {
    await pressAtOnce([...byte('aa'), ...byte('bb')]);
    await settled();
    await pressAtOnce([UNDO, ...byte('cc'), ...byte('dd'), UNDO, ...byte('ee')]);
    await settled();
    await until('the order is kept', () => shown('AA00CC00EE'));
  });

  it('knows what is unsaved when an undo comes while the save before it is running', async () => {
    await pressAtOnce([...byte('dd')]);
    await settled();
    await until('it is unsaved', isDirty);
    await pressAtOnce([SAVE, UNDO]);
    await settled();
    await until('the edit is undone', () => shown('00000000'));
    await until('the undo is unsaved', isDirty);
    assert.ok(await saved('dd000000'));
    await pressAtOnce([SAVE]);
    await until('the file is as it was', () => saved('00000000'));
    await until('nothing is unsaved', () => !isDirty());
  });

  it('saves the edit that was typed right before the save', async () => {
    await pressAtOnce([...byte('dd'), SAVE]);
    await until('the file has it', () => saved('dd000000'));
    assert.ok(await shown('DD000000'));
  });
});

describe('the sector editor of a device, when keys come fast', () => {
  editorHooks(folder);

  before(() =>
    call('remap.createDevice', { path: 'order/fast.remap', mainSectors: 20_480, spareSectors: 4096 }),
  );

  beforeEach(async () => {
    await call('remap.openSectors', 'fast', { view: 'device' });
    await loaded(0);
    await grid().click('.cursor');
  });

  it('undoes and redoes as many edits as the keys say', async () => {
    await pressAtOnce(['11', '22', '33'].flatMap(byte));
    await settled();
    await until('all edits are there', () => shown('112233'));
    await pressAtOnce([UNDO, UNDO, UNDO, REDO]);
    await settled();
    await until('all keys have had their effect', () => shown('110000'));
    await pressAtOnce([UNDO]);
    await until('nothing is unsaved', () => !isDirty());
  });
});
