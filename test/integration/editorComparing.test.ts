import assert from 'node:assert/strict';
import { open, writeFile } from 'node:fs/promises';
import * as vscode from 'vscode';
import { editorCommands } from '../../src/manifest';
import { violations } from '../support/extension/axe';
import { driver } from '../support/extension/driver';
import { closeAll, editorHooks, grid, loaded, openImage } from '../support/extension/editor';
import { call, Folder, until } from '../support/extension/remap';
import { inEachTheme, resetTheme } from '../support/extension/themes';

const folder = new Folder('comparing-editors');
const side = (name: 'first' | 'second') => driver.webview(`.editor[data-compared="${name}"]`);
const SIDES = ['first', 'second'] as const;
/** A byte that is shown. */
const BYTE = '.row:not([hidden]) .bytes:not([hidden]) .hex .cell';
const { workbench } = driver;

/** What the page of a side says of the comparison. */
async function words(name: 'first' | 'second'): Promise<string> {
  return (await side(name).texts('.comparison-words')).join();
}

async function compared(text: string): Promise<void> {
  await until(`it says “${text}”`, async () => (await words('first')).includes(text));
}

/** What the heading of a sector says of the comparison; undefined: it isn't shown. */
function marks(name: 'first' | 'second', sector: number): Promise<string | undefined> {
  return side(name).evaluate(
    (wanted: number) =>
      document.querySelector(`.row:not([hidden]) .heading[data-sector="${wanted}"] .heading-compared`)
        ?.textContent ?? undefined,
    sector,
  );
}

async function marked(name: 'first' | 'second', sector: number, text: string): Promise<void> {
  await until(
    `sector ${sector} on the ${name} side has “${text}”`,
    async () => (await marks(name, sector)) === text,
  );
}

/** The byte under the cursor of a side. */
function cursor(name: 'first' | 'second'): Promise<number> {
  return side(name).evaluate(() =>
    Number(document.getElementById('grid')?.getAttribute('aria-activedescendant')?.split('-')[1] ?? -1),
  );
}

async function cursorsAt(first: number, second: number): Promise<void> {
  await until(
    `the cursors are at ${first} and ${second}`,
    async () => (await cursor('first')) === first && (await cursor('second')) === second,
  );
}

/** The sector at the top of a side. */
function topSector(name: 'first' | 'second'): Promise<number> {
  return side(name).evaluate(() => Number(document.querySelector<HTMLElement>('.pinned')?.dataset.sector));
}

async function topAt(name: 'first' | 'second', sector: number): Promise<void> {
  await until(
    `sector ${sector} is at the top of the ${name} side`,
    async () => (await topSector(name)) === sector,
  );
}

/** Compares the active editor with what a row of the list is called, by keys. */
async function compareWith(label: string): Promise<void> {
  await call('workbench.action.showCommands');
  await workbench.waitFor('.quick-input-widget input:focus');
  await driver.type('Compare Side by Side');
  await workbench.waitFor('.quick-input-widget .monaco-list-row.focused[aria-label*="Compare Side by Side"]');
  await driver.press('Enter');
  await workbench.waitFor(`.quick-input-widget .monaco-list-row[aria-label^="${label}"]`);
  await driver.type(label);
  await workbench.waitFor(`.quick-input-widget .monaco-list-row.focused[aria-label^="${label}"]`);
  await driver.press('Enter');
  for (const name of SIDES) await side(name).waitFor('.row');
}

