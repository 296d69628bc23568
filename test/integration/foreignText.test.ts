import assert from 'node:assert/strict';
import { rename } from 'node:fs/promises';
import * as vscode from 'vscode';
import { Verdicts } from '../../src/devices/verdicts';
import { createImages, Machine, printable } from '../../src/engine';
import { DeviceTree } from '../../src/views/deviceTree';
import { imageNodes } from '../../src/views/imageNodes';
import { NodeProvider } from '../../src/views/nodeProvider';
import type { TreeNode } from '../../src/views/treeNode';
import { driver } from '../support/extension/driver';
import { call, Folder, until } from '../support/extension/remap';
import { HOSTILE_NAMES } from '../support/hostileNames';
import { tempFolder } from '../support/tempFolder';

const folder = new Folder('hostile');
const sizes = { mainSectors: 4096, spareSectors: 4096 };

/** The hostile names that can be a file's. */
const fileNames = [...new Set(HOSTILE_NAMES.map((name) => name.replaceAll('/', '&#47;')))];

/** Each try has one of its own. */
const images = tempFolder();

/** Checks an item and all below it as VS Code gets them. @returns how many there were */
async function walk(provider: NodeProvider, nodes: readonly TreeNode[]): Promise<number> {
  let count = 0;
  for (const node of nodes) {
    const item = provider.resolveTreeItem(provider.getTreeItem(node), node);
    const texts = [item.label, item.description ?? '', item.accessibilityInformation?.label ?? ''];
    for (const text of [...texts, ...String(item.tooltip ?? '').split('\n')]) {
      assert.equal(typeof text, 'string');
      assert.equal(text, printable(text as string));
    }
    // An object would be Markdown.
    assert.ok(item.tooltip === undefined || typeof item.tooltip === 'string');
    count += 1 + (await walk(provider, (await node.children?.()) ?? []));
  }
  return count;
}

describe('names that are syntax', () => {
  beforeEach(() => folder.create());

  afterEach(async () => {
    await call('workbench.action.closeAllEditors');
    await folder.remove();
  });

  it('are plain text in every label and tooltip of the side bar', async () => {
    const machine = new Machine();
    const verdicts = new Verdicts();
    const provider = new NodeProvider(() => []);
    try {
      for (const [i, name] of fileNames.entries()) {
        const paths = { main: images.path(`${name}-${i}.img`), spare: images.path(`${name}-${i}-spare.img`) };
        await createImages({ ...paths, ...sizes });
        const markers = { sectors: [1000], text: `${name.replace(/[\r\n\u2028]/g, ' ')} {sector}` };
        const spec = { main: paths.main, spares: [paths.spare], flakey: null, markers };
        const deviceFile = folder.file(`${name}.remap`);
        const device = await machine.create({ ...spec, name, deviceFile });
        await device.injectErrors({ sectors: [[1000, 1]] });
        await device.writeMarkers();
        verdicts.recordMarkers(name, await device.verifyMarkers());
        const known = { deviceKey: deviceFile, name, deviceFile, content: undefined };
        const entries = [
          { ...known, device, problem: undefined },
          { ...known, deviceKey: 'other', device: undefined, problem: new Error(name) },
        ];
        const tree = new DeviceTree({
          entries: () => entries,
          entry: (key) => entries.find(({ deviceKey }) => deviceKey === key),
          verdicts,
          policy: { isTrusted: true },
        });
        assert.ok((await walk(provider, tree.roots())) > 20, name);
        const counts = { path: name, badSectors: 1, notRescued: 1 };
        const maps = { used: null, offered: counts, problem: null };
        const fileFacts = { path: paths.main, sectorCount: 1, inspection: undefined };
        const image = { ...fileFacts, problem: new Error(name), maps };
        await walk(
          provider,
          imageNodes([image], (path) => path),
        );
      }
    } finally {
      await machine.close();
      provider.dispose();
    }
  });

  it('make no image in the tooltip of a device, and no icon in the status bar', async function () {
    driver.require(this);
    const name = '![a](https:&#47;&#47;host&#47;p.png) $(zap)';
    await call('remap.createDevice', { path: folder.file('plain.remap'), ...sizes });
    await call('remap.remove', 'plain');
    await rename(folder.file('plain.remap'), folder.file(`${name}.remap`));
    await until('the device is known', async () => {
      await call('remap.assemble', folder.file(`${name}.remap`));
      return true;
    });
    await call('workbench.view.extension.remap');
    await call('remap.showDevice', { treeReference: true, deviceKey: folder.file(`${name}.remap`) });
    const item = `.statusbar-item:has-text("![a](https:")`;
    await driver.workbench.waitFor(item);
    const icons = await driver.workbench.evaluate(() => {
      const items = [...document.querySelectorAll('.statusbar-item')];
      const ours = items.find((each) => each.textContent?.includes('![a]'));
      return { text: ours?.textContent ?? '', icons: ours?.querySelectorAll('.codicon').length };
    });
    assert.match(icons.text, /\$\(zap\): active/);
    assert.equal(icons.icons, 1);
    await until('the hover is open', async () => {
      await call('list.showHover');
      return (await driver.workbench.texts('.workbench-hover')).some((text) => text.includes('![a](https:'));
    });
    const hover = await driver.workbench.evaluate(() => {
      const shown = document.querySelector('.workbench-hover')!;
      return { text: shown.textContent ?? '', made: shown.querySelectorAll('img, a, .codicon').length };
    });
    assert.ok(hover.text.includes(`${name}: active`), hover.text);
    assert.equal(hover.made, 0);
    await driver.screenshot('foreign-text-tooltip');
  });

  it('make no link in a notification', async function () {
    driver.require(this);
    const name = '[click](command:workbench.action.quit) $(zap).img';
    const uri = vscode.Uri.file(folder.file(name));
    void call('remap.checkMetadata', uri, [uri]);
    await call('notifications.showList');
    await driver.workbench.waitFor('.notification-list-item-message:has-text("[click]")');
    const links = await driver.workbench.evaluate(
      () => document.querySelectorAll('.notification-list-item-message a').length,
    );
    assert.equal(links, 0);
    await driver.screenshot('foreign-text-notification');
    await call('notifications.clearAll');
  });
});
