import assert from 'node:assert/strict';
import { appendFile, rm, writeFile } from 'node:fs/promises';
import { formatMoment } from '../../../src/contract/wording';
import type { DeviceEntry } from '../../../src/devices/deviceEntry';
import { Verdicts } from '../../../src/devices/verdicts';
import { RESTRICTED } from '../../../src/devices/writePolicy';
import { createImages, Machine, type RemapDevice } from '../../../src/engine';
import type { Arrangement } from '../../../src/views/deviceOrder';
import { DeviceTree } from '../../../src/views/deviceTree';
import type { TreeNode } from '../../../src/views/treeNode';
import { tempFolder } from '../../support/tempFolder';

const markers = { sectors: [1000, 2000], text: 'test_data_{sector}' };

interface Layout {
  readonly flakey?: string | null;
  readonly mainSectors?: number;
  readonly spareSectors?: number;
}

/** The tree as a person sees it: label and description, indented, down to a depth. */
async function outline(nodes: readonly TreeNode[], depth: number, indent = ''): Promise<string[]> {
  const lines: string[] = [];
  for (const node of nodes) {
    const { label, description } = node.look();
    lines.push(`${indent}${label}${description === undefined ? '' : ` | ${description}`}`);
    if (depth > 1 && node.children)
      lines.push(...(await outline(await node.children(), depth - 1, `${indent}  `)));
  }
  return lines;
}

async function child(node: TreeNode, label: string): Promise<TreeNode> {
  const found = (await node.children!()).find((each) => each.look().label === label);
  return found ?? assert.fail(`${node.id} has no ${label}`);
}

