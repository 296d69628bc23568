import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { DeviceInfo } from '../../src/engine/device/deviceContracts';
import { commands } from '../../src/manifest';
import { folderState } from '../support/device/folderState';
import { lowEntries, type MakeKernelDevice, sharedSector } from '../support/device/kernelDevices';
import { ASKING, HARMLESS_WHEN_READ_ONLY, LOOKING } from '../support/extension/commandKinds';
import { driver } from '../support/extension/driver';
import { closeAll } from '../support/extension/editor';
import { call, Folder, until } from '../support/extension/remap';
import { expand, rowOf, showOpened } from '../support/extension/sideBar';

const folder = new Folder('looking');

const DEVICES: Readonly<Record<string, MakeKernelDevice>> = {
  'with remaps inside the metadata area': lowEntries,
  'with two remaps on one spare sector': sharedSector,
};

describe('R15: looking at a device that a kernel left read-only', () => {
  beforeEach(() => folder.create());

  afterEach(async function () {
    await closeAll.call(this);
    await folder.remove();
  });

  for (const [what, make] of Object.entries(DEVICES)) {
    it(`${what}: no command that looks writes a byte`, async () => {
      const { spec, payloads } = await make((name) => folder.file(name));
      const [spare] = spec.spares;
      const { name, state } = await call<DeviceInfo>(commands.assemble, { main: spec.main, spare });
      assert.equal(state, 'readonly');
      await call(commands.openSectors, name);
      const before = folderState(folder.path);
      for (const [command, argumentsFor] of Object.entries({ ...LOOKING, ...HARMLESS_WHEN_READ_ONLY })) {
        const looked = call(command, ...argumentsFor(name, spare!));
        // The device has no file system.
        if (command === commands.sectorsOf) await assert.rejects(looked, /^Error: ENOENT: /);
        else await looked;
        assert.deepEqual(folderState(folder.path), before, `${command} wrote`);
      }
      for (const command of ASKING) await askAndClose(command);
      for (const view of ['device', 'main', 'spare'])
        await call(commands.openSectors, name, { sector: 0, view });
      await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(spare!));
      for (const [sector, text] of payloads) {
        const { base64 } = await call<{ base64: string }>(commands.read, name, { sector, count: 1 });
        assert.equal(Buffer.from(base64, 'base64').toString('latin1', 0, text.length), text);
      }
      assert.deepEqual(folderState(folder.path), before, 'an editor wrote');
    });
  }

  it('by opening its metadata in the side bar writes nothing', async function () {
    driver.require(this);
    const { spec } = await lowEntries((name) => folder.file(name));
    await call('workbench.view.extension.remap');
    const { name } = await call<DeviceInfo>(commands.assemble, { main: spec.main, spare: spec.spares[0] });
    const before = folderState(folder.path);
    await showOpened(name, spec.main);
    await expand('Metadata');
    await driver.workbench.waitFor(rowOf('Copy 4 at spare sector 1024'));
    assert.deepEqual(folderState(folder.path), before);
  });
});

/** Runs a command until its question is open, and closes that. */
async function askAndClose(command: string): Promise<void> {
  let isDone = false;
  void call(command).finally(() => {
    isDone = true;
  });
  await until(`the question of ${command} is closed`, async () => {
    await call('workbench.action.closeQuickOpen');
    return isDone;
  });
}
