import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import * as vscode from 'vscode';
import { editors } from '../../src/manifest';
import { bookmark, isDirty, says, shows } from '../support/extension/changing';
import { driver } from '../support/extension/driver';
import { editorHooks, grid, gridHasFocus } from '../support/extension/editor';
import { focusIs, pressUntil, run } from '../support/extension/keys';
import { call, Folder, until } from '../support/extension/remap';

const folder = new Folder('long-work');
const { workbench } = driver;

const hex = (text: string) => Buffer.from(text).toString('hex');
const bytesHaveFocus = () => until('the bytes have the focus', gridHasFocus);
const cursorIsAt = (place: string) => grid().waitFor(`.status:has-text("Sector ${place} ")`);

const valueIs = (name: string, value: string) =>
  until(`the inspector has ${value} as ${name}`, () =>
    grid().evaluate(
      ([label, wanted]: string[]) =>
        document.querySelector<HTMLInputElement>(`.value[aria-label="${label}"]`)?.value === wanted,
      [name, value],
    ),
  );

describe('long work in the sector editor, by keyboard alone', () => {
  editorHooks(folder);

  const associate = (value: Record<string, string> | undefined) =>
    vscode.workspace
      .getConfiguration()
      .update('workbench.editorAssociations', value, vscode.ConfigurationTarget.Global);
  before(() => associate({ '*.img': editors.image }));
  after(() => associate(undefined));

  const zeros = '00'.repeat(16);
  const original = Buffer.alloc(8192 * 512);
  original.write('chapter one', 5000 * 512);
  original.write('chapter two', 7000 * 512 + 16);
  let tries = 0;

  it('opens, goes to, bookmarks, finds, edits, undoes, inspects, goes back and saves', async () => {
    // Bookmarks outlive the editor: a second try has a file without any.
    const name = `disk${++tries}.img`;
    const path = folder.file(name);
    await writeFile(path, original);
    await call('workbench.view.explorer');

    await openByPath(path, name);
    await goToChapterOne();
    await findChapterTwo();
    await changeInBothColumns();
    await changeInInspector();

    await driver.press('Control+Alt+J');
    await cursorIsAt('5000 + 0');
    await driver.press('Alt+ArrowLeft');
    await cursorIsAt('7000 + 18');
    await driver.press('Control+S');
    await until('nothing is unsaved', () => !isDirty());
    const wanted = Buffer.from(original);
    wanted.write('CAZ', 7000 * 512 + 16);
    assert.ok((await readFile(path)).equals(wanted));
  });

  /** Opens a file: the settings say in which editor. By its path: a list of names may be older than the file. */
  async function openByPath(path: string, name: string): Promise<void> {
    await driver.press('Control+P');
    await workbench.waitFor('.quick-input-widget input:focus');
    await driver.type(path);
    await workbench.waitFor(`.quick-input-list .monaco-list-row.focused[aria-label*="${name}"]`);
    await driver.press('Enter');
    await shows(0, '00000000');
    await bytesHaveFocus();
  }

  async function goToChapterOne(): Promise<void> {
    await driver.press('Control+G');
    await focusIs('part Go to sector');
    await driver.type('5000');
    await driver.press('Enter');
    await cursorIsAt('5000 + 0');
    await shows(5000, hex('chapter one'));
    await bytesHaveFocus();
    await bookmark('start of the book');
    await says('Made the bookmark “start of the book” at sector 5000');
    await bytesHaveFocus();
  }

  /** In capitals: case counts only where it is asked to. */
  async function findChapterTwo(): Promise<void> {
    await driver.press('Control+F');
    await focusIs('part Find');
    await driver.type('chapter TWO');
    await driver.press('Enter');
    await cursorIsAt('7000 + 16');
    await shows(7000, zeros + hex('chapter two'));
    await driver.press('Escape');
    await bytesHaveFocus();
  }

  async function changeInBothColumns(): Promise<void> {
    await driver.type('4341');
    await shows(7000, zeros + hex('CAapter two'));
    await until('the tab says that something is unsaved', isDirty);
    await driver.press('Tab');
    await focusIs('bytes text');
    await driver.type('n');
    await cursorIsAt('7000 + 19');
    await shows(7000, zeros + hex('CAnpter two'));
    await driver.press('Control+Z');
    await cursorIsAt('7000 + 18');
    await shows(7000, zeros + hex('CAapter two'));
  }

  /** Goes on by Tab into the inspector, and writes another number in place of the byte. */
  async function changeInInspector(): Promise<void> {
    await run('Toggle Data Inspector', true);
    await valueIs('uint8', '97');
    await bytesHaveFocus();
    // All values are one stop of Tab.
    await pressUntil('Tab', 'part binary');
    await pressUntil('ArrowDown', 'part uint8');
    await driver.press('Control+A');
    await driver.type('90');
    await driver.press('Enter');
    await shows(7000, zeros + hex('CAZpter two'));
    await valueIs('binary', '01011010');
    await driver.press('Escape');
    await bytesHaveFocus();
  }
});
