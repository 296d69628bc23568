import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import * as vscode from 'vscode';
import { settings } from '../../src/manifest';
import { driver } from '../support/extension/driver';
import { editorHooks, grid, gridHasFocus, openImage, typeGoTo } from '../support/extension/editor';
import { call, Folder, until } from '../support/extension/remap';

const folder = new Folder('display');
const configuration = () => vscode.workspace.getConfiguration();

/** What the row shows that begins with byte 0: its offset, the number of its cells, and its text. */
async function firstRow(): Promise<{ offset: string; cells: number; text: string }> {
  return grid().evaluate(() => {
    const row = [...document.querySelectorAll<HTMLElement>('.row:not([hidden])')].find((each) =>
      /^\s*0+( \+ +0)?$/.test(each.querySelector('.bytes:not([hidden]) .offset')?.textContent ?? ''),
    );
    const cells = [...(row?.querySelectorAll('.text .cell') ?? [])];
    return {
      offset: row?.querySelector('.offset')?.textContent?.trim() ?? '',
      cells: cells.length,
      text: cells.map((cell) => cell.textContent).join(''),
    };
  });
}

describe('how the sector editor shows bytes', () => {
  editorHooks(folder);

  beforeEach(async () => {
    const path = folder.file('shown.img');
    await writeFile(path, Buffer.concat([Buffer.from('Käse €5 ÿ'), Buffer.alloc(4096)]));
    await openImage(path);
  });

  afterEach(async () => {
    for (const id of Object.values(settings).filter((each) => each.startsWith('remap.editor.'))) {
      await configuration().update(id, undefined, vscode.ConfigurationTarget.Global);
    }
  });

  it('is chosen in its menu by keys, and remembered in the settings', async () => {
    await until('as many bytes as fit', async () => (await firstRow()).cells >= 8);
    await grid().click('.display-menu .icon-button');
    await until('a choice has the focus', () =>
      grid().evaluate(() => document.activeElement?.tagName === 'SELECT'),
    );
    await driver.press('ArrowDown');
    await until('eight bytes a row', async () => (await firstRow()).cells === 8);
    for (let i = 0; i < 2; i++) await driver.press('Tab');
    await driver.press('End');
    await until('offsets by sector', async () => (await firstRow()).offset === '0 +   0');
    await driver.press('Tab');
    for (let i = 0; i < 2; i++) await driver.press('ArrowDown');
    await until('text in UTF-8', async () => (await firstRow()).text === 'Käse €');
    await driver.press('Tab');
    await driver.press('End');
    await until('sectors of 4,096 bytes', async () => (await firstRow()).offset === '0 +    0');
    await driver.press('Tab');
    await driver.press('Space');
    await until('colours', () => grid().evaluate(() => document.querySelector('.kind-text') !== null));
    await driver.screenshot('how bytes are shown');
    await driver.press('Escape');
    const { editorBytesPerRow, editorOffsets, editorTextEncoding, editorByteColors } = settings;
    assert.deepEqual(
      [editorBytesPerRow, editorOffsets, editorTextEncoding, editorByteColors].map((id) =>
        configuration().get(id),
      ),
      [8, 'sector', 'utf8', true],
    );
  });

  it('counts in sectors of 4,096 bytes where a GPT stands so, and in others that are chosen, again next time', async () => {
    const path = folder.file('large-sectors.img');
    const disk = Buffer.alloc(16 * 4096);
    disk.write('EFI PART', 4096, 'latin1');
    await writeFile(path, disk);
    await openImage(path);
    const heading = () =>
      grid().evaluate(() => document.querySelector('.row:not([hidden]) .heading-title')?.textContent ?? '');
    await until('it is recognised', async () => (await heading()) === 'Sector 0 (of 4,096 bytes)');
    await typeGoTo('3');
    await until('sector 3 is at byte 12,288', async () =>
      (await grid().evaluate(() => document.querySelector('.status-place')?.textContent ?? '')).startsWith(
        'Sector 3 + 0 (of 4,096 bytes) · byte 0x3000',
      ),
    );
    await grid().run(`{
      const select = [...document.querySelectorAll('.display-panel select')].at(-1);
      select.value = '2048';
      select.dispatchEvent(new Event('change'));
    }`);
    await until('another size', async () =>
      (await grid().texts('.heading-title')).some((text) => /of 2,048/.test(text)),
    );
    await call('workbench.action.closeActiveEditor');
    await openImage(path);
    await until('it is remembered', async () =>
      (await grid().texts('.heading-title')).some((text) => /of 2,048/.test(text)),
    );
  });

  it('begins each sector of 520 bytes with a heading and a row, which can be edited', async () => {
    const path = folder.file('sectors-of-520.img');
    const disk = Buffer.concat(
      Array.from({ length: 64 }, (_, i) => Buffer.alloc(520, i < 10 ? 0x40 + i : 0)),
    );
    await writeFile(path, disk);
    await openImage(path);
    await grid().run(`{
      const select = [...document.querySelectorAll('.display-panel select')].at(-1);
      select.value = '520';
      select.dispatchEvent(new Event('change'));
    }`);
    await typeGoTo('byte 0x200');
    const rowAt = (offset: string) =>
      grid().evaluate((wanted: string) => {
        const rows = [...document.querySelectorAll('.row:not([hidden]) .bytes:not([hidden])')];
        const row = rows.find((each) => each.querySelector('.offset')?.textContent === wanted);
        return [...(row?.querySelectorAll('.hex .cell') ?? [])].map((cell) => cell.textContent).join('');
      }, offset);
    await until('sector 1 has a heading', async () =>
      (await grid().texts('.heading-title')).includes('Sector 1 (of 520 bytes)'),
    );
    await until('its first row begins with it', async () => (await rowAt('00000208')).startsWith('4141'));
    await until(
      'the last row of sector 0 is shorter',
      async () => (await rowAt('00000200')) === '40'.repeat(8),
    );
    await typeGoTo('1');
    await until('the bytes have the focus', gridHasFocus);
    await driver.type('ab');
    await until('its first byte is another', async () => (await rowAt('00000208')).startsWith('AB41'));
  });

  it('follows the settings while it is open', async () => {
    await configuration().update(settings.editorBytesPerRow, 48, vscode.ConfigurationTarget.Global);
    await until('48 bytes a row', async () => (await firstRow()).cells === 48);
    await configuration().update(settings.editorBytesPerRow, 7, vscode.ConfigurationTarget.Global);
    await configuration().update(settings.editorTextEncoding, 'latin1', vscode.ConfigurationTarget.Global);
    await until('a value that makes no sense counts as none', async () => {
      const { cells, text } = await firstRow();
      return cells !== 48 && text.startsWith('KÃ¤se');
    });
  });
});
