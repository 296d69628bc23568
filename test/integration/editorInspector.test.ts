import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import * as vscode from 'vscode';
import { editorCommands } from '../../src/manifest';
import { violations } from '../support/extension/axe';
import { driver } from '../support/extension/driver';
import { editorHooks, goTo, grid, loaded, openImage, shownSector } from '../support/extension/editor';
import { call, Folder, until } from '../support/extension/remap';
import { structureSample } from '../support/structureSamples';

const folder = new Folder('inspector');

const rowOf = (name: string) => `.structure-item:not([hidden]):has(> .structure-name:text-is("${name}"))`;
const focusIs = (name: string) =>
  until(`the focus is on ${name}`, () =>
    grid().evaluate(
      (wanted: string) => document.activeElement?.querySelector('.structure-name')?.textContent === wanted,
      name,
    ),
  );
const shownValue = (name: string) =>
  grid().evaluate(
    (wanted: string) => document.querySelector<HTMLInputElement>(`.value[aria-label="${wanted}"]`)?.value,
    name,
  );

describe('the data inspector', () => {
  editorHooks(folder);

  const path = folder.file('table.img');

  beforeEach(async () => {
    const bytes = Buffer.alloc(256 * 512);
    bytes.set(structureSample('gpt').bytes);
    bytes.write('123456789', 128 * 512);
    await writeFile(path, bytes);
    await openImage(path);
    await loaded(0);
    await grid().click('.cursor');
    await call(editorCommands.toggleInspector);
    await grid().waitFor(rowOf('Master boot record'));
  });

  it('shows the structure at the cursor as a tree: a click selects a field, keys open and select', async () => {
    await goTo('1', 1);
    await grid().waitFor(`${rowOf('GPT header')}[data-checksum="right"]`);
    await grid().click(`${rowOf('Disk GUID')} .structure-name`);
    await grid().waitFor('.status:has-text("Sector 1 + 56 ")');
    await until('16 bytes are selected', () =>
      grid().evaluate(() => document.querySelector('.checksum-size')?.textContent === '16 bytes'),
    );
    await until(
      'the GUID is read',
      async () => (await shownValue('GUID'))?.startsWith('12345678-9abc') === true,
    );
    await driver.press('ArrowDown');
    await focusIs('Sector of the entries');
    await driver.press('Enter');
    await grid().waitFor('.status:has-text("Sector 1 + 72 ")');
    await driver.press('Escape');
    await until('the bytes have the focus', () =>
      grid().evaluate(() => document.activeElement?.id === 'grid'),
    );
    await driver.screenshot('inspector');
    assert.deepEqual(await violations(), []);
  });

  it('writes a value that is typed, by the same way as other edits, and judges the checksum anew', async () => {
    await goTo('1', 1);
    await grid().waitFor(`${rowOf('GPT header')}[data-checksum="right"]`);
    await grid().click(`${rowOf('Entries')} .structure-name`);
    await until('the number is read', async () => (await shownValue('uint32')) === '128');
    await grid().click('.value[aria-label="uint32"]');
    await driver.press('Control+A');
    await driver.type('258');
    await driver.press('Enter');
    await grid().waitFor(`${rowOf('GPT header')}[data-checksum="wrong"]`);
    await grid().waitFor(`${rowOf('Entries')}:has-text("258")`);
    assert.equal(await shownValue('uint16'), '258');
    await driver.press('Escape');
    await driver.press('Control+S');
    await until('the file has it', async () => (await readFile(path)).readUInt32LE(512 + 80) === 258);
    await until('the save is over', () => !vscode.window.tabGroups.activeTabGroup.activeTab?.isDirty);
  });

  it('gives the checksums of the selection when asked', async () => {
    await goTo('128', 128);
    for (let step = 0; step < 8; step++) await driver.press('Shift+ArrowRight');
    await until('9 bytes are selected', () =>
      grid().evaluate(() => document.querySelector('.checksum-size')?.textContent === '9 bytes'),
    );
    await grid().click('.checksum-head button');
    await grid().waitFor('.checksums dd:text-is("e3069283")');
    await grid().waitFor('.checksums dd:text-is("25f9e794323b453885f5181f1b624d0b")');
    assert.ok((await shownSector(128)).hex.startsWith('31323334'));
  });
});
