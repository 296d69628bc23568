import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { answer, choose, imageToChange, isDirty, ORIGINAL, save, shows } from '../support/extension/changing';
import { driver } from '../support/extension/driver';
import { editorHooks, grid, gridHasFocus, typeGoTo } from '../support/extension/editor';
import { chooseFile } from '../support/extension/fileDialog';
import { run } from '../support/extension/keys';
import { notified } from '../support/extension/notifications';
import { call, Folder, until } from '../support/extension/remap';

const folder = new Folder('editor-files');
const { workbench } = driver;

const statusHas = (words: string) => grid().waitFor(`.status:has-text("${words}")`);

async function saveSelection(target: string): Promise<void> {
  await run('Save Selection As');
  await chooseFile('Save Selection As', target);
}

describe('files in the sector editor', () => {
  editorHooks(folder);

  const { path, original } = imageToChange(folder);

  it('are written at a sector as one step, and leave the rest of their last sector', async () => {
    const file = folder.file('boot.bin');
    await writeFile(file, 'x'.repeat(700));
    await run('Write File at Sector');
    await chooseFile('Write File at Sector', file);
    await answer('Write File at Sector (2/2)', '4');
    await shows(4, '7878');
    await save();
    await until('nothing is unsaved', () => !isDirty());
    const written = Buffer.from(original);
    written.fill('x', 4 * 512, 4 * 512 + 700);
    assert.ok((await readFile(path)).equals(written));
    await grid().click('.cursor');
    await driver.press('Control+Z');
    await shows(4, original.subarray(4 * 512, 4 * 512 + 4).toString('hex'));
    await until('the undo is unsaved', isDirty);
  });

  it('get the selection, and never take the place of what is shown', async () => {
    await typeGoTo('byte 16');
    await statusHas('Sector 0 + 16 ');
    await driver.press('Control+Shift+End');
    await statusHas('32,752 bytes selected');
    const target = folder.file('selection.bin');
    await rm(target, { force: true });
    await saveSelection(target);
    await until('it is saved', () => existsSync(target));
    assert.ok((await readFile(target)).equals(original.subarray(16)));
    await saveSelection(path);
    await workbench.waitFor('.quick-input-widget .quick-input-title:has-text("already exists")');
    await driver.press('Enter');
    await notified('is what this editor shows');
    assert.ok((await readFile(path)).equals(original));
  });
});

describe('files in the sector editor of a device', () => {
  editorHooks(folder);

  before(async () => {
    await call('remap.createDevice', {
      path: 'editor-files/torn.remap',
      mainSectors: 20_480,
      spareSectors: 4096,
    });
    const base64 = ORIGINAL.subarray(0, 4 * 512).toString('base64');
    await call('remap.write', 'torn', { sector: 2, base64 });
    await call('remap.injectErrors', 'torn', { sectors: [[3, 1]] });
  });

  beforeEach(() => call('notifications.clearAll'));

  it('get a selection with a sector that can’t be read only as a person says', async () => {
    await call('remap.openSectors', 'torn', { view: 'device', sector: 2 });
    await statusHas('Sector 2 + 0 ');
    await until('the bytes have the focus', gridHasFocus);
    await driver.press('Control+Shift+ArrowDown');
    await statusHas('513 bytes selected');
    await driver.press('Control+Shift+ArrowDown');
    await statusHas('1,025 bytes selected');
    for (const [what, size, told] of [
      ['Stop', null, 'was not saved'],
      ['Zeros', 1025, 'zeros stand in their place'],
      ['Skip', 513, 'they are left out'],
    ] as const) {
      const target = folder.file(`${what}.bin`);
      await rm(target, { force: true });
      await run('Save Selection As');
      await choose('Save Selection As', what);
      await chooseFile('Save Selection As', target);
      await notified(told);
      await call('notifications.hideList');
      assert.equal(existsSync(target) ? (await readFile(target)).length : null, size);
    }
  });
});
