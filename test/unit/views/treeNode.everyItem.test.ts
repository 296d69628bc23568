import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import type { DeviceEntry } from '../../../src/devices/deviceEntry';
import type { ShownExport } from '../../../src/devices/deviceExports';
import { Verdicts } from '../../../src/devices/verdicts';
import { createImages, type DeviceSpec, Machine, type RemapDevice } from '../../../src/engine';
import { DeviceTree } from '../../../src/views/deviceTree';
import { imageNodes } from '../../../src/views/imageNodes';
import { moduleNodes } from '../../../src/views/moduleNodes';
import { RemapLists } from '../../../src/views/remapLists';
import { spokenOf, type TreeNode } from '../../../src/views/treeNode';
import { strayEntries } from '../../support/device/kernelDevices';
import { tempFolder } from '../../support/tempFolder';

/** Words of the kernel and of our code, which say nothing to a person where they stand alone. */
const JARGON =
  /flakey layer|\bhealthy\b|\bsequence\b|\bcounts\b|\bstale\b|\bI\/Os\b|sectors remapped|hotspot/i;

const EXPORT: ShownExport = {
  ...{
    name: 'all',
    device: 'all',
    uri: 'nbd://127.0.0.1:1/all',
    socket: null,
    from: 'device',
    readOnly: false,
  },
  ...{
    clients: 1,
    reads: 1,
    writes: 1,
    flushes: 1,
    bytesRead: 1,
    bytesWritten: 1,
    errors: 1,
    lastError: 'it failed',
  },
  rates: { reads: 1, writes: 1, flushes: 1, bytesRead: 1, bytesWritten: 1 },
};

/** All items, each opened as far as it goes. */
async function allOf(nodes: readonly TreeNode[]): Promise<TreeNode[]> {
  const below = await Promise.all(nodes.map(async (node) => allOf((await node.children?.()) ?? [])));
  return [...nodes, ...below.flat()];
}

/** The last word of an item's id without its numbers: the kind of item that it is. */
function kindOf({ id }: TreeNode): string {
  return id.slice(id.lastIndexOf('/') + 1).replaceAll(/\d+/g, '#');
}

describe('every item of the views', () => {
  const { path } = tempFolder();
  let machine: Machine;

  beforeEach(() => {
    machine = new Machine();
  });

  afterEach(() => machine.close().catch(() => undefined));

  async function deviceWithEverything(): Promise<RemapDevice> {
    const [main, spare] = [path('main.img'), path('spare.img')];
    await createImages({ main, mainSectors: 204_800, spare, spareSectors: 102_400 });
    await writeFile(`${main}.map`, '0x0 ? 1\n0x0 0x400 -\n0x400 0x600 *\n0xA00 0x63FF600 +\n');
    const markers = { sectors: Array.from({ length: 1001 }, (_, i) => 50_000 + i), text: 'm{sector}' };
    const spec: DeviceSpec = { name: 'all', deviceFile: null, main, spares: [spare], flakey: null, markers };
    const device = await machine.create(spec);
    await device.injectErrors({ sectors: [[1000, 2500]] });
    await device.write(1000, new Uint8Array(2500 * 512));
    const scattered = Array.from({ length: 1001 }, (_, i) => [100_000 + 2 * i, 1] as const);
    await device.injectErrors({ sectors: scattered, mode: 'dust' });
    await device.injectErrors({ sectors: [[70_000, 3]], on: 'spare' });
    await device.injectErrors({ flakey: '5 2 1 error_writes' });
    return device;
  }

  async function nodesOfDevices(): Promise<TreeNode[]> {
    const verdicts = new Verdicts();
    const device = await deviceWithEverything();
    verdicts.recordMarkers('all', await device.verifyMarkers({ sectors: [50_000] }));
    const strays = await machine.create((await strayEntries(path)).spec);
    const displaced = { main: path('gone.img'), spare: path('gone-spare.img') };
    await createImages({ ...displaced, mainSectors: 4096, spareSectors: 4096 });
    const markers = { sectors: [1], text: 'x' };
    const gone = await machine.create({
      name: 'gone',
      deviceFile: null,
      main: displaced.main,
      spares: [displaced.spare],
      flakey: null,
      markers,
    });
    await rm(displaced.main);
    await gone.checkPlaces();
    const content = { main: '/a/main.img', spares: ['/a/s.img'], flakey: null, markers: null };
    const offeredMap = { path: '/a/x.log', badSectors: 2, notRescued: 3 };
    const blank = { deviceFile: null, content: undefined, device: undefined, problem: undefined };
    const entries: DeviceEntry[] = [
      ...[device, strays, gone].map((each) => ({
        ...blank,
        deviceKey: each.name,
        name: each.name,
        device: each,
      })),
      { ...blank, deviceKey: 'x', name: 'x', content, offeredMap },
      { ...blank, deviceKey: 'broken', name: 'broken', problem: new Error('the file is broken') },
    ];
    const lists = new RemapLists();
    lists.change('all', {
      order: 'errors',
      isDescending: true,
      filter: { minErrors: 0 },
      filterText: 'errors:0+',
    });
    const entry = (key: string) => entries.find(({ deviceKey }) => deviceKey === key);
    const exports = { of: (each: RemapDevice) => (each === device ? [EXPORT] : []) };
    const source = { entries: () => entries, entry, verdicts, policy: { isTrusted: false }, exports };
    const filtered = new DeviceTree(source, () => ({ order: 'name', filter: 'not assembled' }));
    return allOf([...new DeviceTree(source, undefined, lists).roots(), filtered.roots()[1]!]);
  }

  function otherNodes(): TreeNode[] {
    const copies = Array.from({ length: 5 }, (_, index) => ({ index, sector: index * 256, valid: true }));
    const kinds = ['blank', 'metadata', 'damaged', 'foreign', 'script'] as const;
    const images = kinds.map((kind) => ({
      path: `/w/${kind}.img`,
      sectorCount: 2048,
      inspection: { kind, copies, winner: null, sequence: 0, remaps: 0 },
      problem: undefined,
      maps: { used: null, offered: null, problem: null },
    }));
    return [
      ...imageNodes(images as never, (each) => each),
      ...moduleNodes({ modules: machine.modules() }),
      ...moduleNodes({ modules: machine.modules(), scenario: 'soak' }),
    ];
  }

  it('has a tooltip with its facts and something to say to a screen reader, without jargon', async () => {
    const nodes = [...(await nodesOfDevices()), ...otherNodes()];
    for (const node of nodes) {
      const look = node.look();
      const lines = look.tooltip();
      assert.ok(lines.length > 0 && lines.every((line) => line.trim() !== ''), `${node.id} has no tooltip`);
      const spoken = spokenOf(look);
      assert.ok(spoken.trim() !== '', `${node.id} says nothing`);
      assert.doesNotMatch(spoken, /[█░→]/, node.id);
      const shown = [look.label, look.description ?? '', spoken].join(' | ');
      assert.doesNotMatch(shown, JARGON, node.id);
    }
    const kinds = new Set(nodes.map(kindOf));
    const expected = [
      ...[
        'layers',
        'target',
        'flakey',
        'medium',
        'main',
        'spare#',
        'run#',
        'page#+#',
        'remaps',
        'strays',
        '#',
      ],
      ...[
        'markers',
        'metadata',
        'table',
        'health',
        'errorRate',
        'statistics',
        'reads',
        'reason#',
        'offeredMap',
        'filter',
      ],
    ];
    for (const kind of expected) assert.ok(kinds.has(kind), `no item of kind ${kind}`);
  });
});
