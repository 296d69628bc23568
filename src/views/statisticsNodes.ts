import { formatBar, formatCount, formatMoment, formatPercent, plural } from '../contract/wording';
import type { DeviceStatistics, RemapDevice } from '../engine';
import { childOf, type NodeLook, type TreeNode } from './treeNode';

/** How a counter is shown. */
interface Counter {
  readonly label: string;
  /** What it counts: its unit, in the singular. */
  readonly unit: string;
  /** Of what it is a part; absent: of nothing. */
  readonly of?: { readonly key: keyof DeviceStatistics; readonly name: string };
  readonly meaning: string;
  /** Its field of the kernel's status line. */
  readonly field: number;
}

const OF_ALL = { key: 'totalIos', name: 'all requests' } as const;

const counters: Readonly<Record<keyof DeviceStatistics, Counter>> = {
  totalIos: {
    label: 'All Requests',
    unit: 'request',
    meaning: 'Reads and writes of the device. Each counts once, however it was split.',
    field: 18,
  },
  reads: { label: 'Reads', unit: 'request', of: OF_ALL, meaning: 'Requests that read.', field: 7 },
  writes: { label: 'Writes', unit: 'request', of: OF_ALL, meaning: 'Requests that wrote.', field: 8 },
  normalIos: {
    label: 'From Main Alone',
    unit: 'request',
    of: OF_ALL,
    meaning: 'Requests without a remapped sector: the main image served all of it.',
    field: 19,
  },
  remappedIos: {
    label: 'From the Spare',
    unit: 'request',
    of: OF_ALL,
    meaning: 'Reads and writes with at least one remapped sector, which a spare served.',
    field: 20,
  },
  remaps: {
    label: 'Reads from the Spare',
    unit: 'request',
    of: { key: 'reads', name: 'reads' },
    meaning: 'Reads with at least one remapped sector.',
    field: 9,
  },
  errors: {
    label: 'Failed on a Disk',
    unit: 'request',
    of: OF_ALL,
    meaning:
      'Requests of which a disk failed a part, also where that was repaired before they were answered.',
    field: 10,
  },
  remappedSectors: {
    label: 'Newly Remapped',
    unit: 'sector',
    meaning: 'Sectors that were moved to a spare since the counters were 0. Remaps has all, older ones too.',
    field: 21,
  },
};

/** The item of a device's counters, which begin at 0 each time the device is assembled. */
export function statisticsNode(parent: TreeNode, device: RemapDevice): TreeNode {
  const look = () => {
    const { totalIos, errors } = device.info().statistics;
    const since = formatMoment(device.details.countingSince);
    const counts = [plural(totalIos, 'request'), ...(errors > 0 ? [`${formatCount(errors)} failed`] : [])];
    return {
      label: 'Statistics',
      description: `${counts.join(', ')} since ${since}`,
      icon: { id: 'graph' },
      tooltip: () => [
        `What was asked of the device since ${since}, when it was assembled or its counters were cleared`,
      ],
    };
  };
  return childOf(parent, 'statistics', look, (self) =>
    (Object.keys(counters) as (keyof DeviceStatistics)[]).map((key) =>
      childOf(self, key, () => counterLook(device, key)),
    ),
  );
}

function counterLook(device: RemapDevice, key: keyof DeviceStatistics): NodeLook {
  const { label, unit, of, meaning, field } = counters[key];
  const { statistics, remaps } = device.info();
  const since = `since ${new Date(device.details.countingSince).toLocaleString()}`;
  const count = plural(statistics[key], unit);
  const whole = of ? statistics[of.key] : 0;
  const share = whole > 0 ? statistics[key] / whole : null;
  const bar = share === null || share === 0 ? '' : `${formatBar(share)}  `;
  const besides = key === 'remappedSectors' ? `, ${formatCount(remaps)} remapped in all` : '';
  return {
    label,
    description: `${bar}${count}${besides}`,
    spoken: `${label}: ${count}${besides}${share === null ? '' : `, ${formatPercent(share)} of ${of?.name}`}`,
    tooltip: () => [
      meaning,
      `${count} ${since}${share === null ? '' : `, ${formatPercent(share)} of ${of?.name}`}`,
      `Field ${field} of the kernel's status line`,
    ],
  };
}
