import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import * as vscode from 'vscode';
import { driver } from './driver';
import { grid, loaded, openImage, pageIsLeft, shownSector } from './editor';
import { call, type Folder, menuSettled, until } from './remap';

const { workbench } = driver;

/** Bytes of 64 sectors, of which no two begin alike. */
export const ORIGINAL = Buffer.from(
  Uint8Array.from({ length: 64 * 512 }, (_, i) => (i * 7 + (i >> 9)) & 0xff),
);

/** For a suite: each of its tests begins with an image of 64 sectors in its editor, as it was made, the cursor at its start. */
export function imageToChange(folder: Folder): { readonly path: string; readonly original: Buffer } {
  const path = folder.file('change.img');
  beforeEach(async () => {
    await call('notifications.clearAll');
    await writeFile(path, ORIGINAL);
    await openImage(path);
    await loaded(0);
    await grid().click('.cursor');
  });
  return { path, original: ORIGINAL };
}

/** Waits until a sector begins with these bytes, in hexadecimal. */
export const shows = (sector: number, bytes: string) =>
  until(`sector ${sector} begins with ${bytes}`, async () =>
    (await shownSector(sector)).hex.startsWith(bytes.toUpperCase()),
  );

/** Waits until the page says a sentence with these words. */
export const says = (words: string) =>
  until(`the page says “${words}”`, async () =>
    (await grid().texts('[aria-live], [role="status"]')).some((text) => text.includes(words)),
  );

export const isDirty = () => vscode.window.tabGroups.activeTabGroup.activeTab?.isDirty ?? false;

/** Saves the active editor, once VS Code knows of an edit: until then it has nothing to save. */
export async function save(): Promise<void> {
  await until('something is unsaved', isDirty);
  await call('workbench.action.files.save');
}

/** Takes the only edit back by its key, and looks that the file, saved once more, has its bytes of before. */
export async function undone(path: string, original: Uint8Array): Promise<void> {
  await until('something is unsaved', isDirty);
  await driver.press('Control+Z');
  await until('nothing is unsaved', () => !isDirty());
  await call('workbench.action.files.save');
  assert.deepEqual(await readFile(path), original);
}

/** Waits for a question, and takes the item of its list that begins with a text. */
export async function choose(title: string, item: string): Promise<void> {
  await asked(title);
  await workbench.click(`.quick-input-list .monaco-list-row[aria-label^="${item}"]`);
}

/**
 * Waits for a question with a box, and answers it. Clicks into the box: where the page had the focus for a moment between
 * two questions, VS Code gives it the focus once more.
 */
export async function answer(title: string, text: string): Promise<void> {
  await asked(title);
  await workbench.click('.quick-input-widget input');
  await driver.press('Control+A');
  await driver.insert(text);
  await driver.press('Enter');
}

/** Makes a bookmark at the cursor by keys. */
export async function bookmark(name: string): Promise<void> {
  await driver.press('Control+Alt+K');
  await asked('Toggle Bookmark');
  await pageIsLeft();
  await answer('Toggle Bookmark', name);
}

/** Waits for a question with a title. */
export const asked = (title: string) =>
  workbench.waitFor(`.quick-input-widget .quick-input-title:has-text("${title}")`);

/** Clicks an item of the bytes' menu, or of its submenus. */
export async function clickMenu(...labels: readonly string[]): Promise<void> {
  await grid().click('.cursor', { button: 'right' });
  for (const label of labels) {
    await workbench.waitFor(`.monaco-menu .action-label:text-is("${label}")`);
    await menuSettled();
    await workbench.click(`.monaco-menu .action-label:text-is("${label}")`);
  }
}
