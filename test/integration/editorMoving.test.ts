import assert from 'node:assert/strict';
import { editorCommands } from '../../src/manifest';
import { bookmark } from '../support/extension/changing';
import { driver } from '../support/extension/driver';
import { editorHooks, goTo, grid, gridHasFocus, loaded, typeGoTo } from '../support/extension/editor';
import { call, Folder, until } from '../support/extension/remap';

const folder = new Folder('moving');

/** Which of the two buttons lead somewhere. */
const enabled = () =>
  grid().evaluate(() =>
    [...document.querySelectorAll<HTMLButtonElement>('.history button:enabled')].map(({ title }) => title),
  );

/** The id of the cell under the cursor. */
const cursor = () =>
  grid().evaluate(() => document.getElementById('grid')?.getAttribute('aria-activedescendant') ?? '');

async function cursorAt(byteOffset: number): Promise<void> {
  await until(`the cursor is at byte ${byteOffset}`, async () => (await cursor()).endsWith(`-${byteOffset}`));
}

/** Waits until the page says a sentence to screen readers. */
async function says(sentence: string): Promise<void> {
  const live = () =>
    grid().evaluate(() =>
      [...document.querySelectorAll('[aria-live], [role="status"]')].map((each) => each.textContent),
    );
  await until(`the page says “${sentence}”`, async () => (await live()).includes(sentence));
}

const { workbench } = driver;

describe('moving in the sector editor', () => {
  editorHooks(folder);

  before(async () => {
    await call('remap.createDevice', {
      path: 'moving/moving.remap',
      mainSectors: 204_800,
      spareSectors: 102_400,
      markers: { sectors: [3000, 5000], text: 'mark_{sector}' },
    });
    await call('remap.remapSector', 'moving', 7000);
  });

  beforeEach(async () => {
    await call('remap.openSectors', 'moving', { view: 'device' });
    await loaded(0);
    await grid().click('.cursor');
  });

  it('goes back and forward by keys and buttons through the places that were gone to', async () => {
    assert.deepEqual(await enabled(), []);
    await goTo('1000', 1000);
    await goTo('2000', 2000);
    await until('the way back is open', async () => (await enabled()).join() === 'Go Back');
    await driver.press('Alt+ArrowLeft');
    await cursorAt(1000 * 512);
    await driver.press('Alt+ArrowLeft');
    await cursorAt(0);
    assert.deepEqual(await enabled(), ['Go Forward']);
    await driver.press('Alt+ArrowRight');
    await cursorAt(1000 * 512);
    await grid().click('.history [title="Go Forward"]');
    await cursorAt(2000 * 512);
    // The button is disabled now: the keyboard must not go dead with it.
    await until('the bytes have the focus', gridHasFocus);
  });

  it('goes to markers and remap entries by number, and says where there is none', async () => {
    await typeGoTo('marker 2');
    await cursorAt(5000 * 512);
    await typeGoTo('remap 1');
    await cursorAt(7000 * 512);
    await typeGoTo('marker 3');
    const error = () => grid().evaluate(() => document.querySelector('#goto-error')?.textContent ?? '');
    await until('the box says it', async () => (await error()) === 'The last marker is 2.');
  });

  /** What the heading of the topmost sector, which is this one, says of bookmarks; and the cells that have one in the hex column. */
  const named = (sector: number) =>
    grid().evaluate(
      (wanted: number) =>
        document.querySelector(`.pinned[data-sector="${wanted}"] .heading-bookmarks`)?.textContent ??
        'not shown',
      sector,
    );
  const marked = () =>
    grid().evaluate(() =>
      [...document.querySelectorAll('.row:not([hidden]) .bytes:not([hidden]) .hex .bookmarked')].map((cell) =>
        cell.getAttribute('title'),
      ),
    );

  it('makes bookmarks, goes through them, lists them and removes them, by keys', async () => {
    await goTo('1000', 1000);
    await bookmark('first');
    await says('Made the bookmark “first” at sector 1000.');
    await goTo('byte 1024016', 2000);
    await bookmark('second');
    await says('Made the bookmark “second” at sector 2000 + 16.');
    await until('its heading names it', async () => (await named(2000)) === 'bookmark second');
    await until('its byte has it', async () => (await marked()).join() === 'bookmark “second”');
    await until('the bytes have the focus again', gridHasFocus);
    await driver.press('Control+Alt+j');
    await cursorAt(1000 * 512);
    await driver.press('Control+Alt+j');
    await says('No bookmark before sector 1000.');
    await driver.press('Control+Alt+l');
    await cursorAt(1_024_016);
    await typeGoTo('bookmark FIRST');
    await cursorAt(1000 * 512);

    const list = call(editorCommands.listBookmarks);
    await workbench.waitFor('.quick-input-list .monaco-list-row[aria-label^="second"]');
    await driver.type('second');
    await driver.press('Enter');
    await list;
    await cursorAt(1_024_016);
    await until('the bytes have the focus again', gridHasFocus);
    await driver.press('Control+Alt+k');
    await says('Removed the bookmark “second”.');
    await until(
      'its marks are gone',
      async () => (await named(2000)) === '' && (await marked()).length === 0,
    );
    await driver.press('Alt+ArrowLeft');
    await cursorAt(1000 * 512);
  });

  it('goes to markers and to changed sectors as landmarks, which are shown only while there are any', async () => {
    const shown = () =>
      grid().evaluate(() =>
        [...document.querySelectorAll<HTMLElement>('.landmark:not([hidden])')].map(
          (each) => each.textContent,
        ),
      );
    await until('markers are counted', async () => (await shown()).includes('Marker2'));
    assert.ok(!(await shown()).some((text) => text?.startsWith('Changed')));
    await grid().click('[data-landmark="marker"] [title^="Next"]');
    await cursorAt(3000 * 512);
    await grid().click('[data-landmark="marker"] [title^="Next"]');
    await cursorAt(5000 * 512);
    await grid().click('.cursor');
    await driver.type('ff');
    await until('the change is counted', async () => (await shown()).includes('Changed1'));
    await goTo('0', 0);
    await grid().click('[data-landmark="unsaved"] [title^="Next"]');
    await until('the cursor is in the changed sector', async () => /-2560000$/.test(await cursor()));
    // The group goes with the last change, and the focus must not go with it.
    await call('workbench.action.files.save');
    await until(
      'nothing is changed',
      async () => !(await shown()).some((text) => text?.startsWith('Changed')),
    );
    await until('the bytes have the focus', gridHasFocus);
  });
});
