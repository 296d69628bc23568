import assert from 'node:assert/strict';
import { open, readFile, rm, writeFile } from 'node:fs/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import * as vscode from 'vscode';
import { driver } from '../support/extension/driver';
import { editorHooks, goTo, grid, loaded, openImage, shownSector } from '../support/extension/editor';
import { call, Folder, menuSettled, sparseFile, until } from '../support/extension/remap';

const folder = new Folder('editor');

/**
 * Megabytes that the extension host has in use, and has resident; the latter includes garbage and the driver's part.
 */
async function memoryInUse(): Promise<{ held: number; resident: number }> {
  for (let i = 0; i < 100; i++) await driver.workbench.texts('title');
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  for (let i = 0; i < 3; i++) collect();
  const { rss, heapUsed, external } = process.memoryUsage();
  return { held: (heapUsed + external) / 2 ** 20, resident: rss / 2 ** 20 };
}

describe('the sector editor', () => {
  editorHooks(folder);

  before(async function () {
    this.timeout(120_000);
    await call('workbench.action.closeAuxiliaryBar');
  });

  it('shows the first and the last sector of a 100 GB image, at little cost', async () => {
    const path = folder.file('huge.img');
    await sparseFile(path, 100e9);
    const file = await open(path, 'r+');
    await file.write(Buffer.from('first'), 0, 5, 0);
    const last = 100e9 / 512 - 1;
    await file.write(Buffer.from('very last'), 0, 9, 100e9 - 512);
    await file.close();
    const before = await memoryInUse();
    await openImage(path);
    await loaded(0);
    assert.equal((await shownSector(0)).hex.slice(0, 10), Buffer.from('first').toString('hex').toUpperCase());
    for (const sector of [1_000_000, 50_000_000, 123_456_789]) await goTo(String(sector), sector);
    await goTo('end', last);
    const hex = Buffer.from('very last').toString('hex').toUpperCase();
    assert.equal((await shownSector(last)).hex.slice(0, 18), hex);
    await driver.screenshot('editor 100 GB');
    const after = await memoryInUse();
    const held = after.held - before.held;
    const resident = after.resident - before.resident;
    console.log(
      `      the extension host holds ${held.toFixed(1)} MB more (resident: ${resident.toFixed(1)})`,
    );
    assert.ok(held < 20, `the extension host holds ${held} MB more`);
  });

  it('has every byte right on both sides of a seam of what is fetched', async () => {
    const bytes = Buffer.alloc(300 * 512);
    for (let i = 0; i < bytes.length; i++) bytes[i] = (i * 31 + (i >> 9)) & 0xff;
    const path = folder.file('seams.bin');
    await writeFile(path, bytes);
    await openImage(path);
    for (const sector of [127, 128, 255, 256, 299]) {
      await goTo(String(sector), sector);
      const expected = bytes
        .subarray(sector * 512, (sector + 1) * 512)
        .toString('hex')
        .toUpperCase();
      await until(`all of sector ${sector}`, async () => {
        const { hex } = await shownSector(sector);
        return hex.length > 0 && expected.startsWith(hex);
      });
    }
  });

  it('tells assistive technology what it is', async () => {
    const path = folder.file('roles.img');
    await sparseFile(path, 1 << 20);
    await openImage(path);
    await loaded(0);
    const tree = await grid().aria('body');
    assert.match(tree, /grid "Sectors, File"/);
    assert.match(tree, /rowheader "00000000"/);
    assert.match(tree, /gridcell "00" \[selected\]/);
    assert.match(tree, /toolbar "Sector editor"/);
    assert.match(tree, /scrollbar "Map of the view"/);
    const names = await grid().evaluate(() =>
      [...document.querySelectorAll('button, input')]
        .filter((control) => control.checkVisibility())
        .filter((control) => !(control.getAttribute('aria-label') ?? control.textContent)),
    );
    assert.deepEqual(names, []);
    await until('the place is announced', async () => {
      const [live] = await grid().texts('[aria-live="polite"]');
      return live?.startsWith('Sector 0 + 0') ?? false;
    });
    const stops = await grid().evaluate(
      () => document.querySelectorAll('#grid[tabindex="0"], #grid [tabindex="0"]').length,
    );
    assert.equal(stops, 1);
  });

  it('lets the page load nothing but its own script, styles and font', async () => {
    const path = folder.file('policy.img');
    await sparseFile(path, 4096);
    await openImage(path);
    const policy = await grid().evaluate(
      () =>
        document.querySelector('meta[http-equiv="Content-Security-Policy"]')?.getAttribute('content') ?? '',
    );
    assert.match(
      policy,
      /^default-src 'none'; style-src \S+( \S+)*; font-src \S+( \S+)*; script-src 'nonce-[\w-]{22}'$/,
    );
    assert.doesNotMatch(policy, /unsafe/);
    const styled = await grid().evaluate(() =>
      [...document.querySelectorAll('script')].map((script) => script.getAttribute('src') !== null),
    );
    assert.deepEqual(styled.at(-1), true);
  });

  it('shows what stands in the way of a device instead of nothing, and tries again', async () => {
    const path = folder.file('broken.remap');
    await writeFile(path, '{ "main": "no-such.img", "spare": "no-such-spare.img" }');
    await call('vscode.open', vscode.Uri.file(path));
    const failure = driver.webview('.failure:not([hidden])');
    await failure.waitFor('.failure button');
    assert.match((await failure.texts('.failure p'))[0] ?? '', /no-such\.img/);
    assert.deepEqual(await failure.texts('.failure button'), ['Retry', 'Open as Text']);
    await driver.screenshot('editor failure');
    await failure.click('text=Open as Text');
    await until('the text is open', () => vscode.window.activeTextEditor?.document.uri.fsPath === path);
  });

  it('finds text and bytes, with wrap', async () => {
    const bytes = Buffer.alloc(3000 * 512);
    for (const sector of [10, 2500]) bytes.write('needle', sector * 512 + 3);
    const path = folder.file('find.img');
    await writeFile(path, bytes);
    await openImage(path);
    await loaded(0);
    await grid().click('.cursor');
    await driver.press('Control+F');
    await until('the find box has the focus', () =>
      grid().evaluate(() => document.activeElement?.classList.contains('find-input') ?? false),
    );
    const status = async () => (await grid().texts('.find-status'))[0] ?? '';
    const find = async (keys: string, expected: string) => {
      await driver.press(keys);
      await until(`${keys} gives ${expected}`, async () => (await status()) === expected);
    };
    await driver.type('needle');
    await find('Enter', 'Sector 10');
    await find('Enter', 'Sector 2,500');
    await find('Enter', 'Sector 10 (wrapped)');
    await find('Shift+Enter', 'Sector 2,500 (wrapped)');
    const [place] = await grid().texts('.status-selection');
    assert.equal(place, '6 bytes selected');
    await driver.type('x');
    await find('Enter', 'Not found');
  });

  it('offers to copy the selection in the context menu', async () => {
    const path = folder.file('copy.img');
    await writeFile(path, Buffer.from('Copy me, please!'.repeat(64)));
    await openImage(path);
    await loaded(0);
    await grid().click('.cursor');
    for (let i = 0; i < 6; i++) await driver.press('Shift+ArrowRight');
    await grid().click('.cursor', { button: 'right' });
    await driver.workbench.waitFor('.monaco-menu .action-label');
    const top = await driver.workbench.texts('.monaco-menu .action-label');
    await menuSettled();
    await driver.workbench.click('.monaco-menu .action-label:text-is("Copy As")');
    const inSubmenu = () => driver.workbench.texts('.monaco-submenu .action-label');
    await until('the submenu is open', async () => (await inSubmenu()).length > 0);
    const labels = await inSubmenu();
    for (const label of ['Copy as Hex', 'Copy as Text', 'Copy as C Array', 'Copy as Base64']) {
      assert.ok(labels.includes(label), labels.join());
    }
    assert.ok(![...top, ...labels].includes('Paste'), top.join());
    await menuSettled();
    await driver.workbench.click('.monaco-submenu .action-label:text-is("Copy as Text")');
    await until('it is on the clipboard', async () => (await vscode.env.clipboard.readText()) === 'Copy me');
  });

  it('saves, undoes and reverts what was typed', async () => {
    const path = folder.file('typed.img');
    await writeFile(path, Buffer.alloc(2048));
    await openImage(path);
    await loaded(0);
    await grid().click('.cursor');
    await driver.type('dead');
    await driver.press('Tab');
    await driver.type('beef');
    const start = async () => (await shownSector(0)).hex.slice(0, 12);
    await until('the edits are shown', async () => (await start()) === 'DEAD62656566');
    await until('the document has them', () =>
      grid().evaluate(() => !document.querySelector('[aria-busy="true"]')),
    );
    assert.deepEqual(await readFile(path), Buffer.alloc(2048));
    await call('undo');
    await until('the last one is undone', async () => (await start()) === 'DEAD62656500');
    await call('workbench.action.files.save');
    await until('the file has them', async () =>
      (await readFile(path)).subarray(0, 6).equals(Buffer.from('dead62656500', 'hex')),
    );
    await call('redo');
    await until('it is there again', async () => (await start()) === 'DEAD62656566');
    await call('workbench.action.files.revert');
    await until('it is gone again', async () => (await start()) === 'DEAD62656500');
  });

  it('opens a device that has no device file', async () => {
    await call('remap.createDevice', { path: 'editor/bare.remap', mainSectors: 4096, spareSectors: 8192 });
    await call('remap.remove', 'bare');
    await rm(folder.file('bare.remap'));
    await call('remap.assemble', { main: folder.file('bare.img'), spare: folder.file('bare-spare.img') });
    await call('remap.openSectors', 'bare', { sector: 1300, view: 'spare' });
    await loaded(1300);
    assert.deepEqual(await grid().texts('[aria-label="View"] [role="radio"]'), ['Device', 'Main', 'Spare']);
    assert.match((await shownSector(1300)).heading, /not in use/);
  });

  it('says which device an image belongs to, and lets it be edited only there', async () => {
    await call('remap.createDevice', { path: 'editor/owner.remap', mainSectors: 4096, spareSectors: 8192 });
    await openImage(folder.file('owner.img'));
    await loaded(0);
    const notice = async () => (await grid().texts('.notice:not([hidden])')).join();
    assert.match(await notice(), /belongs to the assembled device “owner”/);
    await call('remap.remove', 'owner');
    await until('the notice is gone', async () => (await notice()) === '');
  });

  describe('on a device', () => {
    const markers = { sectors: [1000, 2000], text: 'mark_{sector}' };

    before(async function () {
      driver.require(this);
      await call('remap.createDevice', {
        path: 'editor/ed.remap',
        mainSectors: 204_800,
        spareSectors: 102_400,
        markers,
      });
      await call('remap.writeMarkers', 'ed');
      await call('remap.remapSector', 'ed', 2000);
    });

    beforeEach(async () => {
      await call('remap.openSectors', 'ed', { sector: 1000, view: 'device' });
      await loaded(1000);
    });

    const hexOf = (text: string) => Buffer.from(text).toString('hex').toUpperCase();

    it('opens at the sector that was asked for', async () => {
      const { heading, hex } = await shownSector(1000);
      assert.match(heading, /^Sector 1000 · byte 0x7D000from main$/);
      assert.equal(hex.slice(0, 18), hexOf('mark_1000'));
    });

    it('follows the device while it is open: a remap, a medium error, a write', async () => {
      await call('remap.remapSector', 'ed', 1000);
      await until('the remap', async () =>
        /remapped: from spare sector/.test((await shownSector(1000)).heading),
      );
      await call('remap.write', 'ed', { sector: 1001, base64: Buffer.alloc(512, 0xab).toString('base64') });
      await goTo('1001', 1001);
      await until('the write', async () => (await shownSector(1001)).hex.startsWith('ABABAB'));
      await call('remap.injectErrors', 'ed', { sectors: [[1001, 1]] });
      await until('the placeholder', async () =>
        /Unreadable/.test((await shownSector(1001)).placeholder ?? ''),
      );
      await driver.screenshot('editor unreadable');
      await call('remap.clearErrors', 'ed');
      await until('the bytes again', async () => (await shownSector(1001)).hex.startsWith('ABABAB'));
    });

    it('shows an unreadable sector in its own place, and its neighbours', async () => {
      await call('remap.injectErrors', 'ed', { sectors: [[3001, 1]] });
      await goTo('3000', 3000);
      await until('the neighbour before', async () => /^(00)+$/.test((await shownSector(3000)).hex));
      assert.equal((await shownSector(3000)).placeholder, null);
      await goTo('3001', 3001);
      await until('the placeholder', async () =>
        /Medium error on ed\.img, sector 3001/.test((await shownSector(3001)).placeholder ?? ''),
      );
      assert.equal((await shownSector(3001)).hex, '');
      await goTo('3002', 3002);
      await until('the neighbour after', async () => /^(00)+$/.test((await shownSector(3002)).hex));
      await call('remap.clearErrors', 'ed');
    });

    it('stays at the sector when it shows another view', async () => {
      await goTo('2000', 2000);
      await grid().click('[role="radio"]:text-is("Main")');
      const replaced = /the device reads spare sector \d+ instead/;
      await until('main', async () => replaced.test((await shownSector(2000)).heading));
      assert.equal((await shownSector(2000)).hex.slice(0, 18), hexOf('mark_2000'));
    });

    it('goes from a remapped sector to its replacement, and to the metadata over it', async () => {
      await goTo('2000', 2000);
      const remapped = /remapped: from spare sector \d+/;
      await until('the remap', async () => remapped.test((await shownSector(2000)).heading));
      await driver.press('Enter');
      await until('the spare', async () =>
        (await grid().texts('[role="radio"][aria-checked="true"]')).includes('Spare'),
      );
      await until('its heading', async () => {
        const headings = await grid().texts('.row:not([hidden]) .heading:not([hidden])');
        return headings.some((heading) => heading.includes('holds device sector 2000'));
      });
      await goTo('0', 0);
      const verdict = /metadata copy 0, valid \(CRC matches\)/;
      await until('the verdict', async () => verdict.test((await shownSector(0)).heading));
      await driver.screenshot('editor spare');
    });

    it('saves through the device, so that a bad sector remaps', async () => {
      await call('remap.injectErrors', 'ed', { sectors: [[4000, 1]] });
      await goTo('4000', 4000);
      await grid().click('text=Overwrite with Zeros');
      await until('zeros', async () => (await shownSector(4000)).hex.startsWith('0000'));
      await driver.type('c0de');
      await until('the edit', async () => (await shownSector(4000)).hex.startsWith('C0DE'));
      await call('workbench.action.files.save');
      await until('the remap', async () => /remapped: from spare/.test((await shownSector(4000)).heading));
      const { base64 } = await call<{ base64: string }>('remap.read', 'ed', { sector: 4000, count: 1 });
      assert.equal(Buffer.from(base64, 'base64').subarray(0, 2).toString('hex'), 'c0de');
      await call('remap.clearErrors', 'ed');
    });

    it('says that a suspended device waits, and reads on when it is resumed', async () => {
      await call('remap.suspend', 'ed');
      await until('the reason', async () => /Suspended/.test((await shownSector(1000)).placeholder ?? ''));
      await call('remap.resume', 'ed');
      await until('the bytes', async () => (await shownSector(1000)).hex.startsWith(hexOf('mark_1000')));
    });
  });
});
