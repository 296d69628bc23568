import { countMissing } from '../contract/reportText';
import { formatCount, plural } from '../contract/wording';
import type { Verdicts } from '../devices/verdicts';
import { markerText, type RemapDevice } from '../engine';
import { type PagedItems, pagedNodes } from './paging';
import { childOf, icons, type NodeLook, type TreeNode } from './treeNode';

const failures = { lost: 'lost', unreadable: 'unreadable', neverWritten: 'never written' } as const;

/** The item of a device's markers, with the result of each that was verified. */
export function markersNode(
  parent: TreeNode,
  device: RemapDevice,
  verdicts: Verdicts,
  reference: string,
): TreeNode {
  const sectors = markerSectors(device);
  const look = () => ({
    label: 'Markers',
    description: summary(device, verdicts),
    icon: { id: 'bookmark' },
    contextValue: 'markers',
    tooltip: () => [
      'Known texts at the start of some sectors: written before a reload or reboot, and verified after it',
      summary(device, verdicts),
    ],
  });
  const items: PagedItems = {
    leaves: (self, { offset, count }) =>
      sectors
        .slice(offset, offset + count)
        .map((sector) => childOf(self, `${sector}`, () => markerLook(device, verdicts, sector, reference))),
    pageLook: ({ offset, count }) => ({
      label: `Sectors ${sectors[offset]} – ${sectors[offset + count - 1]}`,
      icon: { id: 'list-ordered' },
      tooltip: () => [plural(count, 'marker')],
    }),
  };
  return childOf(parent, 'markers', look, (self) =>
    pagedNodes(self, items, { offset: 0, count: sectors.length }),
  );
}

/** The markers' sectors, each once: a device file may repeat one, but the id of an item must be unique. */
function markerSectors(device: RemapDevice): number[] {
  return [...new Set(device.spec.markers.sectors)];
}

function summary(device: RemapDevice, verdicts: Verdicts): string {
  const sectors = markerSectors(device);
  const known = sectors.flatMap((sector) => verdicts.marker(device.name, sector) ?? []);
  if (known.length === 0) return `${formatCount(sectors.length)}, not verified`;
  const verified = known.filter(({ ok }) => ok).length;
  const unknown = sectors.length - known.length;
  return [
    `${formatCount(verified)}/${formatCount(sectors.length)} verified`,
    ...countMissing({ results: known }),
    ...(unknown > 0 ? [`${formatCount(unknown)} not verified`] : []),
  ].join(', ');
}

function markerLook(device: RemapDevice, verdicts: Verdicts, sector: number, reference: string): NodeLook {
  const expected = markerText(device.spec.markers.text, sector);
  const verdict = verdicts.marker(device.name, sector);
  const opens = [reference, { sector, view: 'device' }] as const;
  const label = `${sector}`;
  if (!verdict) {
    const description = `${expected}, not verified`;
    return {
      label,
      description,
      icon: icons.unknown,
      opens,
      spoken: `Sector ${sector}: ${description}`,
      tooltip: () => [`Sector ${sector}: not verified since it may have changed`, `expected "${expected}"`],
    };
  }
  const { ok, actual, source, failure, reason } = verdict;
  const state = ok ? 'data preserved' : failures[failure ?? 'lost'];
  const description = ok ? `from ${source}: "${actual}"` : (reason ?? `not "${expected}"`);
  return {
    label,
    description,
    icon: ok ? icons.good : failure === 'neverWritten' ? icons.unknown : icons.bad,
    opens,
    spoken: `Sector ${sector}: ${state}, ${description}`,
    tooltip: () => [`Sector ${sector}: ${state}`, description, `expected "${expected}"`],
  };
}
