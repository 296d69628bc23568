import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { DeviceInfo } from '../../src/engine/device/deviceContracts';
import { commands, editors } from '../../src/manifest';
import { driver } from '../support/extension/driver';
import { closeAll, shownSector } from '../support/extension/editor';
import { call, Folder, fails, until } from '../support/extension/remap';

const folder = new Folder('reports');
const path = folder.file('told.remap');
const item = { treeReference: true, deviceKey: path };

/** Calls a command as a menu does, and gives the report that it shows. */
async function report(id: string, origin: object, title: string): Promise<vscode.TextDocument> {
  await call(id, origin);
  await until(`the report ${title} is shown`, () => {
    return vscode.window.activeTextEditor?.document.uri.path === `/${title}`;
  });
  return vscode.window.activeTextEditor!.document;
}

/** The links of a report: what a person sees as one, and what runs when it is clicked. */
async function linksIn(document: vscode.TextDocument) {
  const links = await call<vscode.DocumentLink[]>('vscode.executeLinkProvider', document.uri);
  return links.map(({ range, target }) => ({
    text: document.getText(range),
    run: () => call(target!.path, ...JSON.parse(target!.query)),
  }));
}

function openedEditor(): string | undefined {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  return input instanceof vscode.TabInputCustom ? input.viewType : undefined;
}

describe('a report', () => {
  beforeEach(async () => {
    await folder.create();
    await call(commands.createDevice, { path, mainSectors: 20_480, spareSectors: 4096 });
    await call(commands.remapSector, 'told', 2000);
  });

  afterEach(async function () {
    await closeAll.call(this);
    await folder.remove();
  });

  it('of remaps is titled with the device, and its sectors open the sector editor there', async function () {
    driver.require(this);
    const document = await report(commands.listRemaps, item, 'told remaps');
    const links = await linksIn(document);
    assert.deepEqual(
      links.map(({ text }) => text),
      ['2000', '1280'],
    );
    await driver.screenshot('reports-remaps');
    await links[0]!.run();
    assert.match((await shownSector(2000)).heading ?? '', /2000/);
    assert.equal(openedEditor(), editors.sectors);
  });

  it('of metadata copies is titled with the device, and names the places on its spare', async () => {
    const document = await report(commands.checkMetadata, item, 'told metadata copies');
    const links = await linksIn(document);
    assert.deepEqual(
      links.map(({ text }) => text),
      ['0', '256', '512', '768', '1024'],
    );
    await links[1]!.run();
    await until('the sector editor is open', () => openedEditor() === editors.sectors);
  });

  it('of a spare by itself is titled with the image, and opens that', async () => {
    await call(commands.remove, 'told');
    const spare = folder.file('told-spare.img');
    const origin = { treeReference: true, imagePath: spare };
    const document = await report(commands.checkMetadata, origin, 'told-spare.img metadata copies');
    await (await linksIn(document))[0]!.run();
    await until('the image editor is open', () => openedEditor() === editors.image);
    await call(commands.assemble, 'told');
  });

  it('can not be edited', async () => {
    const { uri } = await report(commands.status, item, 'told status');
    assert.equal(vscode.workspace.fs.isWritableFileSystem(uri.scheme) ?? false, false);
    assert.deepEqual(await call('vscode.executeLinkProvider', uri), []);
  });
});

describe('un-remapping a sector', () => {
  before(() => folder.create());
  after(() => folder.remove());

  it('moves its data back to main, asked nothing from code or from its item, and says where main can not be written', async () => {
    await call(commands.createDevice, { path, mainSectors: 20_480, spareSectors: 4096 });
    for (const sector of [2000, 3000]) await call(commands.remapSector, 'told', sector);
    assert.deepEqual(await call(commands.unremapSector, 'told', 2000), { original: 2000, spare: 1280 });
    await call(commands.injectErrors, 'told', { sectors: [[3000, 1]] });
    await fails(
      /^EIO: sector 3000 stays remapped: the main image can't be written there/,
      commands.unremapSector,
      'told',
      3000,
    );
    await fails(/^EINVAL: sector 2000 is not remapped/, commands.unremapSector, 'told', 2000);
    assert.equal((await call<DeviceInfo>(commands.getDevice, 'told')).remaps, 1);
    await call(commands.clearErrors, 'told');
    await call(commands.unremapSector, { ...item, sector: 3000 });
    assert.equal((await call<DeviceInfo>(commands.getDevice, 'told')).remaps, 0);
  });
});
