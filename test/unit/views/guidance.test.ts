import assert from 'node:assert/strict';
import { type MappedImage, situationsOf } from '../../../src/devices/imageSituations';
import { MODULE_NAMES, type ModuleName } from '../../../src/engine';
import { imageGuidance, moduleGuidance } from '../../../src/views/guidance';
import type { TreeNode } from '../../../src/views/treeNode';
import { freeImage } from '../../support/extension/freeImage';

const main = freeImage('/w/field.img', 204_800);
const spare = freeImage('/w/field-spare.img', 102_400, { mainSectorCount: 204_800 });
const counts = { badSectors: 2, notRescued: 3 };

function guide(images: readonly MappedImage[], { isTrusted = true, hasDevices = false } = {}): TreeNode[] {
  return imageGuidance(situationsOf(images), { isTrusted, hasDevices });
}

async function belowOf(node: TreeNode): Promise<TreeNode[]> {
  return (await node.children?.()) ?? [];
}

/** Each sentence with the title of its action, and what that is called with. */
async function told(nodes: readonly TreeNode[]): Promise<unknown[][]> {
  return Promise.all(
    nodes.map(async (node) => {
      const [action] = await belowOf(node);
      const { title, command, arguments: given = [] } = action!.look().runs!;
      return [node.look().spoken, title, command, ...given];
    }),
  );
}

const onImage = (imagePath: string) => ({ treeReference: true, imagePath });

describe('the guidance above the devices', () => {
  it('says to whom a spare belongs, and assembles', async () => {
    assert.deepEqual(await told(guide([main, spare])), [
      ['field-spare.img belongs to field.img', 'Assemble field.img', 'remap.assemble', onImage(spare.path)],
    ]);
    const twins = [main, { ...main, path: '/w/other.img' }, spare];
    assert.deepEqual(await told(guide(twins)), [
      [
        'Which image is main of field-spare.img: field.img or other.img',
        'Choose the Main Image...',
        'remap.assemble',
        onImage(spare.path),
      ],
    ]);
  });

  it('asks which of two images is main, unless their sizes say so', async () => {
    assert.deepEqual(await told(guide([main, freeImage('/w/b.img', 102_400)])), [
      ['Which image is main: field.img or b.img', 'Choose the Main Image...', 'remap.assemble'],
    ]);
    assert.deepEqual(await told(guide([freeImage('/w/b.img', 2000), freeImage('/w/a.img', 20_480)])), [
      ['b.img fits a.img: as its spare', 'Assemble a.img', 'remap.assemble', onImage('/w/a.img')],
    ]);
    const three = ['/w/a.img', '/w/b.img', '/w/c.img'].map((path) => freeImage(path, 20_480));
    assert.equal(guide(three)[0]!.look().spoken, 'Which image is main: one of 3');
  });

  it('offers to look at a spare alone: its copies and its table', async () => {
    const nodes = guide([spare]);
    assert.deepEqual(await told(nodes), [
      [
        'No main image for field-spare.img: it has 100 MiB',
        'Open field-spare.img',
        'remap.openSectors',
        spare.path,
      ],
    ]);
    const labels = (await belowOf(nodes[0]!)).map((node) => node.look().label);
    assert.deepEqual(labels, ['Open field-spare.img', 'Metadata', 'Remaps']);
    const damaged = guide([freeImage('/w/d.img', 8192, { kind: 'damaged' })]);
    assert.equal(damaged[0]!.look().spoken, 'd.img is a damaged spare: no metadata copy is valid');
  });

  it('opens a rescue, or uses a map that fits', async () => {
    const used = freeImage('/w/r.img', 4096, { maps: { used: { path: '/w/r.img.map', ...counts } } });
    assert.deepEqual(await told(guide([used])), [
      ['r.img is a rescue: 2 bad sectors, 3 not rescued', 'Open r.img', 'remap.openSectors', '/w/r.img'],
    ]);
    const offered = freeImage('/w/r.img', 4096, { maps: { offered: { path: '/w/r.log', ...counts } } });
    assert.deepEqual(await told(guide([offered])), [
      ['r.log fits r.img: not used', 'Use r.log', 'remap.useMap', onImage('/w/r.img')],
    ]);
  });

  it('opens an image that has no spare', async () => {
    assert.deepEqual(await told(guide([main])), [
      ['field.img has no spare here', 'Open field.img', 'remap.openSectors', '/w/field.img'],
    ]);
  });

  it('in Restricted Mode assembles read-only, and leads to trust where a spare must be formatted', async () => {
    const [pair] = await told(guide([main, spare], { isTrusted: false }));
    assert.equal(pair![1], 'Assemble field.img Read-Only');
    const [choose] = await told(guide([main, freeImage('/w/b.img', 4096)], { isTrusted: false }));
    assert.deepEqual(choose!.slice(1), ['Manage Workspace Trust', 'workbench.trust.manage']);
  });

  it('beside devices says only what is a device too', async () => {
    const single = freeImage('/w/b.img', 8192);
    assert.equal(guide([main, spare, single], { hasDevices: true }).length, 1);
    assert.equal(guide([single], { hasDevices: true }).length, 0);
  });

  it('shows sentence and action from the start, each with a tooltip', async () => {
    for (const node of guide([main, spare])) {
      assert.ok(node.isOpen?.());
      assert.deepEqual(node.look().tooltip?.(), [
        'field-spare.img belongs to field.img.',
        'The metadata on field-spare.img name a main image of 100 MiB.',
      ]);
      const [action] = await belowOf(node);
      assert.equal(action!.look().spoken, 'Assemble field.img, action');
      assert.deepEqual(action!.look().tooltip?.(), ['Assemble field.img']);
    }
  });

  it('says which missing modules keep devices from being assembled, or lose their remaps', async () => {
    const without = (...missing: ModuleName[]) =>
      moduleGuidance(MODULE_NAMES.map((name) => ({ name, loaded: !missing.includes(name), usedBy: [] })));
    assert.deepEqual(without(), []);
    assert.deepEqual(without('spare-pool'), []);
    assert.deepEqual(await told(without('real')), [
      [
        'No device can be assembled: the module real isn’t loaded',
        'Load All Modules',
        'remap.loadAllModules',
      ],
    ]);
    const [metadata] = without('metadata', 'spare-pool');
    assert.deepEqual(metadata!.look().tooltip?.(), [
      'Remaps are lost in a reload: the module metadata isn’t loaded.',
      'Not loaded: dm-remap-v4-metadata, dm-remap-v4-spare-pool',
    ]);
  });
});
