import { basename } from 'node:path';
import { countUnreadable, formatCount, formatSize, plural } from '../contract/wording';
import type { DeviceInfo, RemapDevice } from '../engine';
import { childOf, icons, type NodeLook, type TreeNode } from './treeNode';

/** The item of a device's layers, from the dm-remap target down to the images. */
export function layersNode(parent: TreeNode, device: RemapDevice, reference: string): TreeNode {
  const look = () => {
    const info = device.info();
    const faults = [...(info.flakey ? ['flakey'] : []), ...countUnreadable(info)];
    const isHealthy = faults.length === 0;
    return {
      label: 'Layers',
      description: isHealthy ? 'healthy' : faults.join(', '),
      icon: { id: 'layers' },
      contextValue: isHealthy ? 'layers.healthy' : 'layers.failing',
    };
  };
  return childOf(parent, 'layers', look, (self) => layerNodes(self, device, reference));
}

function layerNodes(self: TreeNode, device: RemapDevice, reference: string): TreeNode[] {
  const info = device.info();
  const { sectors, flakey, main, spare, spareSectors, spareFree } = info;
  const spares = [spare].flat();
  const unreadable = countUnreadable(info);
  return [
    childOf(self, 'target', {
      label: 'dm-remap',
      description: formatSize(sectors),
      icon: { id: 'symbol-structure' },
      tooltip: () => [plural(sectors, 'sector')],
      opens: [reference, { view: 'device' }],
    }),
    childOf(self, 'flakey', {
      label: 'dm-flakey',
      description: flakey ?? 'healthy',
      icon: flakey ? icons.warning : { id: 'pulse' },
    }),
    childOf(self, 'medium', {
      label: 'medium',
      description: unreadable.join(', ') || 'no bad sectors',
      icon: unreadable.length > 0 ? icons.warning : { id: 'circle-large-outline' },
      tooltip: () => provenance(device.info()),
    }),
    childOf(self, 'main', {
      ...imageLook(main, `main, ${formatSize(sectors)}`, device),
      opens: [reference, { view: 'main' }],
    }),
    ...spares.map((path, i) =>
      childOf(self, `spare${i}`, {
        ...imageLook(path, spares.length > 1 ? `spare ${i}` : spareFacts(spareSectors, spareFree), device),
        opens: [reference, { view: 'spare' }],
      }),
    ),
  ];
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
    tooltip: () => [found.reason],
  };
}

function spareFacts(spareSectors: number, spareFree: number): string {
  return `spare, ${formatSize(spareSectors)}, room for ${formatCount(spareFree)} more`;
}

/** Who says that sectors can't be read: the maps of other programs, and what was injected here. */
function provenance({ badSectors, notRescued, findings = [] }: DeviceInfo): string[] {
  const found = findings.reduce((sum, { sectors }) => sum + sectors, 0);
  const injected = badSectors + notRescued - found;
  const lines = [
    ...findings.map(({ map, sectors }) => `${plural(sectors, 'sector')} found by ${map}`),
    ...(injected > 0 ? [`${plural(injected, 'sector')} injected here`] : []),
  ];
  return lines.length > 0 ? lines : ['every sector can be read'];
}
