import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { driver } from '../support/extension/driver';
import {
  closeAll,
  goTo,
  grid,
  loaded,
  openImage,
  setAutoSave,
  shownSector,
} from '../support/extension/editor';
import { call, Folder, noticed, sparseFile, until } from '../support/extension/remap';
import { rowOf } from '../support/extension/sideBar';

const folder = new Folder('maps');
const SECTORS = 4096;
/** Sectors 16 and 17 bad, 18 not scraped, 19 not trimmed, the last eight never tried. */
const MAP = `0x0 ? 1\n0x0 0x2000 +\n0x2000 0x400 -\n0x2400 0x200 /\n0x2600 0x200 *\n0x2800 0x1FC800 +\n0x1FF000 0x1000 ?\n`;

/** The toolbar's groups in view, with their counts. */
const landmarks = () =>
  grid().evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('.landmark:not([hidden])')].map((group) => group.textContent),
  );

describe('rescue maps', () => {
  before(async function () {
    driver.require(this);
    await folder.create();
    await setAutoSave('off');
  });

  afterEach(closeAll);

  after(async () => {
    await setAutoSave(undefined);
    await folder.remove();
  });

  it('under another name are offered for an image in its editor, and used from then on', async () => {
    const path = folder.file('saved.img');
    await sparseFile(path, SECTORS * 512);
    await writeFile(folder.file('saved.log'), MAP);
    await openImage(path);
    await loaded(0);
    assert.equal(
      (await grid().texts('.notice'))[0],
      'saved.log fits saved.img and says: 2 bad sectors, 10 not rescued. It isn’t used as its rescue map.Use This Map',
    );
    await goTo('16', 16);
    assert.equal((await shownSector(16)).heading.includes('bad'), false);
    await driver.screenshot('maps-offered');
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
    const path = folder.file('partly.remap');
    await call('remap.createDevice', { path, mainSectors: SECTORS, spareSectors: SECTORS });
    await call('remap.remove', 'partly');
    const main = folder.file('partly.img');
    await noticed(`${main}.map`, () => writeFile(`${main}.map`, MAP));
    const { badSectors, notRescued } = await call<{ badSectors: number; notRescued: number }>(
      'remap.assemble',
      path,
    );
    assert.deepEqual([badSectors, notRescued], [2, 10]);
    await call('workbench.view.extension.remap');
    await driver.workbench.waitFor(rowOf('Device partly, active, 0 remaps, 2 bad sectors, 10 not rescued'));
    await driver.workbench.waitFor(
      '.statusbar-item:has-text("partly: active, 0 remaps, 2 bad sectors, 10 not rescued")',
    );
    await call('remap.openSectors', path, { sector: 18 });
    await loaded(18);
    const shown = await shownSector(18);
    assert.match(shown.heading, /not rescued: not scraped$/);
    assert.match(shown.placeholder!, /^Not rescuedBy its rescue map, partly\.img holds no data in sector 18/);
    await until('sectors are counted', async () => (await landmarks()).includes('Not rescued10'));
    await driver.screenshot('maps-device');
    await grid().click('[data-landmark="notRescued"] [title^="Next"]');
    await loaded(19);
    await grid().click('[data-landmark="bad"] [title^="Previous"]');
    await until('the bad sector is reached', async () =>
      (await grid().texts('.status-place'))[0]!.startsWith('Sector 17 '),
    );
    const read = await call<{ failed: unknown; notRescued: unknown }>('remap.read', 'partly', {
      sector: 15,
      count: 5,
    });
    assert.deepEqual([read.failed, read.notRescued], [[[16, 4]], [[18, 2]]]);
  });

  it('that say so are shown with images in the side bar', async () => {
    await sparseFile(folder.file('tree.img'), SECTORS * 512);
    await writeFile(folder.file('tree.mapfile'), MAP);
    await call('workbench.view.extension.remap');
    await call('remap.refresh');
    await driver.workbench.waitFor(rowOf('Image tree.img, 2 MiB · tree.mapfile fits, not used'));
    await driver.screenshot('maps-tree');
  });

  it('of a device are offered in its editor and named by its file from then on', async () => {
    const path = folder.file('other.remap');
    await call('remap.createDevice', { path, mainSectors: SECTORS, spareSectors: SECTORS });
    await call('remap.openSectors', path);
    await loaded(0);
    await writeFile(folder.file('other.mapfile'), MAP);
    await until('the map is offered', async () =>
      (await grid().texts('.notice:not([hidden])')).join().startsWith('other.mapfile fits other.img'),
    );
    await call('workbench.view.extension.remap');
    await driver.workbench.waitFor(rowOf('Device other, active, 0 remaps, other.mapfile not used'));
    await driver.screenshot('maps-device-offered');
    await grid().click('.notice button');
    await until('the map is used', async () => {
      const { badSectors, notRescued } = await call<{ badSectors: number; notRescued: number }>(
        'remap.getDevice',
        'other',
      ).catch(() => ({ badSectors: 0, notRescued: 0 }));
      return badSectors === 2 && notRescued === 10;
    });
    assert.match(await readFile(path, 'utf8'), /"map": "other\.mapfile"/);
    await until('the device is shown again', async () => (await landmarks()).includes('Not rescued10'));
    await driver.workbench.waitFor(rowOf('Device other, active, 0 remaps, 2 bad sectors, 10 not rescued'));
  });

  it('that another program changes are taken over while the device is in use', async () => {
    const map = folder.file('other.mapfile');
    await writeFile(map, MAP.replace('0x2400 0x200 /', '0x2400 0x200 -'));
    await until('the finding is taken over', async () => {
      const { badSectors } = await call<{ badSectors: number }>('remap.getDevice', 'other');
      return badSectors === 3;
    });
  });

  it('are kept when all is cleared from code', async () => {
    await call('remap.injectErrors', 'other', { sectors: [[100, 4]] });
    const { badSectors, notRescued, kept } = await call<{
      badSectors: number;
      notRescued: number;
      kept: string[];
    }>('remap.clearErrors', 'other');
    assert.deepEqual([badSectors, notRescued], [0, 0]);
    assert.equal(kept.length, 1);
    assert.match(await readFile(kept[0]!, 'utf8'), /-/);
  });

  it('that another program wrote are asked about before all is cleared', async () => {
    const device = { treeReference: true, deviceKey: folder.file('partly.remap') };
    await call('notifications.clearAll');
    await call('remap.clearErrors', device);
    // The window shows no dialogs in tests, and refuses them: what was asked about is not done.
    await until('a dialog was refused', async () => {
      await call('notifications.showList');
      const shown = await driver.workbench.texts('.notification-list-item-message');
      return shown.some((text) => text.includes('dialog'));
    });
    await call('notifications.clearAll');
    const { badSectors, notRescued } = await call<{ badSectors: number; notRescued: number }>(
      'remap.getDevice',
      'partly',
    );
    assert.deepEqual([badSectors, notRescued], [2, 10]);
  });
});
