import { basename } from 'node:path';
import { countUnreadable, formatCount, formatSize, plural } from '../contract/wording';
import type { DeviceInfo, RemapDevice } from '../engine';
import { childOf, icons, type TreeNode } from './treeNode';

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
  return childOf(parent, 'layers', look, (self) => layerNodes(self, device.info(), reference));
}

function layerNodes(self: TreeNode, info: DeviceInfo, reference: string): TreeNode[] {
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
    }),
    childOf(self, 'main', {
      label: basename(main),
      description: `main, ${formatSize(sectors)}`,
      icon: { id: 'file-binary' },
      tooltip: () => [main],
      opens: [reference, { view: 'main' }],
    }),
    ...spares.map((path, i) =>
      childOf(self, `spare${i}`, {
        label: basename(path),
        description: spares.length > 1 ? `spare ${i}` : spareFacts(spareSectors, spareFree),
        icon: { id: 'file-binary' },
        tooltip: () => [path],
        opens: [reference, { view: 'spare' }],
      }),
    ),
  ];
}

function spareFacts(spareSectors: number, spareFree: number): string {
  return `spare, ${formatSize(spareSectors)}, room for ${formatCount(spareFree)} more`;
}
