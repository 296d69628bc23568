import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { welcomed } from '../support/extension/advice';
import { driver } from '../support/extension/driver';
import { call } from '../support/extension/remap';

describe('a window without a folder', () => {
  it('says what a device is made of, and opens a folder', async function () {
    driver.require(this);
    assert.equal(vscode.workspace.workspaceFolders, undefined);
    await call('workbench.view.extension.remap');
    await welcomed('A remap device is made of two disk images', 'Open Folder');
    await driver.workbench.waitFor('.sidebar .welcome-view-content :text("Disk images of the open folder")');
    await driver.screenshot('no-folder');
  });

  it('has no device, and nothing to assemble', async () => {
    assert.deepEqual(await call('remap.listDevices'), []);
    await assert.rejects(call('remap.assemble', 'none'), /^Error: ENODEV/);
  });
});
