import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import * as vscode from 'vscode';
import type { Comparison } from '../../src/engine/device/compareDisks';
import type { MergedRescue } from '../../src/engine/device/mergeRescues';
import { commands } from '../../src/manifest';
import { driver } from '../support/extension/driver';
import { closeAll, shownSector } from '../support/extension/editor';
import { call, Folder, fails, until } from '../support/extension/remap';

const folder = new Folder('comparing');
const path = folder.file('pair.remap');

describe('two disks', () => {
  beforeEach(async () => {
    await folder.create();
    await call(commands.createDevice, { path, mainSectors: 20_480, spareSectors: 4096 });
    await call(commands.remapSector, 'pair', 2000);
    await call(commands.write, 'pair', { sector: 2000, base64: Buffer.alloc(512, 7).toString('base64') });
  });

  afterEach(async function () {
    await closeAll.call(this);
    await folder.remove();
  });

  it('are compared from code: a device with its main, an image with another', async () => {
    const found = await call<Comparison>(commands.compare, 'pair', 'pair', { secondFrom: 'main' });
    assert.deepEqual([found.differing, found.unreadableSectors], [[[2000, 1]], 0]);
    const images = [folder.file('a.img'), folder.file('b.img')] as const;
    writeFileSync(images[0], Buffer.alloc(1024, 1));
    writeFileSync(images[1], Buffer.alloc(1024, 2));
    assert.equal((await call<Comparison>(commands.compare, ...images, {})).differingSectors, 2);
    await fails(/^EINVAL: "from"/, commands.compare, 'pair', 'pair', { from: 'above' });
  });

  it('are compared by a person: the report leads to the sectors', async function () {
    driver.require(this);
    const comparing = call(commands.compare, { treeReference: true, deviceKey: path });
    const main = '.quick-input-widget .monaco-list-row[aria-label^="pair main"]';
    await driver.workbench.waitFor(main);
    await driver.type('pair main');
    await driver.workbench.waitFor(`${main}.focused`);
    await driver.press('Enter');
    await comparing;
    const shown = () => vscode.window.activeTextEditor?.document;
    await until('the report is shown', () => shown()?.uri.path === '/pair and pair main compared');
    assert.match(shown()!.getText(), /\n\n2000 {2}differs\n$/);
    await driver.screenshot('comparing-report');
    const [link] = await call<vscode.DocumentLink[]>('vscode.executeLinkProvider', shown()!.uri);
    await call(link!.target!.path, ...JSON.parse(link!.target!.query));
    assert.match((await shownSector(2000)).heading, /2000/);
  });

  it('that are rescues of one become a new image and its map', async () => {
    const [one, other, target] = ['one.img', 'other.img', 'new.img'].map((name) => folder.file(name));
    for (const [image, fill, map] of [
      [one!, 1, '0 512 +\n512 512 -\n'],
      [other!, 2, '0 512 -\n512 512 +\n'],
    ] as const) {
      writeFileSync(image, Buffer.alloc(1024, fill));
      writeFileSync(`${image}.map`, `0 + 1\n${map}`);
    }
    const merged = await call<MergedRescue>(commands.mergeRescues, one, other, { path: target });
    assert.deepEqual([merged.rescuedBytes, merged.takenBytes, merged.differingSectors], [1024, 512, 0]);
    const bytes = readFileSync(target!);
    assert.deepEqual([bytes[0], bytes[512]], [1, 2]);
    await fails(/^EEXIST: /, commands.mergeRescues, one, other, { path: one });
    await fails(/^EBUSY: /, commands.mergeRescues, one, folder.file('pair.img'), {
      path: folder.file('more.img'),
      secondMap: `${one}.map`,
    });
  });
});
