import assert from 'node:assert/strict';
import { open, writeFile } from 'node:fs/promises';
import * as vscode from 'vscode';
import { editorCommands, settings } from '../../src/manifest';
import { driver } from '../support/extension/driver';
import { editorHooks, goTo, grid, gridHasFocus, openImage, shownSector } from '../support/extension/editor';
import { call, Folder, until } from '../support/extension/remap';

const folder = new Folder('folding');
const GIB = 2 ** 30;
const IMAGE_SECTORS = (4096 * GIB) / 512;
const DATA_SECTOR = 6_000_000_000;
const FILL_SECTOR = 40;

/** The folds in view. */
const folds = () =>
  grid().evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('.row:not([hidden]) .fold:not([hidden])')].map(
      (fold) => fold.textContent ?? '',
    ),
  );

const isFolded = (words: string) => async () => (await folds()).includes(words);

/** What a screen reader is told of the cell under the cursor. */
const activeCell = () =>
  grid().evaluate(() => {
    const root = document.querySelector('#grid');
    const cell = document.getElementById(root?.getAttribute('aria-activedescendant') ?? '');
    const row = cell?.closest('[role="row"]');
    return {
      text: cell?.textContent ?? '',
      expanded: cell?.getAttribute('aria-expanded') ?? null,
      row: Number(row?.getAttribute('aria-rowindex')),
      rows: Number(root?.getAttribute('aria-rowcount')),
    };
  });

/** 4 TiB of zeros with text in sector 0, a fill, a bad sector in the zeros, and text near the end. */
async function openSparse(): Promise<void> {
  const path = folder.file('folded.img');
  const file = await open(path, 'w');
  await file.truncate(IMAGE_SECTORS * 512);
  await file.write(Buffer.from('start'), 0, 5, 0);
  await file.write(Buffer.alloc(8 * 512, 0xf6), 0, 8 * 512, FILL_SECTOR * 512);
  await file.write(Buffer.from('data'), 0, 4, DATA_SECTOR * 512);
  await file.sync();
  await file.close();
  const at = (sector: number) => `0x${(sector * 512).toString(16)}`;
  const map = `0x0 ? 1\n0x0 ${at(20)} +\n${at(20)} 0x200 -\n${at(21)} ${at(IMAGE_SECTORS - 21)} +\n`;
  await writeFile(`${path}.map`, map);
  await openImage(path);
  await call(editorCommands.toggleFolding);
}

describe('folding of equal sectors', () => {
  editorHooks(folder);

  // Sector 0 has 32 rows: in a window of this height there is something below it.
  let size: { width: number; height: number };
  before(async () => {
    size = await driver.resize(1280, 1400);
  });
  after(() => driver.resize(size.width, size.height));

  beforeEach(openSparse);

  afterEach(() =>
    vscode.workspace
      .getConfiguration()
      .update(settings.editorFoldEqualSectors, undefined, vscode.ConfigurationTarget.Global),
  );

  it('shows runs as lines, by keys goes over them, into them and back, and tells a screen reader', async () => {
    await until('zeros before the bad sector', isFolded('Sectors 1 to 19: all zeros, 19 sectors'));
    await driver.screenshot('folded sectors');
    await until('the bytes have the focus', gridHasFocus);
    await driver.press('Control+ArrowDown');
    await until('the fold is told', async () => (await activeCell()).text.startsWith('Sectors 1 to 19'));
    await until('the holes are known', async () => {
      const { expanded, row, rows } = await activeCell();
      return expanded === 'false' && row === 35 && rows > row && rows < 2000;
    });
    await driver.press('ArrowRight');
    await until('it is open', async () => (await shownSector(1)).heading.startsWith('Sector 1 '));
    assert.deepEqual(
      (await folds()).filter((words) => words.startsWith('Sectors 1 to')),
      [],
    );
    await driver.press('ArrowLeft');
    await until('it is folded again', isFolded('Sectors 1 to 19: all zeros, 19 sectors'));
    await driver.press('Control+ArrowDown');
    await until('the bad sector is shown', async () =>
      (await shownSector(20)).heading.startsWith('Sector 20 '),
    );
    await driver.press('Control+ArrowDown');
    await driver.press('Control+ArrowDown');
    await until('a fill', isFolded('Sectors 40 to 47: all 0xF6, 8 sectors'));
    await driver.press('Enter');
    await until('Enter opens it', async () => (await shownSector(40)).hex.startsWith('F6F6'));
  });

  it('opens by a click, and by going there', async () => {
    await until('zeros', isFolded('Sectors 1 to 19: all zeros, 19 sectors'));
    await grid().click('.row:not([hidden]) .fold:not([hidden])');
    await until('it is open', async () => (await shownSector(1)).heading.startsWith('Sector 1 '));
    assert.ok(await gridHasFocus());
    await goTo('1000', 1000);
    assert.match((await shownSector(1000)).hex, /^0000/);
  });

  it('is exact in terabytes of zeros, of which nothing is read', async () => {
    await until('zeros', isFolded('Sectors 1 to 19: all zeros, 19 sectors'));
    await goTo(String(DATA_SECTOR), DATA_SECTOR);
    const toTheEnd = /^Sectors 6,000,000,\d{3} to 8,589,934,591: all zeros, 2,589,934,\d{3} sectors$/;
    await until('the holes are known', async () => (await folds()).some((words) => toTheEnd.test(words)));
    await driver.press('Control+End');
    await until('the last row is the fold', async () => {
      const { text, row, rows } = await activeCell();
      return text.includes('8,589,934,591') && row === rows;
    });
  });

  it('never hides what is typed', async () => {
    await until('zeros', isFolded('Sectors 1 to 19: all zeros, 19 sectors'));
    await driver.press('Control+ArrowDown');
    await driver.type('ab');
    await until('the byte is shown', async () => (await shownSector(1)).hex.startsWith('AB00'));
    await goTo('0', 0);
    await until('what follows may be folded, the byte not', async () => {
      const words = await folds();
      return (
        (await shownSector(1)).heading.startsWith('Sector 1 ') &&
        words.every((each) => !/^Sectors 1 to/.test(each))
      );
    });
  });
});
