import assert from 'node:assert/strict';
import { commands } from '../../src/manifest';
import { driver } from '../support/extension/driver';
import { editorHooks, grid, loaded } from '../support/extension/editor';
import { notified } from '../support/extension/notifications';
import { call, Folder, until } from '../support/extension/remap';
import { rowOf } from '../support/extension/sideBar';

const folder = new Folder('suspended');
const sizes = { mainSectors: 4096, spareSectors: 2048 };

describe('work on a suspended device', () => {
  editorHooks(folder);

  async function suspend(name: string): Promise<void> {
    await call(commands.createDevice, { path: folder.file(`${name}.remap`), ...sizes });
    await call('workbench.view.extension.remap');
    await call('remap.showDevice', { treeReference: true, deviceKey: folder.file(`${name}.remap`) });
    await call(commands.suspend, name);
    await driver.workbench.waitFor(rowOf(`Device ${name}, suspended, 0 remaps`));
  }

  it('says that it waits: in the row, the status bar, its progress and a notification that resumes it', async () => {
    await suspend('held');
    const bytes = { sector: 7, base64: Buffer.alloc(512, 1).toString('base64') };
    const written = call(commands.write, 'held', bytes);
    await driver.workbench.waitFor(rowOf('Device held, warning: suspended, I/O waits'));
    await driver.workbench.waitFor('.statusbar-item.warning-kind:has-text("held: suspended, I/O waits")');
    await notified('waits until held is resumed');
    await notified('held is suspended: reads and writes that have begun wait');
    await driver.screenshot('suspended-waits');
    await driver.workbench.click('.notifications-center .monaco-button:has-text("Resume Device")');
    await written;
    await driver.workbench.waitFor(rowOf('Device held, active'));
  });

  it('is resumed from its row, and by a click on the status bar', async () => {
    await suspend('row');
    await driver.workbench.click(
      `${rowOf('Device row, suspended')} .action-label[aria-label="Resume Device"]`,
    );
    await driver.workbench.waitFor(rowOf('Device row, active'));
    await call(commands.suspend, 'row');
    await driver.workbench.click('.statusbar-item:has-text("row: suspended")');
    await driver.workbench.waitFor(rowOf('Device row, active'));
  });

  it('is resumed from the editor, which says so and reads nothing meanwhile', async () => {
    await suspend('edited');
    await call(commands.openSectors, 'edited');
    await grid().waitFor('.notice:has-text("edited is suspended: reads and writes wait.")');
    await grid().waitFor('.placeholder.waiting:has-text("Suspended")');
    assert.deepEqual(await grid().texts('.placeholder button'), []);
    await driver.screenshot('suspended-editor');
    await grid().click('.notice button:has-text("Resume Device")');
    await loaded(0);
    await until('the notice is gone', async () => (await grid().texts('.notice:not([hidden])')).length === 0);
  });
});
