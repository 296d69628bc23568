import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import * as vscode from 'vscode';
import { editors } from '../../src/manifest';
import { driver } from '../support/extension/driver';
import { call, Folder, until } from '../support/extension/remap';
import { expand, rowOf, showOpened } from '../support/extension/sideBar';

const folder = new Folder('views');
const sizes = { mainSectors: 204_800, spareSectors: 102_400 };
const markers = { sectors: [1000, 2000], text: 'test_data_{sector}' };

describe('the side bar', () => {
  before(async function () {
    driver.require(this);
    await folder.create();
    await call('workbench.view.extension.remap');
    await call('remap.createDevice', { path: folder.file('side.remap'), ...sizes, markers });
    await call('remap.injectErrors', 'side', { sectors: [[1000, 1]] });
    await call('remap.writeMarkers', 'side');
    await showOpened('side', folder.file('side.remap'));
  });

  after(async () => {
    await call('workbench.action.closeAllEditors');
    await folder.remove();
  });

  it('shows a device with its layers, remaps, markers, metadata and statistics', async () => {
    await driver.workbench.waitFor(rowOf('Device side, 1 bad sector, 1 remap'));
    for (const label of ['Layers', '1 remap', 'Markers', 'Metadata', 'Statistics'])
      await driver.workbench.waitFor(rowOf(label));
    await driver.screenshot('views-device');
  });

  it('leaves the name of a device and what is wrong with it beside the buttons of its row', async () => {
    // A click would collapse the row.
    await showOpened('side', folder.file('side.remap'));
    const row = `${rowOf('Device side,')}.focused`;
    await driver.workbench.waitFor(`${row} .actions .action-label`);
    const edges = await driver.workbench.evaluate((selector: string) => {
      const found = (part: string) => document.querySelector(`${selector} ${part}`)!.getBoundingClientRect();
      return { text: found('.monaco-icon-label-container').right, buttons: found('.actions').left };
    }, row);
    assert.ok(edges.text <= edges.buttons, JSON.stringify(edges));
  });

  it('opens the sector editor at a remap entry', async () => {
    await expand('1 remap');
    await driver.workbench.click(rowOf('Sector 1000, remapped to spare sector'));
    await until('the sector editor is open', () => {
      const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
      return input instanceof vscode.TabInputCustom && input.viewType === editors.sectors;
    });
    await driver.screenshot('views-remap-opened');
  });

  it('shows the verdict on each marker, and forgets it when the sector changes', async () => {
    await expand('Markers');
    await driver.workbench.waitFor(rowOf('Sector 2000: test_data_2000, not verified'));
    await call('remap.verifyMarkers', 'side');
    await driver.workbench.waitFor(rowOf('Markers, 2/2 verified'));
    await driver.workbench.waitFor(rowOf('Sector 2000: data preserved, from main'));
    await call('remap.write', 'side', { sector: 2000, base64: Buffer.alloc(512).toString('base64') });
    await driver.workbench.waitFor(rowOf('Sector 2000: test_data_2000, not verified'));
  });

  it('shows the five metadata copies', async () => {
    await expand('Metadata');
    for (const [index, sector] of [0, 256, 512, 768, 1024].entries()) {
      await driver.workbench.waitFor(rowOf(`Copy ${index} at spare sector ${sector}: valid`));
    }
  });

  it('follows what commands change', async () => {
    // So that the row of the device is in view again.
    await call('workbench.actions.treeView.remap.devices.collapseAll');
    await call('remap.clearErrors', 'side');
    await driver.workbench.waitFor('.sidebar .monaco-list-row[aria-label="Device side, active, 1 remap"]');
    await call('remap.suspend', 'side');
    await driver.workbench.waitFor(rowOf('Device side, suspended'));
    await driver.workbench.waitFor('.statusbar-item[aria-label*="side: suspended"]');
    await call('remap.resume', 'side');
    await driver.workbench.waitFor('.statusbar-item[aria-label*="side: active"]');
  });

  it('shows modules loaded and not', async () => {
    await driver.workbench.waitFor(rowOf('Module, real, loaded, used by side'));
    await call('remap.unloadModule', 'setup-reassembly');
    await driver.workbench.waitFor(rowOf('Module, setup-reassembly, not loaded'));
    await call('remap.loadModule', 'setup-reassembly');
    await driver.workbench.waitFor(rowOf('Module, setup-reassembly, loaded'));
  });

  it('shows a device that is not assembled, and images that belong to none', async () => {
    await call('remap.remove', 'side');
    await driver.workbench.waitFor(rowOf('Device side, not assembled'));
    await rm(folder.file('side.remap'));
    await driver.workbench.waitFor(
      rowOf('Image side-spare.img, 50 MiB · spare of 100 MiB, 1 remap, 5 of 5 copies valid'),
    );
    await driver.workbench.waitFor(rowOf('Image side.img, 100 MiB'));
    await driver.screenshot('views-images');
  });

  it('pages many remaps', async () => {
    const device = { path: folder.file('many.remap'), ...sizes };
    await call('remap.createDevice', device);
    await call('remap.injectErrors', 'many', { sectors: [[0, 5000]] });
    await call('remap.write', 'many', { sector: 0, base64: Buffer.alloc(5000 * 512).toString('base64') });
    await showOpened('many', folder.file('many.remap'));
    await expand('5,000 remaps');
    await driver.workbench.waitFor(rowOf('Sectors 4000 – 4999, 1,000 remaps'));
    await expand('Sectors 0 – 999, 1,000 remaps');
    await driver.workbench.waitFor(rowOf('Sector 0, remapped to spare sector'));
  });
});
