import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { editorCommands, settings } from '../../src/manifest';
import { violations } from '../support/extension/axe';
import { driver } from '../support/extension/driver';
import { editorHooks, grid, loaded } from '../support/extension/editor';
import { call, Folder, until } from '../support/extension/remap';

const folder = new Folder('access');

/** The four kinds of colour theme, by the class that each gives a page; the names differ between versions of VS Code. */
const THEMES: Readonly<Record<string, RegExp>> = {
  'vscode-dark': /Dark Modern$/,
  'vscode-light': /Light Modern$/,
  'vscode-high-contrast': /High Contrast$/,
  'vscode-high-contrast-light': /High Contrast Light$/,
};

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
    await setTheme(undefined);
    await setColors(undefined);
  });

  it('has nothing that axe finds fault with, in any kind of theme', async () => {
    for (const [kind, name] of Object.entries(THEMES)) {
      const theme = themeNamed(name);
      await setTheme(theme);
      await until('the page has the theme', () =>
        grid().evaluate((wanted: string) => document.body.classList.contains(wanted), kind),
      );
      assert.deepEqual(await violations(), [], theme);
      await grid().click('.display-menu .icon-button');
      await grid().waitFor('.display-panel select:focus');
      assert.deepEqual(await violations(), [], `${theme}, with the menu open`);
      await driver.press('Escape');
    }
  });
});

/** The theme that VS Code brings, as its setting names it. */
function themeNamed(name: RegExp): string {
  const themes = vscode.extensions.all.flatMap(
    ({ packageJSON }) => (packageJSON?.contributes?.themes ?? []) as { id?: string; label: string }[],
  );
  const found = themes.map(({ id, label }) => id ?? label).find((theme) => name.test(theme));
  return found ?? assert.fail(`no theme ${name}`);
}

async function setTheme(theme: string | undefined): Promise<void> {
  const settings = vscode.workspace.getConfiguration('workbench');
  await settings.update('colorTheme', theme, vscode.ConfigurationTarget.Global);
}

async function setColors(value: true | undefined): Promise<void> {
  const { Global } = vscode.ConfigurationTarget;
  await vscode.workspace.getConfiguration().update(settings.editorByteColors, value, Global);
}
