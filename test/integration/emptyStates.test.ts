import assert from 'node:assert/strict';
import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { DeviceInfo } from '../../src/engine/device/deviceContracts';
import { editors } from '../../src/manifest';
import { advised, fingerprint, follow, showViews, welcomed } from '../support/extension/advice';
import { driver } from '../support/extension/driver';
import { dialogRefused } from '../support/extension/notifications';
import { call, Folder, until } from '../support/extension/remap';
import { expand, rowOf, showOpened } from '../support/extension/sideBar';
import { MOVED_SECTORS, stateFolders } from '../support/stateFolders';

const folder = new Folder('empty');
let untouched: string[];

/** Makes a state of the folder and shows it. */
async function enter(state: keyof typeof stateFolders): Promise<void> {
  await stateFolders[state](folder.path);
  untouched = fingerprint(folder.path);
  await showViews();
}

/** R15: that what is shown so far has written nothing. */
function assertUntouched(): void {
  assert.deepEqual(fingerprint(folder.path), untouched);
}

async function assembled(): Promise<DeviceInfo> {
  await until(
    'a device is assembled',
    async () => (await call<DeviceInfo[]>('remap.listDevices')).length === 1,
  );
  return (await call<DeviceInfo[]>('remap.listDevices'))[0]!;
}

/** Whether the palette offers to assemble a device. */
async function offersAssembly(): Promise<boolean> {
  await driver.press('F1');
  await driver.type('Remap: Device');
  await driver.workbench.waitFor('.quick-input-list .monaco-list-row:has-text("Create Device")');
  const offered = await driver.workbench.texts('.quick-input-list .monaco-list-row');
  await driver.press('Escape');
  return offered.some((text) => text.includes('Assemble Device'));
}

/** The file that the active sector editor shows. */
function shownImage(): string | undefined {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  return input instanceof vscode.TabInputCustom && input.viewType === editors.image
    ? basename(input.uri.fsPath)
    : undefined;
}

describe('a folder without a device says what is there and what to do next:', () => {
  before(function () {
    driver.require(this);
  });

  beforeEach(() => folder.create());

  afterEach(async () => {
    await call('workbench.action.closeAllEditors');
    await call('notifications.clearAll');
    await folder.remove();
    await call('remap.refresh');
  });

  it('no images: create a device; there is nothing to assemble', async () => {
    await enter('no-images');
    await welcomed('Nothing in this folder makes a device yet', 'Create Device');
    assert.equal(await offersAssembly(), false);
    assertUntouched();
  });

  it('two raw images: which is main?', async () => {
    await enter('which-is-main');
    await advised('Which image is main: field.img or other.img', 'Choose the Main Image...');
    assert.equal(await offersAssembly(), true);
    assertUntouched();
    await follow('Choose the Main Image...');
    await driver.workbench.click('.quick-input-list .monaco-list-row:has-text("field.img")');
    // Whether to format the spare: only the answer would write.
    await dialogRefused();
    assertUntouched();
  });

  it('two raw images whose sizes tell which is the spare', async () => {
    await enter('sizes-tell');
    await advised('small.img fits field.img: as its spare', 'Assemble field.img');
    assertUntouched();
  });

  it('a spare beside the main that fits it: assemble', async () => {
    await enter('spare-beside-main');
    await advised('field-spare.img belongs to field.img', 'Assemble field.img');
    assertUntouched();
    await follow('Assemble field.img');
    const { remaps, state } = await assembled();
    assert.deepEqual([remaps, state], [MOVED_SECTORS.length, 'active']);
    await driver.workbench.waitFor(rowOf('Device field, active, 3 remaps'));
  });

  it('a spare alone: look at its table and copies', async () => {
    await enter('spare-alone');
    await advised('No main image for field-spare.img: it has 100 MiB', 'Open field-spare.img');
    await expand('Metadata');
    await driver.workbench.waitFor(rowOf('Copy 4 at spare sector 1024: valid'));
    await expand('3 remaps');
    await driver.workbench.click(rowOf('Sector 2000, remapped to spare sector'));
    await until('the spare is open', () => shownImage() === 'field-spare.img');
    await driver.screenshot('empty-spare-alone');
    assertUntouched();
  });

  it('a rescue: open it', async () => {
    await enter('rescue');
    await advised('rescue.img is a rescue: 2 bad sectors, 10 not rescued', 'Open rescue.img');
    await follow('Open rescue.img');
    await until('the rescue is open', () => shownImage() === 'rescue.img');
    assertUntouched();
  });

  it('a device file with an error: its row says which, and leads to it', async () => {
    await enter('broken-device-file');
    await driver.workbench.waitFor(rowOf('Device field, not assembled'));
    await showOpened('field', folder.file('field.remap'));
    await follow('Open Device File as Text');
    await until('the file is open at its error', () => {
      const { document, selection } = vscode.window.activeTextEditor ?? {};
      return document?.uri.fsPath === folder.file('field.remap') && selection?.active.line === 2;
    });
    assertUntouched();
  });

  it('modules that are not loaded: load them', async () => {
    await enter('spare-beside-main');
    for (const name of ['real', 'metadata']) await call('remap.unloadModule', name);
    await advised('No device can be assembled: the module real isn’t loaded', 'Load All Modules');
    assertUntouched();
    await follow('Load All Modules');
    await until('all are loaded', async () =>
      (await call<{ loaded: boolean }[]>('remap.listModules')).every(({ loaded }) => loaded),
    );
    await until('the sentence is gone', async () => {
      return (await driver.workbench.texts(rowOf('No device can be assembled'))).length === 0;
    });
  });
});
