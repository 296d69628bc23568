import assert from 'node:assert/strict';
import { truncate, writeFile } from 'node:fs/promises';
import { commands } from '../../src/manifest';
import { driver } from '../support/extension/driver';
import { editorHooks, grid, loaded, openImage } from '../support/extension/editor';
import { call, Folder, until } from '../support/extension/remap';

const folder = new Folder('finding');

const status = async () => (await grid().texts('.find-status'))[0] ?? '';
const says = (words: string | RegExp) =>
  until(`the search says ${words}`, async () =>
    typeof words === 'string' ? (await status()) === words : words.test(await status()),
  );
const rows = () => grid().texts('.match-list [role="option"]');
const hasRows = (...places: number[]) =>
  until(`the list has ${places}`, async () => {
    const shown = (await rows()).map((row) => Number(/byte (0x[0-9a-f]+)/.exec(row)?.[1]));
    return JSON.stringify(shown) === JSON.stringify(places);
  });

/** Opens the find bar by its key and types what to find. */
async function openFind(text: string): Promise<void> {
  await grid().click('.cursor');
  await driver.press('Control+F');
  await grid().waitFor('.find-input:focus');
  await driver.type(text);
}

describe('finding in the sector editor', () => {
  editorHooks(folder);

  const places = [700, 5000, 20_000];

  before(() =>
    call(commands.createDevice, { path: folder.file('fd.remap'), mainSectors: 20_480, spareSectors: 4096 }),
  );

  async function openNeedles(name: string): Promise<void> {
    const bytes = Buffer.alloc(64 * 512);
    for (const at of places) bytes.write('needle', at);
    const path = folder.file(name);
    await writeFile(path, bytes);
    await openImage(path);
    await loaded(0);
  }

  it('looks in a range of sectors that is typed, and everywhere again', async () => {
    await openNeedles('range.img');
    await openFind('needle');
    await driver.press('Alt+L');
    await grid().waitFor('.find-range:focus');
    await driver.type('9..39');
    await driver.press('Control+Enter');
    await says('2 matches');
    await hasRows(5000, 20_000);
    await grid().click('.find-range', { count: 3 });
    await driver.type('11..12');
    await driver.press('Enter');
    await says('Not found');
    await driver.type('.');
    await driver.press('Enter');
    await says(/Type a range|is not a sector/);
    await driver.press('Alt+L');
    await grid().waitFor('.find-input:focus');
    await driver.press('Control+Enter');
    await says('3 matches');
  });

  it('looks in the selection, both ways', async () => {
    await openNeedles('selected.img');
    await openFind('needle');
    await driver.press('Enter');
    await says('Sector 1');
    await driver.press('Alt+L');
    assert.equal(
      await grid().evaluate(() => document.querySelector<HTMLInputElement>('.find-range')?.value),
      'byte 0x2bc..byte 0x2c1',
    );
    await driver.press('Shift+Enter');
    await says('Sector 1 (wrapped)');
    await driver.press('Control+Enter');
    await says('1 match');
  });

  it('finds what goes across a remapped sector, and nothing across one that can’t be read, which it names', async () => {
    const text = Buffer.alloc(1024);
    text.write('page nine', 508);
    for (const sector of [2000, 3000]) {
      await call(commands.write, 'fd', { sector, base64: text.toString('base64') });
    }
    await call(commands.remapSector, 'fd', 2001).catch(() => undefined);
    await call(commands.injectErrors, 'fd', { sectors: [[3001, 1]] });
    await call(commands.openSectors, 'fd', { sector: 0, view: 'device' });
    await loaded(0);
    await openFind('page nine');
    await driver.press('Enter');
    await says('Sector 2,000');
    await driver.press('Control+Enter');
    await says('1 match · 1 sector could not be read and was not searched: 3,001');
    await driver.screenshot('find not searched');
  });

  it('keeps the list of all matches true while bytes change', async () => {
    await openNeedles('live.img');
    await openFind('needle');
    await driver.press('Control+Enter');
    await hasRows(...places);
    await grid().waitFor('.match-list:focus');
    await driver.press('ArrowDown');
    await driver.press('Escape');
    await until('the cursor is on the second match', () =>
      grid().evaluate(() => document.activeElement?.getAttribute('aria-activedescendant') === 'hex-5000'),
    );
    await driver.type('00');
    await hasRows(700, 20_000);
    await driver.press('Control+Z');
    await hasRows(...places);
  });

  it('says how far it is in a large file, and is cancelled', async () => {
    const path = folder.file('large.img');
    await writeFile(path, '');
    await truncate(path, 4 * 2 ** 40);
    await openImage(path);
    await loaded(0);
    await openFind('nowhere');
    await driver.press('Enter');
    await says(/^Searching… .* of 4 TiB$/);
    await grid().click('.find-bar [aria-label="Cancel"]');
    await says('Cancelled');
  });
});
