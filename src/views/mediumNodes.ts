import { basename } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { countRun, describeFailing, sourceOf } from '../contract/faultWords';
import { countUnreadable, formatSize, plural } from '../contract/wording';
import { filesOfDisk } from '../devices/diskFiles';
import type { DeviceInfo, DiskPlace, RemapDevice, UnreadableRun } from '../engine';
import { type PagedItems, pagedNodes } from './paging';
import { childOf, icons, type NodeLook, type TreeNode } from './treeNode';

/** How many runs are counted in one turn. */
const RUNS_PER_TURN = 4096;

/** A disk of a device, and how the sector editor is opened at its sectors. */
interface ShownDisk {
  readonly device: RemapDevice;
  readonly place: DiskPlace;
  readonly reference: string;
}

/** The item of a device's medium: what its disks can't read. Main's runs are below it, and an item for each spare. */
export function mediumNode(parent: TreeNode, device: RemapDevice, reference: string): TreeNode {
  const look = () => {
    const unreadable = countUnreadable(device.info());
    return {
      label: 'medium',
      description: unreadable.join(', ') || 'no bad sectors',
      icon: unreadable.length > 0 ? icons.warning : { id: 'circle-large-outline' },
      contextValue: unreadable.length > 0 ? 'medium.failing' : 'medium.healthy',
      tooltip: () => [
        'The surface of the disks: sectors here fail whatever is above',
        ...provenance(device.info()),
      ],
    };
  };
  if (countUnreadable(device.info()).length === 0) return childOf(parent, 'medium', look);
  return childOf(parent, 'medium', look, async (self) => [
    ...(await diskNodes(self, { device, place: 'main', reference })),
    ...spareNodes(self, device, reference),
  ]);
}

/** The view of the sector editor that shows a spare. */
export function spareView(member: number): string {
  return member === 0 ? 'spare' : `spare${member}`;
}

/** Who says that sectors can't be read: the maps of other programs, and what was injected here. */
function provenance({ badSectors, notRescued, findings = [] }: DeviceInfo): string[] {
  const found = findings.reduce((sum, { sectors }) => sum + sectors, 0);
  const injected = badSectors + notRescued - found;
  const lines = [
    ...findings.map(({ map, sectors }) => `${plural(sectors, 'sector')} found by ${map}`),
    ...(injected > 0 ? [`${plural(injected, 'sector')} injected here`] : []),
  ];
  return lines.length > 0 ? lines : ['Every sector can be read'];
}

function spareNodes(self: TreeNode, device: RemapDevice, reference: string): TreeNode[] {
  return device.spec.spares.flatMap((path, member) => {
    const look = () => {
      const counts = countUnreadable(device.details.mediumOf(member) ?? { badSectors: 0, notRescued: 0 });
      return {
        label: basename(path),
        description: counts.join(', '),
        icon: icons.warning,
        tooltip: () => [path, ...counts],
      };
    };
    if (look().description === '') return [];
    return [
      childOf(self, `spare${member}`, look, (spare) =>
        diskNodes(spare, { device, place: member, reference }),
      ),
    ];
  });
}

async function diskNodes(self: TreeNode, disk: ShownDisk): Promise<TreeNode[]> {
  const firsts = await firstsOf(disk);
  return pagedNodes(self, pagedRuns(disk, firsts), { offset: 0, count: firsts.length });
}

/** Where the runs of a disk begin. There may be very many: they are counted in several turns. */
async function firstsOf({ device, place }: ShownDisk): Promise<number[]> {
  const firsts: number[] = [];
  for (let next: number | null = 0; next !== null; ) {
    const part = runsFrom(device, place, next, RUNS_PER_TURN);
    for (const { first } of part) firsts.push(first);
    const last = part.at(-1);
    next = last && part.length === RUNS_PER_TURN ? last.first + last.count : null;
    if (next !== null) await nextTurn();
  }
  return firsts;
}

function runsFrom(device: RemapDevice, place: DiskPlace, from: number, limit: number): UnreadableRun[] {
  const runs: UnreadableRun[] = [];
  for (const run of device.details.unreadable(place, from)) {
    if (runs.push(run) === limit) break;
  }
  return runs;
}

/** @param firsts where each run of the disk that can't be read begins */
function pagedRuns(disk: ShownDisk, firsts: readonly number[]): PagedItems {
  return {
    leaves: (self, { offset, count }) => {
      const first = firsts[offset];
      if (first === undefined) return [];
      return runsFrom(disk.device, disk.place, first, count).map((run) => runNode(self, disk, run));
    },
    pageLook: ({ offset, count }) => {
      const label = `Sectors ${firsts[offset]} – ${firsts[offset + count - 1]}`;
      const description = plural(count, 'range');
      return {
        label,
        description,
        icon: { id: 'list-ordered' },
        tooltip: () => [`${description} that can't be read, which begin at ${label.toLowerCase()}`],
      };
    },
  };
}

function runNode(parent: TreeNode, disk: ShownDisk, run: UnreadableRun): TreeNode {
  const { first, count } = run;
  return {
    ...childOf(parent, `run${first}`, runLook(disk, run)),
    part: { disk: disk.place, sectors: [[first, count]] },
  };
}

function runLook({ device, place, reference }: ShownDisk, run: UnreadableRun): NodeLook {
  const { first, count, isInjected, kind } = run;
  const { image, map } = filesOfDisk(device, place);
  const source = sourceOf(run, basename(map));
  const label = count === 1 ? `${first}` : `${first} – ${first + count - 1}`;
  const spoken = count === 1 ? `Sector ${first}` : `Sectors ${first} to ${first + count - 1}`;
  return {
    label,
    description: `${countRun(run)}, ${source}`,
    icon: kind === 'bad' ? icons.bad : icons.unknown,
    contextValue: `unreadable.${isInjected ? 'injected' : 'found'}`,
    spoken: `${spoken} of ${basename(image)}: ${countRun(run)}, ${source}`,
    tooltip: () => [
      `${spoken} of ${image}`,
      `${countRun(run)} (${formatSize(count)}), ${sourceOf(run, map)}`,
      describeFailing(run),
    ],
    opens: [reference, { sector: first, view: place === 'main' ? 'main' : spareView(place) }],
  };
}
