import assert from 'node:assert/strict';
import type { MappedImage } from '../../../src/devices/imageSituations';
import { MODULE_NAMES } from '../../../src/engine';
import { GuidanceSource } from '../../../src/views/guidanceSource';
import type { TreeNode } from '../../../src/views/treeNode';
import { freeImage } from '../../support/extension/freeImage';
import { turns } from '../../support/turns';

const main = freeImage('/w/field.img', 204_800);
const spare = freeImage('/w/field-spare.img', 102_400, { mainSectorCount: 204_800 });

/** A workspace whose images take as long to look through as the test wants. */
class Workspace {
  hasDevice = false;
  isRestarting = false;
  isLoaded = true;
  refreshes = 0;
  looks = 0;
  readonly policy = { isTrusted: true };
  readonly #answers: ((images: MappedImage[]) => void)[] = [];
  readonly source = new GuidanceSource(this as never, () => this.refreshes++);
  readonly machine = {
    modules: () => MODULE_NAMES.map((name) => ({ name, loaded: this.isLoaded, usedBy: [] })),
  };

  entries() {
    return this.hasDevice ? [{}] : [];
  }

  freeImages(): Promise<MappedImage[]> {
    this.looks++;
    return new Promise((resolve) => this.#answers.push(resolve));
  }

  async find(...images: MappedImage[]): Promise<void> {
    for (const answer of this.#answers.splice(0)) answer(images);
    await turns(3);
  }
}

const labels = (nodes: readonly TreeNode[]) => nodes.map((node) => node.look().label);

describe('the source of the guidance', () => {
  it('waits for a look at the images where there is no device', async () => {
    const workspace = new Workspace();
    const items = workspace.source.items();
    await workspace.find(main, spare);
    assert.deepEqual(labels(await items), ['field-spare.img belongs to field.img']);
    assert.equal(workspace.refreshes, 0);
  });

  it('lets devices not wait, and refreshes when something else was found', async () => {
    const workspace = new Workspace();
    workspace.hasDevice = true;
    assert.deepEqual(labels(await workspace.source.items()), []);
    assert.deepEqual(labels(await workspace.source.items()), []);
    await workspace.find(main, spare);
    assert.equal(workspace.refreshes, 1);
    assert.deepEqual(labels(await workspace.source.items()), ['field-spare.img belongs to field.img']);
    await workspace.find(main, spare);
    assert.equal(workspace.refreshes, 1);
  });

  it('looks again when images change during a look, which may have missed what is new', async () => {
    const workspace = new Workspace();
    const first = workspace.source.items();
    await turns(1);
    workspace.source.imagesChanged();
    const second = workspace.source.items();
    await workspace.find();
    await workspace.find(main, spare);
    for (const items of [first, second]) {
      assert.deepEqual(labels(await items), ['field-spare.img belongs to field.img']);
    }
  });

  it('searches the workspace no more while its images stay as they are: a view is refreshed for much else', async () => {
    const workspace = new Workspace();
    const first = workspace.source.items();
    await workspace.find(main, spare);
    for (const items of [await first, await workspace.source.items(), await workspace.source.items()])
      assert.deepEqual(labels(items), ['field-spare.img belongs to field.img']);
    assert.equal(workspace.looks, 1);
    workspace.source.imagesChanged();
    const changed = workspace.source.items();
    await workspace.find();
    assert.deepEqual([labels(await changed), workspace.looks], [[], 2]);
  });

  it('says nothing of modules while a reload takes them away', async () => {
    const workspace = new Workspace();
    workspace.hasDevice = true;
    workspace.isLoaded = false;
    assert.deepEqual(labels(await workspace.source.items()), ['No device can be assembled']);
    workspace.isRestarting = true;
    assert.deepEqual(labels(await workspace.source.items()), []);
  });
});
