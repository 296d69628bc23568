import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { DeviceInfo } from '../../src/engine/device/deviceContracts';
import { advised, fingerprint, follow, showViews, welcomed } from '../support/extension/advice';
import { driver } from '../support/extension/driver';
import { call, Folder, until } from '../support/extension/remap';
import { stateFolders } from '../support/stateFolders';

const folder = new Folder('empty');

describe('a folder without a device, in Restricted Mode,', () => {
  before(function () {
    driver.require(this);
    assert.equal(vscode.workspace.isTrusted, false);
  });

  beforeEach(() => folder.create());
  afterEach(() => folder.remove());

  it('leads to trust where there is nothing to look at', async () => {
    await showViews();
    await welcomed('in Restricted Mode none can be created', 'Manage Trust');
  });

  it('leads to trust where a spare would have to be formatted', async () => {
    await stateFolders['which-is-main'](folder.path);
    await showViews();
    await advised('Which image is main: field.img or other.img', 'Manage Workspace Trust');
    await driver.screenshot('restricted-which-is-main');
  });

  it('assembles a spare and its main read-only, and writes nothing', async () => {
    await stateFolders['spare-beside-main'](folder.path);
    const untouched = fingerprint(folder.path);
    await showViews();
    await advised('field-spare.img belongs to field.img', 'Assemble field.img Read-Only');
    await follow('Assemble field.img Read-Only');
    await until('it is assembled', async () => (await call<DeviceInfo[]>('remap.listDevices')).length === 1);
    const [device] = await call<DeviceInfo[]>('remap.listDevices');
    assert.equal(device!.state, 'readonly');
    await call('remap.remove', device!.name);
    assert.deepEqual(fingerprint(folder.path), untouched);
  });
});
