import assert from 'node:assert/strict';
import { open, writeFile } from 'node:fs/promises';
import { findEmptyRuns } from '../../src/engine';
import { editorCommands } from '../../src/manifest';
import { driver } from '../support/extension/driver';
import { editorHooks, grid, gridHasFocus, loaded, openImage, shownSector } from '../support/extension/editor';
import { call, Folder, until } from '../support/extension/remap';

const folder = new Folder('map');
const MIB = 2 ** 20;
const IMAGE_BYTES = 64 * MIB;
const DATA_BYTES = 4096;
const DATA_SECTOR = 65_536;
const BAD_SECTOR = 100_000;

/** Whether this file system tells where a file has holes. */
let tellsHoles = false;

/** The table beside the blocks: the count of each kind. */
async function counts(): Promise<Record<string, string>> {
  return grid().evaluate(() => {
    const rows = [...document.querySelectorAll<HTMLElement>('.map-kinds tbody tr')];
    return Object.fromEntries(
      rows.map((row) => [row.dataset.kind ?? '', row.querySelector('.map-count')?.textContent ?? '']),
    );
  });
}

const chosen = () =>
  grid().evaluate(() => document.querySelector('.blocks [role="gridcell"]')?.textContent ?? '');
/** The first number of a text such as `Sectors 1,024 – 2,047: 3 bad`. */
const firstSectorIn = (text: string) => Number(/[\d,]+/.exec(text)?.[0].replaceAll(',', ''));
const chosenSector = async () => firstSectorIn(await chosen());
const range = () => grid().evaluate(() => document.querySelector('.map-range')?.textContent ?? '');
const mapHasFocus = () => grid().evaluate(() => document.activeElement?.className === 'blocks');

/** Opens an image with data in one place, a bad sector and two that were not rescued, and the large map of it. */
async function openMap(): Promise<void> {
  const path = folder.file('mapped.img');
  const file = await open(path, 'w');
  await file.truncate(IMAGE_BYTES);
  await file.write(Buffer.alloc(DATA_BYTES, 'data'), 0, DATA_BYTES, DATA_SECTOR * 512);
  await file.sync();
  await file.close();
  const at = (sector: number) => `0x${(sector * 512).toString(16)}`;
  const blocks = [
    `0x0 ${at(BAD_SECTOR)} +`,
    `${at(BAD_SECTOR)} 0x200 -`,
    `${at(BAD_SECTOR + 1)} 0x400 ?`,
    `${at(BAD_SECTOR + 3)} ${at(IMAGE_BYTES / 512 - BAD_SECTOR - 3)} +`,
  ];
  await writeFile(`${path}.map`, `0x0 ? 1\n${blocks.join('\n')}\n`);
  tellsHoles = (await findEmptyRuns(path)) !== null;
  await openImage(path);
  await call(editorCommands.toggleMap);
  await until('the map is drawn', async () => (await counts()).bad === '1');
}

describe('the map of the sector editor', () => {
  editorHooks(folder);

  beforeEach(openMap);

  afterEach(async () => {
    if (await range().catch(() => '')) await call(editorCommands.toggleMap);
  });

  it('counts what is known, by what the file system tells, and says what is not known', async () => {
    await until('holes are counted', async () => (await counts()).empty !== 'not known' || !tellsHoles);
    const { bad, notRescued, remapped = '', unsaved, marker, written, empty } = await counts();
    assert.deepEqual([bad, notRescued, remapped, unsaved, marker], ['1', '2', '', '0', '0']);
    const total = IMAGE_BYTES / 512 - 3 - DATA_BYTES / 512;
    const expected = tellsHoles ? ['8', total.toLocaleString('en-US')] : ['not known', 'not known'];
    assert.deepEqual([written, empty], expected);
    await driver.screenshot('the large map');
  });

  it('is gone through by keys, and Enter goes to what matters most in a block', async () => {
    assert.ok(await mapHasFocus());
    await driver.press('End');
    await until('the last block', async () => /131,071/.test(await chosen()));
    await driver.press('Home');
    await until('the first block', async () => /^Sectors 0 –/.test(await chosen()));
    while ((await chosenSector()) < BAD_SECTOR) await driver.press('ArrowDown');
    while ((await chosenSector()) > BAD_SECTOR) await driver.press('ArrowLeft');
    assert.match(await chosen(), /: 1 bad, 2 not rescued/);
    await driver.press('Enter');
    await loaded(BAD_SECTOR);
    await until('the bytes have the focus', gridHasFocus);
  });

  it('shows fewer sectors a block when it is zoomed in, and the whole again', async () => {
    const whole = await range();
    await driver.press('End');
    for (let i = 0; i < 20; i++) await driver.press('+');
    await until('a sector a block', async () => /a sector a block/.test(await range()));
    await until('the chosen sector is shown', async () => /^Sector [\d,]+/.test(await chosen()));
    assert.ok((await chosenSector()) > 130_000);
    await driver.press('-');
    await until('two sectors a block', async () => /2 sectors a block/.test(await range()));
    await driver.press('0');
    await until('the whole', async () => (await range()) === whole);
  });

  it('says at a block what is there, and a click goes there', async () => {
    await grid().click('.blocks');
    const tip = () =>
      grid().evaluate(() => {
        const shown = document.querySelector<HTMLElement>('.blocks .tooltip');
        return shown?.hidden === false ? (shown.textContent ?? '') : '';
      });
    await until('it says what is there', async () => /^Sectors [\d,]+ – [\d,]+/.test(await tip()));
    await until('that is shown', async () => {
      const sector = firstSectorIn(await tip());
      return (await shownSector(sector)).heading.startsWith(`Sector ${sector} `);
    });
    await driver.press('Escape');
    await until('the bytes have the focus', gridHasFocus);
  });
});
