import { formatCount, plural } from '../contract/wording';
import type { DeviceStatistics, RemapDevice } from '../engine';
import { childOf, fact, type TreeNode } from './treeNode';

const labels: Readonly<Record<keyof DeviceStatistics, string>> = {
  reads: 'reads',
  writes: 'writes',
  remaps: 'reads from the spare',
  errors: 'errors',
  totalIos: 'I/Os in all',
  normalIos: 'I/Os to main',
  remappedIos: 'I/Os to the spare',
  remappedSectors: 'sectors remapped',
};

/** The item of a device's counters, which begin at 0 each time the device is assembled. */
export function statisticsNode(parent: TreeNode, device: RemapDevice): TreeNode {
  const look = () => {
    const { reads, writes, errors } = device.info().statistics;
    const counts = [plural(reads, 'read'), plural(writes, 'write'), plural(errors, 'error')];
    return { label: 'Statistics', description: counts.join(', '), icon: { id: 'graph' } };
  };
  return childOf(parent, 'statistics', look, (self) => {
    const { statistics } = device.info();
    return (Object.keys(labels) as (keyof DeviceStatistics)[]).map((key) =>
      fact(self, labels[key], formatCount(statistics[key])),
    );
  });
}
