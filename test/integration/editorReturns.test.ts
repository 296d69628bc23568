import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { driver } from '../support/extension/driver';
import { editorHooks, goTo, grid, loaded, shownSector, typeGoTo } from '../support/extension/editor';
import { call, Folder, until } from '../support/extension/remap';

const folder = new Folder('returns');
const device = 'returns';

/** The first bytes of a sector with a marker, as the editor shows them. */
const markerOf = (sector: number) => Buffer.from(`mark_${sector}`).toString('hex').toUpperCase();

async function comesBack(sector: number): Promise<void> {
  await until(`the bytes of sector ${sector}`, async () =>
    (await shownSector(sector)).hex.startsWith(markerOf(sector)),
  );
}

describe('the sector editor, when its device comes back', () => {
  editorHooks(folder);

  before(async () => {
    await call('remap.createDevice', {
      path: 'returns/returns.remap',
      mainSectors: 204_800,
      spareSectors: 102_400,
      markers: { sectors: [1000, 2000], text: 'mark_{sector}' },
    });
    await call('remap.writeMarkers', device);
  });

  beforeEach(async () => {
    await call('remap.openSectors', device, { sector: 1000, view: 'device' });
    await loaded(1000);
  });

  it('shows its bytes again after a reload of the module', async () => {
    await call('remap.reloadModule', device, { wait: 0 });
    await comesBack(1000);
  });

  it('says that the device comes back while the module is reloaded, and takes keys again afterwards', async () => {
    await grid().click('.cursor');
    const reload = call('remap.reloadModule', device, { wait: 2 });
    const page = driver.webview('.failure:not([hidden])');
    await page.waitFor('.failure.comes-back');
    assert.match((await page.texts('.failure p'))[0] ?? '', /comes back by itself/);
    await reload;
    await comesBack(1000);
    await driver.press('ArrowDown');
    await until('the cursor moves', () =>
      grid().evaluate(() => {
        const { activeElement } = document;
        return (
          activeElement?.id === 'grid' && activeElement.getAttribute('aria-activedescendant') !== 'hex-512000'
        );
      }),
    );
  });

  it('stays at a place that was gone to just before a reload of the module', async () => {
    await firstPlaceSaved();
    await typeGoTo('2000');
    await call('remap.reloadModule', device, { wait: 0 });
    await comesBack(2000);
  });

  it('stays at a place that was gone to just before it was hidden', async () => {
    await firstPlaceSaved();
    await typeGoTo('2000');
    await hide();
    await call('workbench.action.closeActiveEditor');
    await comesBack(2000);
  });

  it('shows a device that was reloaded while it was hidden', async () => {
    await hide();
    await call('remap.reloadModule', device, { wait: 0 });
    await call('workbench.action.closeActiveEditor');
    await comesBack(1000);
  });

  it('shows its bytes after several reloads, one right after the other', async () => {
    const reloads = Array.from({ length: 4 }, () => call('remap.reloadModule', device, { wait: 0 }));
    await Promise.all(reloads);
    await comesBack(1000);
  });

  it('opens a device that a reload has taken down for the moment', async () => {
    await call('workbench.action.closeAllEditors');
    const reload = call('remap.reloadModule', device, { wait: 1 });
    await until('it is down', async () => !(await isAssembled()));
    await call('remap.openSectors', device, { sector: 2000, view: 'device' });
    await reload;
    await comesBack(2000);
  });

  it('keeps what was typed and not saved', async () => {
    await goTo('2001', 2001);
    await driver.type('c0de');
    await until('the edit', async () => (await shownSector(2001)).hex.startsWith('C0DE'));
    await call('remap.reloadModule', device, { wait: 0 });
    await until('the edit again', async () => (await shownSector(2001)).hex.startsWith('C0DE'));
    await call('workbench.action.files.save');
    await until('it is saved', async () => (await firstBytes(2001)) === 'c0de');
  });
});

/** Waits until the first place is surely saved, so that a test can tell a lost place from a place never saved. */
function firstPlaceSaved(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 500));
}

/** Brings another editor to the front; VS Code then takes the page down. */
async function hide(): Promise<void> {
  await call('workbench.action.files.newUntitledFile');
  const isOther = () => vscode.window.activeTextEditor?.document.isUntitled === true;
  await until('another editor is in front', isOther);
}

async function isAssembled(): Promise<boolean> {
  const devices = await call<{ name: string }[]>('remap.listDevices');
  return devices.some(({ name }) => name === device);
}

async function firstBytes(sector: number): Promise<string> {
  const { base64 } = await call<{ base64: string }>('remap.read', device, { sector, count: 1 });
  return Buffer.from(base64, 'base64').subarray(0, 2).toString('hex');
}
