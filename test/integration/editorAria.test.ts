import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { editorCommands, settings } from '../../src/manifest';
import { driver } from '../support/extension/driver';
import { editorHooks, grid, loaded, openImage } from '../support/extension/editor';
import { call, Folder, until } from '../support/extension/remap';

const folder = new Folder('aria');
const GOLDEN = join(process.env.REMAP_ROOT ?? '', 'test', 'integration', 'golden');
/** Set to write the golden files anew, from what the page is now. */
const isRenewed = process.env.REMAP_RENEW_GOLDEN !== undefined;

/** Few enough rows that every window has room for all of them. */
const BYTES = 96;

/** What assistive technology is told of the page, as soon as it is what the golden file has. */
async function judge(name: string): Promise<void> {
  const path = join(GOLDEN, `${name}.aria.txt`);
  const told = async () => `${(await grid().aria('body')).replaceAll(folder.path, 'FOLDER')}\n`;
  if (isRenewed) {
    await mkdir(GOLDEN, { recursive: true });
    await writeFile(path, await steady(told));
  }
  const golden = await readFile(path, 'utf8');
  let last = '';
  await until(`the page is as in ${path}`, async () => {
    last = await told();
    return last === golden;
  }).catch(() => undefined);
  assert.equal(last, golden);
}

/** A text once it stays the same. */
async function steady(read: () => Promise<string>): Promise<string> {
  let before = '';
  for (let now = await read(); now !== before; now = await read()) {
    before = now;
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
  return before;
}

describe('what assistive technology is told of the sector editor', () => {
  editorHooks(folder);

  const set = (value: number | undefined) =>
    vscode.workspace
      .getConfiguration()
      .update(settings.editorBytesPerRow, value, vscode.ConfigurationTarget.Global);

  beforeEach(async () => {
    await set(16);
    const path = folder.file('told.img');
    const bytes = Buffer.alloc(BYTES);
    bytes.write('a page for everyone');
    await writeFile(path, bytes);
    await openImage(path);
    await loaded(0);
    await grid().click('.cursor');
  });

  afterEach(() => set(undefined));

  it('is as agreed, with the bytes alone', () => judge('bytes'));

  it('is as agreed, with find and its list', async () => {
    await driver.press('Control+F');
    await grid().waitFor('.find-input:focus');
    await driver.type('e');
    await driver.press('Control+Enter');
    await grid().waitFor('.match-list:focus');
    await judge('find');
  });

  it('is as agreed, with the inspector', async () => {
    await call(editorCommands.toggleInspector);
    await grid().waitFor('.inspector:not([hidden])');
    await judge('inspector');
  });
});
