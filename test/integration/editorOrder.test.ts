import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { editorHooks, grid, loaded, openImage, shownSector } from '../support/extension/editor';
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

const settled = () =>
  until('all is done', () => grid().evaluate(() => !document.querySelector('[aria-busy="true"]')));

describe('the sector editor, when keys come fast', () => {
  const path = folder.file('fast.img');
  const saved = async (bytes: string) =>
    (await readFile(path)).subarray(0, 4).equals(Buffer.from(bytes, 'hex'));
  const shown = async (bytes: string) => (await shownSector(0)).hex.startsWith(bytes);

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
    await call('workbench.action.files.save');
    await until('the file has the rest', () => saved('aa000000'));
  });

  it('makes edits, undo and redo in their order', async () => {
    await pressAtOnce([...byte('aa'), ...byte('bb'), UNDO, UNDO, REDO, ...byte('cc')]);
    await settled();
    await until('the order is kept', () => shown('AA00CC00'));
  });

  it('saves the edit that was typed right before the save', async () => {
    await pressAtOnce([...byte('dd'), SAVE]);
    await until('the file has it', () => saved('dd000000'));
    assert.ok(await shown('DD000000'));
  });
});