describe('two sector editors side by side', () => {
  editorHooks(folder);
  after(resetTheme);

  before(async () => {
    await call('remap.createDevice', {
      path: folder.file('both.remap'),
      mainSectors: 20_480,
      spareSectors: 4096,
    });
    for (const sector of [2000, 9000]) {
      await call('remap.remapSector', 'both', sector);
      const base64 = Buffer.alloc(512, 7).toString('base64');
      await call('remap.write', 'both', { sector, base64 });
    }
  });

  it('compare a device with its main: keys lead from one difference to the next in both', async () => {
    await call('remap.openSectors', 'both', { view: 'device' });
    await loaded(0);
    await compareWith('both main');
    await compared('Compared with both main: 2 differences in 2 sectors');
    assert.equal(await words('second'), 'Compared with both: 2 differences in 2 sectors');
    await side('first').click('.cursor');
    await driver.press('F7');
    await cursorsAt(2000 * 512, 2000 * 512);
    for (const name of SIDES) await marked(name, 2000, '≠ 512 bytes differ');
    await driver.screenshot('comparing-side-by-side');
    const labels = await side('first').texts('.row .differs.cursor');
    assert.deepEqual(labels, ['07']);
    await driver.press('Alt+F5');
    await cursorsAt(9000 * 512, 9000 * 512);
    await driver.press('F7');
    await until('it says that this was the last one', async () =>
      (await side('first').texts('.status-message')).includes('No next difference.'),
    );
    await driver.press('Shift+F7');
    await cursorsAt(2000 * 512, 2000 * 512);
    await workbench.click('.editor-actions .codicon-list-unordered');
    const row = '.quick-input-widget .monaco-list-row[aria-label^="Sector 9000, 1 sector, 512"]';
    await workbench.waitFor(row);
    await workbench.click(row);
    await cursorsAt(9000 * 512, 9000 * 512);
  });

  it('have nothing that axe finds fault with, in any kind of theme', async () => {
    await call('remap.openSectors', 'both', { view: 'device', sector: 2000 });
    await loaded(2000);
    await compareWith('both main');
    for (const name of SIDES) {
      await marked(name, 2000, '≠ 512 bytes differ');
      await inEachTheme(side(name), async (theme) => {
        assert.deepEqual(await violations(side(name)), [], `${theme}, ${name}`);
        await driver.screenshot(`comparing in ${theme}`);
      });
    }
  });

  it('scroll together, and show the differences on both maps', async () => {
    await call('remap.openSectors', 'both', { view: 'device' });
    await loaded(0);
    await compareWith('both main');
    await side('first').click('.cursor');
    await goToIn('first', '5000');
    await topAt('second', 5000);
    await side('second').click(BYTE);
    await goToIn('second', '7000');
    await topAt('first', 7000);
    for (const name of SIDES) {
      const tips = await side(name).evaluate(() => {
        const map = document.querySelector<HTMLElement>('.map')!;
        const box = map.getBoundingClientRect();
        return [0, 2000 / 20_480, 0.5].map((part) => {
          const clientY = box.top + part * box.height + 0.5;
          map.dispatchEvent(new PointerEvent('pointermove', { clientX: box.left + 5, clientY }));
          return map.querySelector('.tooltip')?.textContent ?? '';
        });
      });
      assert.match(tips[1]!, /different/);
      assert.doesNotMatch(tips[2]!, /different/);
    }
  });

  it('compare one metadata copy with another, each from where it begins', async () => {
    await call('remap.openSectors', 'both', { view: 'spare', sector: 256 });
    await loaded(256);
    await compareWith('Metadata copy 3');
    await until('it is compared', async () => !(await words('first')).includes('looking'));
    assert.match(await words('first'), /^Compared with metadata copy 3 of both spare: /);
    const stride = 256;
    await topAt('first', stride);
    await topAt('second', 3 * stride);
    await driver.screenshot('comparing-metadata-copies');
  });

  it('compare what is saved with what is not: marks go with the edit', async () => {
    const path = folder.file('edited.img');
    await writeFile(path, Buffer.alloc(8192, 0xaa));
    await openImage(path);
    await loaded(0);
    await grid().click('.cursor');
    await driver.type('5');
    await driver.type('5');
    await until('the edit is there', async () => (await grid().texts('.hex .unsaved')).join() === '55');
    await compareWith('edited.img as saved');
    await compared('1 difference in 1 sector');
    for (const name of SIDES) await marked(name, 0, '≠ 1 byte differs');
    assert.deepEqual(await side('second').texts('.hex .differs'), ['AA']);
    await side('first').click(`${BYTE}[data-index="3"]`);
    await driver.type('1');
    await driver.type('2');
    await marked('second', 0, '≠ 2 bytes differ');
    await driver.press('Control+z');
    await marked('second', 0, '≠ 1 byte differs');
    await driver.press('Control+z');
    await compared('no difference');
    for (const name of SIDES) await marked(name, 0, '');
  });

  it('compare two images that the Explorer has selected; what can not be read is unknown', async () => {
    const [one, other] = [folder.file('one.img'), folder.file('other.img')];
    await writeFile(one, Buffer.alloc(16 * 512, 1));
    await writeFile(other, Buffer.alloc(20 * 512, 1));
    await writeFile(`${other}.map`, '0 + 1\n0 1024 +\n1024 512 -\n1536 8704 +\n');
    const file = await open(other, 'r+');
    await file.write(Buffer.from([2]), 0, 1, 512 + 3);
    await file.close();
    const uris = [one, other].map((path) => vscode.Uri.file(path));
    await call(editorCommands.compareSelected, uris[0], uris);
    for (const name of SIDES) await side(name).waitFor('.row');
    await compared('1 difference in 1 sector · 1 sector unknown, which can’t be read in one or both');
    await compared('4 sectors (2 KiB) at the end only there');
    await side('first').click('.cursor');
    await driver.press('F7');
    await cursorsAt(515, 515);
    for (const name of SIDES) await marked(name, 1, '≠ 1 byte differs');
    await side('second').click(BYTE);
    await goToIn('second', '2');
    for (const name of SIDES) await marked(name, 2, '? not compared: can’t be read in one or both');
    await goToIn('second', '17');
    await marked('second', 17, '+ only on this side');
  });

  it('end when one of them closes: the other one has no marks any more', async function () {
    const [one, other] = [folder.file('left.img'), folder.file('right.img')];
    await writeFile(one, Buffer.alloc(4096, 1));
    await writeFile(other, Buffer.alloc(4096, 2));
    const uris = [one, other].map((path) => vscode.Uri.file(path));
    await call(editorCommands.compareSelected, uris[0], uris);
    await compared('1 difference in 8 sectors');
    await marked('first', 0, '≠ 512 bytes differ');
    const tab = vscode.window.tabGroups.all
      .flatMap(({ tabs }) => tabs)
      .find(({ input }) => input instanceof vscode.TabInputCustom && input.uri.path.endsWith('right.img'));
    await vscode.window.tabGroups.close(tab!);
    const left = driver.webview('.editor:not([data-compared]) #grid');
    await until('the marks are gone', async () => (await left.texts('.differs')).length === 0);
    assert.deepEqual(await left.texts('.comparison:not([hidden])'), []);
    await closeAll.call(this);
  });

  it('go to the first difference of 100 GB at once, and stop looking when told to', async () => {
    const paths = [folder.file('large-one.img'), folder.file('large-other.img')];
    for (const [index, path] of paths.entries()) {
      const file = await open(path, 'w');
      await file.truncate(100e9);
      await file.write(Buffer.from([index]), 0, 1, 70e9 - (70e9 % 512));
      await file.close();
    }
    const uris = paths.map((path) => vscode.Uri.file(path));
    const begin = Date.now();
    await call(editorCommands.compareSelected, uris[0], uris);
    await compared('1 difference in 1 sector');
    await until('it is done', async () => !(await words('first')).includes('looking'));
    assert.ok(Date.now() - begin < 20_000, `it took ${Date.now() - begin} ms`);
    await side('first').click('.cursor');
    await driver.press('F7');
    const at = 70e9 - (70e9 % 512);
    await cursorsAt(at, at);
  });
});

/** Goes to a sector in the side whose bytes were clicked. */
async function goToIn(name: 'first' | 'second', input: string): Promise<void> {
  const { tabGroups } = vscode.window;
  const column = SIDES.indexOf(name) + 1;
  await until(`the ${name} side is the active one`, () => tabGroups.activeTabGroup.viewColumn === column);
  await driver.press('Control+g');
  await until('the box has the focus', () =>
    side(name).evaluate(() => document.activeElement?.className === 'goto'),
  );
  await driver.type(input);
  await driver.press('Enter');
}
