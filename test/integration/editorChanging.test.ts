import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import * as vscode from 'vscode';
import {
  answer,
  choose,
  clickMenu,
  imageToChange,
  isDirty,
  save,
  says,
  shows,
  undone,
} from '../support/extension/changing';
import { driver } from '../support/extension/driver';
import { editorHooks, goTo } from '../support/extension/editor';
import { Folder, until } from '../support/extension/remap';
import { isHere } from '../support/needs';

const folder = new Folder('changing');
const { clipboard } = vscode.env;

describe('changing bytes in the sector editor', () => {
  editorHooks(folder);

  const { path, original } = imageToChange(folder);

  it('fills a range of sectors as one step that can be undone', async () => {
    await driver.press('Control+Alt+F');
    await choose('Fill', 'Bytes in Hexadecimal');
    await answer('Fill (2/3)', 'c0 ff ee');
    await answer('Fill (3/3)', '2-3');
    await shows(2, 'C0FFEEC0FFEE');
    await says('Filled sectors 2 to 3');
    await save();
    const filled = Buffer.from(original);
    for (let i = 0; i < 1024; i++) filled[1024 + i] = [0xc0, 0xff, 0xee][i % 3]!;
    assert.deepEqual(await readFile(path), filled);
    await driver.press('Control+Z');
    await until('the fill is undone', isDirty);
    await save();
    assert.deepEqual(await readFile(path), original);
  });

  it('fills the selection with zeros from its menu', async () => {
    for (let i = 0; i < 3; i++) await driver.press('Shift+ArrowRight');
    await clickMenu('Change', 'Fill...');
    await choose('Fill', 'Zeros');
    await choose('Fill (2/2)', 'Selection');
    await shows(0, `00000000${original.subarray(4, 8).toString('hex')}`);
    await undone(path, original);
  });

  it('copies as a dd command that reads the selection', async () => {
    await goTo('byte 0x203', 1);
    for (let i = 0; i < 9; i++) await driver.press('Shift+ArrowRight');
    await clickMenu('Copy As', 'Copy as dd Command');
    await until('it is on the clipboard', async () => (await clipboard.readText()).startsWith('dd if='));
    if (isHere('posixPrograms')) {
      const command = await clipboard.readText();
      const read = execFileSync('sh', ['-c', command], { stdio: ['ignore', 'pipe', 'ignore'] });
      assert.deepEqual(read, original.subarray(0x203, 0x203 + 10));
    }
    await clickMenu('Copy As', 'Copy as xxd');
    await until('lines of xxd are there', async () => (await clipboard.readText()).startsWith('00000203: '));
  });
});
