import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { editorCommands, settings } from '../../src/manifest';
import { violations } from '../support/extension/axe';
import { driver } from '../support/extension/driver';
import { editorHooks, grid, loaded } from '../support/extension/editor';
import { call, Folder, until } from '../support/extension/remap';
import { inEachTheme, resetTheme } from '../support/extension/themes';

const folder = new Folder('access');

describe('the page of the sector editor', () => {
  editorHooks(folder);

  before(async () => {
    await call('remap.createDevice', {
      path: 'access/access.remap',
      mainSectors: 204_800,
      spareSectors: 102_400,
      markers: { sectors: [0, 1, 2], text: 'mark_{sector}' },
    });
    await call('remap.remapSector', 'access', 1);
    await call('remap.writeMarkers', 'access');
    await call('remap.injectErrors', 'access', { sectors: [[2, 1]] });
  });

  beforeEach(async () => {
    await setColors(true);
    await call('remap.openSectors', 'access', { sector: 0, view: 'device' });
    await loaded(0);
    await grid().click('.cursor');
    await driver.type('ff');
    for (let step = 0; step < 20; step++) await driver.press('Shift+ArrowRight');
    await call(editorCommands.toggleInspector);
    await call(editorCommands.find);
    await driver.type('mark');
    await driver.press('Enter');
  });

  after(async () => {
    await resetTheme();
    await setColors(undefined);
  });

  it('has nothing that axe finds fault with, in any kind of theme', async () => {
    await inEachTheme(grid(), async (theme) => {
      assert.deepEqual(await violations(), [], theme);
      await grid().click('.display-menu .icon-button');
      await grid().waitFor('.display-panel select:focus');
      assert.deepEqual(await violations(), [], `${theme}, with the menu open`);
      await driver.press('Escape');
    });
  });

  it('nor where the fields of a structure have colours, those by kind of byte too', async () => {
    await call('remap.openSectors', 'access', { sector: 0, view: 'spare' });
    await loaded(0);
    await grid().click('.row:not([hidden]) .bytes:not([hidden]) .cell.cursor');
    await grid().waitFor('.row:not([hidden]) .bytes:not([hidden]) .cell.field-current');
    const hasKinds = () =>
      grid().evaluate(() => document.querySelector('.row .bytes:not([hidden]) .field.kind-zero') !== null);
    await inEachTheme(grid(), async (theme) => {
      assert.deepEqual(await violations(), [], theme);
      await setColors(undefined);
      await until('kinds of bytes have no colours', async () => !(await hasKinds()));
      assert.deepEqual(await violations(), [], `${theme}, fields alone`);
      await driver.screenshot(`fields, ${theme}`);
      await setColors(true);
      await until('kinds of bytes have colours', hasKinds);
    });
  });
});

async function setColors(value: true | undefined): Promise<void> {
  const { Global } = vscode.ConfigurationTarget;
  await vscode.workspace.getConfiguration().update(settings.editorByteColors, value, Global);
}
