import { basename } from 'node:path';
import { describeFlakey } from '../contract/faultWords';
import { countUnreadable, formatCount, formatSize, plural } from '../contract/wording';
import type { RemapDevice } from '../engine';
import { mediumNode, spareView } from './mediumNodes';
import { childOf, icons, type NodeLook, type TreeNode } from './treeNode';

/** The item of a device's layers, from the dm-remap target down to the images. */
export function layersNode(parent: TreeNode, device: RemapDevice, reference: string): TreeNode {
  const look = () => {
    const info = device.info();
    const faults = [...(info.flakey ? ['main fails on purpose'] : []), ...countUnreadable(info)];
    const isHealthy = faults.length === 0;
    return {
      label: 'Layers',
      description: isHealthy ? 'no faults' : faults.join(', '),
      icon: { id: 'layers' },
      contextValue: isHealthy ? 'layers.healthy' : 'layers.failing',
      tooltip: () => ['What a read or write goes through, from the device down to the image files'],
    };
  };
  return childOf(parent, 'layers', look, (self) => layerNodes(self, device, reference));
}

function layerNodes(self: TreeNode, device: RemapDevice, reference: string): TreeNode[] {
  const { sectors, main, spare, spareSectors, spareFree } = device.info();
  const spares = [spare].flat();
  return [
    childOf(self, 'target', {
      label: 'dm-remap',
      description: formatSize(sectors),
      icon: { id: 'symbol-structure' },
      tooltip: () => [
        'Serves remapped sectors from the spare, and all others from main. A sector of main that fails a write is remapped.',
        `${plural(sectors, 'sector')}, ${formatSize(sectors)}`,
      ],
      opens: [reference, { view: 'device' }],
    }),
    childOf(self, 'flakey', () => flakeyLook(device)),
    mediumNode(self, device, reference),
    childOf(self, 'main', {
      ...imageLook(main, `main, ${formatSize(sectors)}`, device),
      opens: [reference, { view: 'main' }],
    }),
    ...spares.map((path, i) =>
      childOf(self, `spare${i}`, {
        ...imageLook(path, spares.length > 1 ? `spare ${i}` : spareFacts(spareSectors, spareFree), device),
        opens: [reference, { view: spareView(i) }],
      }),
    ),
  ];
}

function flakeyLook(device: RemapDevice): NodeLook {
  const { flakeyTable } = device;
  return {
    label: 'dm-flakey',
    description: flakeyTable === null ? 'passes everything on' : describeFlakey(flakeyTable),
    icon: flakeyTable === null ? { id: 'pulse' } : icons.warning,
    tooltip: () => [
      'A layer over main that fails on purpose, to test with: the kernel calls it dm-flakey.',
      flakeyTable === null
        ? 'Now it passes everything on'
        : `Now it ${describeFlakey(flakeyTable)} (${flakeyTable})`,
    ],
  };
}

/** An image that is displaced says so, and has the menu of its device's line about it. */
function imageLook(path: string, description: string, { displaced }: RemapDevice): NodeLook {
  const found = displaced.find((image) => image.path === path);
  if (!found) {
    return { label: basename(path), description, icon: { id: 'file-binary' }, tooltip: () => [path] };
  }
  return {
    label: basename(path),
    description: `${description}, displaced`,
    icon: icons.warning,
    contextValue: 'displaced',
    tooltip: () => [path, found.reason],
  };
}

function spareFacts(spareSectors: number, spareFree: number): string {
  return `spare, ${formatSize(spareSectors)}, room for ${formatCount(spareFree)} more`;
}
