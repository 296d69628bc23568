import assert from 'node:assert/strict';
import type { DeviceInfo, RemapListing } from '../../src/engine/device/deviceContracts';
import { commands } from '../../src/manifest';
import { type KernelDevice, strayEntries } from '../support/device/kernelDevices';
import { driver } from '../support/extension/driver';
import { closeAll, shownSector } from '../support/extension/editor';
import { call, Folder, fails, until } from '../support/extension/remap';
import { expand, rowOf, showOpened } from '../support/extension/sideBar';

const folder = new Folder('strays');
const STRAYS = '2 remaps lead nowhere';

describe('a remap that leads nowhere', () => {
  let kernel: KernelDevice;
  let name: string;

  beforeEach(async () => {
    await folder.create();
    kernel = await strayEntries((file) => folder.file(file));
    const { main, spares } = kernel.spec;
    ({ name } = await call<DeviceInfo>(commands.assemble, { main, spare: spares[0] }));
  });

  afterEach(async function () {
    await closeAll.call(this);
    await folder.remove();
  });

  const states = async () =>
    (await call<RemapListing>(commands.listRemaps, name)).remaps.map(({ original, state }) => [
      original,
      state,
    ]);

  it('is listed and dropped by code, which is asked nothing', async () => {
    assert.deepEqual(await states(), [
      [1000, 'stray'],
      [2000, 'pending'],
      [99_999_999_999, 'stray'],
    ]);
    const { failed } = await call<{ failed: unknown }>(commands.read, name, { sector: 998, count: 5 });
    assert.deepEqual(failed, [[1000, 1]]);
    await fails(/^EINVAL: the remap of sector 2000 leads to its data/, commands.dropRemap, name, 2000);
    await fails(/^EINVAL: /, commands.dropRemap, name);
    assert.deepEqual(await call(commands.dropRemap, name, 1000), { original: 1000, spare: 200_000 });
    assert.deepEqual(
      await call(commands.write, name, { sector: 1000, base64: Buffer.alloc(512).toString('base64') }),
      {
        remapped: [],
      },
    );
    assert.equal((await call<DeviceInfo>(commands.getDevice, name)).remaps, 2);
  });

  it('has a line in the tree that says what can be done, until it is dropped or its sector is written', async function () {
    driver.require(this);
    await call('workbench.view.extension.remap');
    await showOpened(name, kernel.spec.main);
    const collapsed = `${rowOf(STRAYS)}[aria-expanded="false"]`;
    if ((await driver.workbench.texts(collapsed)).length > 0) await expand(STRAYS);
    await driver.workbench.waitFor(rowOf('Sector 1000, whose remap to spare sector 200000 leads nowhere'));
    await driver.screenshot('strays-tree');
    await call(commands.openSectors, name, { sector: 1000 });
    await until('the editor says what can be done', async () =>
      /leads nowhere: to spare sector 200000/.test((await shownSector(1000)).placeholder ?? ''),
    );
    await driver.screenshot('strays-editor');
    await call(commands.write, name, { sector: 1000, base64: Buffer.alloc(512).toString('base64') });
    await driver.workbench.waitFor(rowOf('1 remap leads nowhere'));
    await call(commands.dropRemap, name, 99_999_999_999);
    await driver.workbench.waitFor(rowOf(`Device ${name}, active`));
  });
});