describe('device tree', () => {
  const folder = tempFolder();
  let machine: Machine;
  let verdicts: Verdicts;
  let known: DeviceEntry[];
  let tree: DeviceTree;
  let arrangement: Arrangement;
  const policy = { isTrusted: true };

  beforeEach(() => {
    machine = new Machine();
    verdicts = new Verdicts();
    machine.onEvent((event) => verdicts.follow(event));
    known = [];
    arrangement = { order: 'trouble', filter: '' };
    policy.isTrusted = true;
    tree = new DeviceTree(
      {
        entries: () => known,
        entry: (key) => known.find(({ deviceKey }) => deviceKey === key),
        verdicts,
        policy,
      },
      () => arrangement,
    );
  });

  afterEach(() => machine.close().catch(() => undefined));

  it('says above all devices that the workspace is in Restricted Mode, with the way to manage trust', async () => {
    const device = await assemble('disk');
    await machine.remove('disk');
    const readOnly = await machine.create({ ...device.spec, readOnly: RESTRICTED });
    known = known.map((entry) => ({ ...entry, device: readOnly }));
    assert.deepEqual(
      tree.roots().map((node) => node.look().label),
      ['disk'],
    );
    policy.isTrusted = false;
    const [restricted, disk] = tree.roots();
    const { label, description, runs } = restricted!.look();
    assert.deepEqual(
      [label, description, runs?.command],
      ['Restricted Mode', 'Manage Trust', 'workbench.trust.manage'],
    );
    assert.match(disk!.look().contextValue ?? '', /^device\.assembled\.readonly\.openedReadOnly/);
    const reasons = (await disk!.children!()).map((node) => node.look().label);
    assert.equal(reasons[0], `opened read-only: ${RESTRICTED}`);
    known = [];
    assert.deepEqual(tree.roots(), []);
  });

  async function assemble(
    name: string,
    { flakey = null, mainSectors = 204_800, spareSectors = 102_400 }: Layout = {},
  ): Promise<RemapDevice> {
    const main = folder.path(`${name}.img`);
    const spare = folder.path(`${name}-spare.img`);
    await createImages({ main, mainSectors, spare, spareSectors });
    const deviceFile = folder.path(`${name}.remap`);
    const device = await machine.create({ name, deviceFile, main, spares: [spare], flakey, markers });
    known.push({ deviceKey: deviceFile, name, deviceFile, content: undefined, device, problem: undefined });
    return device;
  }

  it('shows a healthy device', async () => {
    const device = await assemble('disk');
    assert.deepEqual(await outline(tree.roots(), 2), [
      'disk | active · 0 remaps',
      '  Layers | no faults',
      '  Remaps | 0',
      '  Markers | 2, not verified',
      '  Metadata | 5 of 5 copies valid',
      '  Health | 100 of 100  █████',
      `  Statistics | 0 requests since ${formatMoment(device.details.countingSince)}`,
    ]);
  });

  it('shows that an image is displaced: in state, reason line and what menus go by (R13)', async () => {
    const device = await assemble('disk');
    assert.equal(tree.roots()[0]!.look().contextValue, 'device.assembled.active.file');
    await rm(folder.path('disk.img'));
    await device.checkPlaces();
    const [root] = tree.roots();
    assert.deepEqual(
      [root!.look().description, root!.look().contextValue],
      ['image displaced · read-only · 0 remaps', 'device.assembled.readonly.displaced.file'],
    );
    const [reason] = await root!.children!();
    assert.equal(reason!.look().label, 'disk.img was deleted while it was open');
    assert.deepEqual([reason!.look().contextValue, reason!.deviceKey], ['displaced', root!.deviceKey]);
    const images = (await (await child(root!, 'Layers')).children!()).slice(-2).map((node) => node.look());
    assert.deepEqual(
      images.map(({ label, description, contextValue }) => [label, description, contextValue]),
      [
        ['disk.img', 'main, 100 MiB, displaced', 'displaced'],
        [
          'disk-spare.img',
          `spare, 50 MiB, room for ${device.info().spareFree.toLocaleString('en')} more`,
          undefined,
        ],
      ],
    );
    assert.deepEqual(images[0]!.tooltip(), [
      folder.path('disk.img'),
      `${folder.path('disk.img')} was deleted while it was open`,
    ]);
  });

  it('says that an image is not whole sectors, though that degrades nothing', async () => {
    const [main, spare] = [folder.path('disk.img'), folder.path('disk-spare.img')];
    await createImages({ main, mainSectors: 204_800, spare, spareSectors: 102_400 });
    await appendFile(main, 'left');
    const device = await machine.create({
      name: 'disk',
      deviceFile: null,
      main,
      spares: [spare],
      flakey: null,
      markers,
    });
    known.push({
      deviceKey: main,
      name: 'disk',
      deviceFile: null,
      content: undefined,
      device,
      problem: undefined,
    });
    const [title, note] = await outline(tree.roots(), 2);
    assert.equal(title, 'disk | active · 0 remaps');
    const text = `${main} is not whole sectors: 4 bytes after sector 204799 are left as they are`;
    assert.equal(note!.trim(), text);
    assert.deepEqual(device.info().notes, [text]);
  });

  it('shows what went wrong and where the bytes are now', async () => {
    const device = await assemble('disk', { flakey: '0 1 1 error_reads' });
    await device.injectErrors({ sectors: [[1000, 1]] });
    await device.writeMarkers();
    const [root] = tree.roots();
    assert.equal(root!.look().description, 'main fails on purpose · 1 bad sector · 1 remap');
    assert.deepEqual(await outline(await (await child(root!, 'Layers')).children!(), 1), [
      'dm-remap | 100 MiB',
      'dm-flakey | fails reads',
      'medium | 1 bad sector',
      'disk.img | main, 100 MiB',
      `disk-spare.img | spare, 50 MiB, room for ${(device.info().spareFree).toLocaleString('en')} more`,
    ]);
    const { spare } = device.listRemaps().remaps[0]!;
    const [entry] = await (await child(root!, 'Remaps')).children!();
    assert.equal(entry!.look().description, `→ spare sector ${spare}`);
    assert.equal(entry!.look().spoken, `Sector 1000, remapped to spare sector ${spare}`);
    assert.deepEqual(entry!.look().opens, [device.spec.deviceFile, { sector: 1000, view: 'device' }]);
  });

  it('offers a rescue map under another name that fits, in a line with a menu', async () => {
    await assemble('disk');
    const offeredMap = { path: folder.path('disk.log'), badSectors: 2, notRescued: 30 };
    known[0] = { ...known[0]!, offeredMap };
    const [root] = tree.roots();
    assert.equal(root!.look().description, 'disk.log not used · 0 remaps');
    const line = (await root!.children!())[0]!.look();
    assert.deepEqual(
      [line.label, line.description, line.contextValue],
      ['disk.log fits', '2 bad sectors, 30 not rescued, not used', 'offeredMap'],
    );
    const content = { main: '/a/disk.img', spares: ['/a/s.img'], flakey: null, markers: null };
    known[0] = { ...known[0]!, device: undefined, content };
    assert.equal((await tree.roots()[0]!.children!())[0]!.look().contextValue, 'offeredMap');
  });

  it('tells what was injected here from what a map found', async () => {
    await writeFile(folder.path('disk.img.map'), '0x0 ? 1\n0x0 0x400 -\n0x400 0x600 *\n0xA00 0x63FF600 +\n');
    const device = await assemble('disk');
    await device.injectErrors({ sectors: [[5000, 7]] });
    const medium = await child(await child(tree.roots()[0]!, 'Layers'), 'medium');
    assert.deepEqual(medium.look().tooltip().slice(1), [
      `5 sectors found by ${folder.path('disk.img.map')}`,
      '7 sectors injected here',
    ]);
    await device.clearErrors('injected');
    assert.equal(medium.look().tooltip().length, 2);
  });

  it('tells bad sectors and those that were never rescued apart, and counts both', async () => {
    await writeFile(folder.path('disk.img.map'), '0x0 ? 1\n0x0 0x400 -\n0x400 0x600 *\n0xA00 0x63FF600 +\n');
    await assemble('disk');
    const [root] = tree.roots();
    assert.equal(root!.look().description, '2 bad sectors, 3 not rescued · 0 remaps');
    const layers = await child(root!, 'Layers');
    assert.equal(layers.look().description, '2 bad sectors, 3 not rescued');
    const medium = await child(layers, 'medium');
    assert.equal(medium.look().description, '2 bad sectors, 3 not rescued');
  });

  it('shows each marker with its verdict until its sector changes', async () => {
    const device = await assemble('disk');
    await device.writeMarkers();
    await device.write(2000, new Uint8Array(512));
    verdicts.recordMarkers('disk', await device.verifyMarkers());
    const node = await child(tree.roots()[0]!, 'Markers');
    assert.deepEqual(await outline([node], 2), [
      'Markers | 1/2 verified, 1 marker lost',
      '  1000 | from main: "test_data_1000"',
      '  2000 | the sector holds zeros instead of the marker',
    ]);
    await device.write(1000, new Uint8Array(512));
    assert.deepEqual(await outline([node], 2), [
      'Markers | 0/2 verified, 1 marker lost, 1 not verified',
      '  1000 | test_data_1000, not verified',
      '  2000 | the sector holds zeros instead of the marker',
    ]);
  });

  it('shows a marker that was never written as unknown, not as lost', async () => {
    const device = await assemble('disk');
    verdicts.recordMarkers('disk', await device.verifyMarkers({ wasWritten: () => false }));
    const node = await child(tree.roots()[0]!, 'Markers');
    assert.equal(node.look().description, '0/2 verified, 2 never written');
    const look = (await node.children!())[0]!.look();
    assert.equal(look.icon!.id, 'circle-outline');
    assert.match(look.spoken!, /^Sector 1000: never written, /);
  });

  it('shows the five copies, the winner and why a copy is not valid', async () => {
    const device = await assemble('disk');
    const node = await child(tree.roots()[0]!, 'Metadata');
    const copies = await node.children!();
    assert.equal(copies.length, 5);
    assert.match(copies[0]!.look().description!, /^valid(, in use)?$/);
    assert.equal(copies.filter((copy) => copy.look().description!.endsWith('in use')).length, 1);
    await device.injectErrors({ sectors: [[512, 1]], on: 'spare' });
    verdicts.forgetMetadata('disk');
    const third = (await node.children!())[2]!.look();
    assert.match(third.description!, /sector 512 of the spare can't be read/);
    assert.deepEqual(third.opens, [device.spec.deviceFile, { sector: 512, view: 'spare' }]);
  });

  it('pages a long list of remaps, and every entry has one place', async () => {
    const device = await assemble('disk');
    await device.injectErrors({ sectors: [[5000, 2500]] });
    await device.write(5000, new Uint8Array(2500 * 512));
    const node = await child(tree.roots()[0]!, 'Remaps');
    assert.deepEqual(await outline([node], 2), [
      'Remaps | 2,500',
      '  Sectors 5000 – 5999 | 1,000 remaps',
      '  Sectors 6000 – 6999 | 1,000 remaps',
      '  Sectors 7000 – 7499 | 500 remaps',
    ]);
    const entries = (await Promise.all((await node.children!()).map((page) => page.children!()))).flat();
    assert.deepEqual(
      entries.map((entry) => entry.look().label),
      Array.from({ length: 2500 }, (_, i) => `${5000 + i}`),
    );
    assert.equal(new Set(entries.map(({ id }) => id)).size, 2500);
  });

  it('shows why a device is not assembled', async () => {
    const deviceFile = folder.path('broken.remap');
    const problem = new Error(`${deviceFile}:3:1: the file is broken`);
    known.push({
      deviceKey: deviceFile,
      name: 'broken',
      deviceFile,
      content: undefined,
      device: undefined,
      problem,
    });
    const content = { main: '/a/main.img', spares: ['/a/s.img'], flakey: null, markers: null };
    known.push({
      deviceKey: '/a/x.remap',
      name: 'x',
      deviceFile: '/a/x.remap',
      content,
      device: undefined,
      problem: undefined,
    });
    assert.deepEqual(await outline(tree.roots(), 2), [
      'broken | not assembled: broken.remap:3:1: the file is broken',
      '  broken.remap:3:1: the file is broken.',
      '  Open Device File as Text',
      'x | not assembled',
      '  main | main.img',
      '  spare 1 | s.img',
    ]);
    assert.equal(tree.roots()[1]!.look().contextValue, 'device.unassembled.file');
  });

  it('says why a device is degraded', async () => {
    const device = await assemble('disk', { mainSectors: 2048, spareSectors: 1290 });
    await device.injectErrors({ sectors: [[100, 20]] });
    await assert.rejects(device.write(100, new Uint8Array(20 * 512)));
    const [root] = tree.roots();
    assert.match(root!.look().description!, /^spare full · .*degraded · 10 remaps$/);
    const [reason] = await root!.children!();
    assert.equal(reason!.look().label, device.info().reasons[0]);
    assert.equal(reason!.look().icon?.id, 'warning');
  });

  it('opens the only device from the start, also where something happened to it before it was listed', async () => {
    await assemble('a');
    tree.find('a');
    assert.deepEqual(
      tree.roots().map((root) => root.isOpen?.()),
      [true],
    );
    await assemble('b');
    assert.deepEqual(
      tree.roots().map((root) => root.isOpen?.()),
      [false, false],
    );
  });

  it('finds by its name the device that is assembled, not another device file of that name', async () => {
    known.push({
      deviceKey: '/other/a.remap',
      name: 'a',
      deviceFile: '/other/a.remap',
      content: undefined,
      device: undefined,
      problem: undefined,
    });
    await assemble('a');
    assert.equal(tree.find('a')?.deviceKey, folder.path('a.remap'));
    assert.equal(tree.find('/other/a.remap')?.deviceKey, '/other/a.remap');
  });

  it('keeps its top items, names each item once, and knows every parent', async () => {
    await assemble('a');
    await assemble('b');
    const roots = tree.roots();
    assert.deepEqual(tree.roots(), roots);
    assert.equal(tree.roots()[0], roots[0]);
    assert.equal(tree.find('b'), roots[1]);
    const ids = new Set<string>();
    const visit = async (node: TreeNode): Promise<void> => {
      assert.ok(!ids.has(node.id), node.id);
      ids.add(node.id);
      for (const each of (await node.children?.()) ?? []) {
        assert.equal(each.parent, node);
        assert.equal(each.deviceKey, node.deviceKey);
        await visit(each);
      }
    };
    for (const root of roots) await visit(root);
    known.pop();
    assert.equal(tree.roots().length, 1);
  });

  it('lists what is troubled first, and knows when the list is to be given anew', async () => {
    const [, second] = [await assemble('dev2'), await assemble('dev10')];
    const labels = () => tree.roots().map((node) => node.look().label);
    assert.deepEqual(labels(), ['dev2', 'dev10']);
    assert.equal(tree.isRearranged(), false);
    await second.injectErrors({ sectors: [[1000, 1]] });
    assert.equal(tree.isRearranged(), true);
    assert.deepEqual(labels(), ['dev10', 'dev2']);
    assert.equal(tree.isRearranged(), false);
    known.pop();
    assert.equal(tree.isRearranged(), true);
  });

  it('says above the devices that a filter hides some, and lists all at a click', async () => {
    await assemble('dev2');
    await assemble('dev10');
    arrangement = { order: 'name', filter: 'dev10' };
    const [line, ...others] = tree.roots().map((node) => node.look());
    assert.deepEqual([line!.label, line!.description], ['1 of 2 devices', 'match “dev10” · Clear Filter']);
    assert.equal(line!.runs!.command, 'remap.clearDeviceFilter');
    assert.deepEqual(
      others.map(({ label }) => label),
      ['dev10'],
    );
    assert.deepEqual([tree.hides(tree.find('dev2')!), tree.hides(tree.find('dev10')!)], [true, false]);
  });
});
