import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import type { DeviceInfo } from '../../src/engine';
import { driver } from '../support/extension/driver';
import { editorHooks, goTo, grid, loaded, openImage, shownSector } from '../support/extension/editor';
import { dialogRefused } from '../support/extension/notifications';
import { call, Folder, sparseFile, until } from '../support/extension/remap';
import { rowOf } from '../support/extension/sideBar';

const folder = new Folder('maps');
const SECTORS = 4096;
/** Sectors 16 and 17 bad, 18 not scraped, 19 not trimmed, the last eight never tried. */
const MAP = `0x0 ? 1\n0x0 0x2000 +\n0x2000 0x400 -\n0x2400 0x200 /\n0x2600 0x200 *\n0x2800 0x1FC800 +\n0x1FF000 0x1000 ?\n`;

let names = 0;

/** A name of its own for each try of a test. */
function freshName(): string {
  return `map${++names}`;
}

/** An assembled device with the map beside its main image. */
async function rescuedDevice(): Promise<string> {
  const name = freshName();
  const path = folder.file(`${name}.remap`);
  await call('remap.createDevice', { path, mainSectors: SECTORS, spareSectors: SECTORS });
  await call('remap.remove', name);
  await writeFile(folder.file(`${name}.img.map`), MAP);
  await call('remap.assemble', path);
  assert.ok(await hasUnreadable(name, 2, 10));
  return name;
}

async function hasUnreadable(name: string, bad: number, lost: number): Promise<boolean> {
  const devices = await call<DeviceInfo[]>('remap.listDevices');
  const info = devices.find((device) => device.name === name);
  return info?.badSectors === bad && info.notRescued === lost;
}

/** The toolbar's groups in view, with their counts. */
const landmarks = () =>
  grid().evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('.landmark:not([hidden])')].map((group) => group.textContent),
  );

describe('rescue maps', () => {
  editorHooks(folder);

  it('under another name are offered for an image in its editor, and used from then on', async () => {
    const name = freshName();
    const path = folder.file(`${name}.img`);
    await sparseFile(path, SECTORS * 512);
    await writeFile(folder.file(`${name}.log`), MAP);
    await openImage(path);
    await loaded(0);
    assert.equal(
      (await grid().texts('.notice'))[0],
      `${name}.log fits ${name}.img and says: 2 bad sectors, 10 not rescued. It isn’t used as its rescue map.Use This Map`,
    );
    await goTo('16', 16);
    assert.equal((await shownSector(16)).heading.includes('bad'), false);
    await grid().click('.notice button');
    await until('the map is used', async () =>
      (await shownSector(16)).heading.includes('bad by the mapfile'),
    );
    await until('sectors are counted', async () => (await landmarks()).includes('Bad2'));
    assert.ok((await landmarks()).includes('Not rescued10'));
    await goTo('18', 18);
    assert.match((await shownSector(18)).heading, /not rescued: not scraped, these bytes are filling$/);
    await driver.screenshot('maps-used');
  });

  it('tell in the editor of a device what is bad and what was not rescued, and lead to both', async () => {
    const name = await rescuedDevice();
    await call('workbench.view.extension.remap');
    const facts = '2 bad sectors, 10 not rescued';
    await driver.workbench.waitFor(rowOf(`Device ${name}, warning: ${facts}, 0 remaps`));
    await call('remap.openSectors', name, { sector: 18 });
    await driver.workbench.waitFor(`.statusbar-item:has-text("${name}: ${facts}")`);
    await loaded(18);
    const shown = await shownSector(18);
    assert.match(shown.heading, /not rescued: not scraped$/);
    assert.match(shown.placeholder!, /^Not rescuedBy its rescue map, .*\.img holds no data in sector 18/);
    await until('sectors are counted', async () => (await landmarks()).includes('Not rescued10'));
    await driver.screenshot('maps-device');
    await grid().click('[data-landmark="notRescued"] [title^="Next"]');
    await loaded(19);
    await grid().click('[data-landmark="bad"] [title^="Previous"]');
    await until('the bad sector is reached', async () =>
      (await grid().texts('.status-place'))[0]!.startsWith('Sector 17 '),
    );
    const read = await call<{ failed: unknown; notRescued: unknown }>('remap.read', name, {
      sector: 15,
      count: 5,
    });
    assert.deepEqual([read.failed, read.notRescued], [[[16, 4]], [[18, 2]]]);
  });

  it('that say so are shown with images in the side bar', async () => {
    const name = freshName();
    await sparseFile(folder.file(`${name}.img`), SECTORS * 512);
    await writeFile(folder.file(`${name}.mapfile`), MAP);
    await call('workbench.view.extension.remap');
    await call('remap.refresh');
    await driver.workbench.waitFor(rowOf(`Image ${name}.img, ${name}.mapfile fits, not used · 2 MiB`));
    await driver.screenshot('maps-tree');
  });

  it('of a device are offered in its editor and named by its file from then on', async () => {
    const name = freshName();
    const path = folder.file(`${name}.remap`);
    await call('remap.createDevice', { path, mainSectors: SECTORS, spareSectors: SECTORS });
    await call('remap.openSectors', path);
    await loaded(0);
    await writeFile(folder.file(`${name}.mapfile`), MAP);
    await until('the map is offered', async () =>
      (await grid().texts('.notice:not([hidden])')).join().startsWith(`${name}.mapfile fits ${name}.img`),
    );
    await call('workbench.view.extension.remap');
    await driver.workbench.waitFor(rowOf(`Device ${name}, warning: ${name}.mapfile not used, 0 remaps`));
    await driver.screenshot('maps-device-offered');
    await grid().click('.notice button');
    await until('the map is used', () => hasUnreadable(name, 2, 10));
    assert.ok((await readFile(path, 'utf8')).includes(`"map": "${name}.mapfile"`));
    await until('the device is shown again', async () => (await landmarks()).includes('Not rescued10'));
    await driver.workbench.waitFor(rowOf(`Device ${name}, warning: 2 bad sectors, 10 not rescued, 0 remaps`));
  });

  it('that another program changes are taken over while the device is in use', async () => {
    const name = await rescuedDevice();
    const map = folder.file(`${name}.img.map`);
    await writeFile(map, MAP.replace('0x2400 0x200 /', '0x2400 0x200 -'));
    await until('the finding is taken over', () => hasUnreadable(name, 3, 9));
  });

  it('that another program wrote are asked about before all is cleared', async () => {
    const name = await rescuedDevice();
    await call('notifications.clearAll');
    await call('remap.clearErrors', { treeReference: true, deviceKey: folder.file(`${name}.remap`) });
    await dialogRefused();
    await call('notifications.clearAll');
    assert.ok(await hasUnreadable(name, 2, 10));
  });

  it('are kept when all is cleared from code', async () => {
    const name = await rescuedDevice();
    const { kept } = await call<{ kept: string[] }>('remap.clearErrors', name);
    assert.ok(await hasUnreadable(name, 0, 0));
    assert.equal(kept.length, 1);
    assert.match(await readFile(kept[0]!, 'utf8'), /0x0*2000\s+0x0*400\s+-/);
  });
});
