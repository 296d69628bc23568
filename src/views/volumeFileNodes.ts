import { formatSize, plural } from '../contract/wording';
import { type DamagedFile, SECTOR_SIZE } from '../engine';
import { uiCommands } from '../manifest';
import { childOf, icons, type NodeLook, type TreeNode } from './treeNode';
import type { PathFacts } from './volumeFacts';

/** A file or folder of a volume, as it is listed. */
export interface ListedFile {
  readonly name: string;
  /** Unique among those that are listed with it. */
  readonly key: string;
  readonly kind: 'file' | 'dir' | 'meta';
  readonly path: string;
  readonly facts: PathFacts;
}

/** The item of a file or folder. */
interface FileItem {
  readonly volume: number;
  readonly file: ListedFile;
  /** Where it is, in a list of files of several folders. */
  readonly folder?: string;
  readonly children?: (self: TreeNode) => Promise<TreeNode[]>;
}

/** Damaged files first, then those with remapped sectors, then folders. */
export function byDamage(a: ListedFile, b: ListedFile): number {
  return rankOf(a) - rankOf(b) || a.name.localeCompare(b.name);
}

function rankOf({ facts, kind }: ListedFile): number {
  if (facts.damaged.length + facts.damagedBelow > 0) return 0;
  if (facts.remappedSectors + facts.remappedBelow > 0) return 1;
  return kind === 'dir' ? 2 : 3;
}

export function fileNode(parent: TreeNode, { volume, file: listed, folder, children }: FileItem): TreeNode {
  const { name, key, path, kind, facts } = listed;
  const file = { path, volume };
  const isFolder = kind === 'dir';
  const reference = {
    treeReference: true as const,
    ...(parent.deviceKey !== undefined && { deviceKey: parent.deviceKey }),
    ...(parent.imagePath !== undefined && { imagePath: parent.imagePath }),
    file,
  };
  const description = [describeFacts(listed), folder].filter(Boolean).join(' · ');
  const look: NodeLook = {
    label: name,
    ...(description && { description }),
    icon: rankOf(listed) === 0 ? icons.warning : { id: isFolder ? 'folder' : 'file' },
    contextValue: isFolder ? 'volumeFolder' : 'volumeFile',
    tooltip: () => [path, ...factLines(facts)],
    ...(!isFolder && {
      runs: { command: uiCommands.openFileContents, title: 'Open File Contents', arguments: [reference] },
    }),
  };
  return { ...childOf(parent, key, look, children), file };
}

/** The worst of what is known, in few words. */
function describeFacts({ facts, kind }: ListedFile): string {
  const { damaged, damagedBelow, remappedSectors, remappedBelow } = facts;
  if (kind === 'dir' && damagedBelow > 0) return plural(damagedBelow, 'damaged file');
  if (damaged.some(({ isWhole }) => isWhole)) return 'all of it lost';
  const lost = lostIn(damaged);
  if (lost > 0) return `${formatBytes(lost)} lost`;
  if (damaged.length > 0) return 'more may be lost';
  if (kind === 'dir' && remappedBelow > 0)
    return plural(remappedBelow, 'file with remapped sectors', 'files with remapped sectors');
  return remappedSectors > 0 ? plural(remappedSectors, 'remapped sector') : '';
}

/** How much is bad, not rescued and remapped, and how much of what is below a folder. */
function factLines({ damaged, remappedSectors, damagedBelow, remappedBelow }: PathFacts): string[] {
  return [
    ...damaged.flatMap(lossLines),
    ...(remappedSectors > 0
      ? [`${plural(remappedSectors, 'sector')} remapped: served from a spare, not lost`]
      : []),
    ...(damagedBelow > 0 ? [`${plural(damagedBelow, 'damaged file')} below`] : []),
    ...(remappedBelow > 0
      ? [`${plural(remappedBelow, 'file with remapped sectors', 'files with remapped sectors')} below`]
      : []),
  ];
}

function lossLines({ stream, ranges, unknown }: DamagedFile): string[] {
  const sectorsOf = (status: string) =>
    ranges.reduce((sum, range) => sum + (range.status === status ? range.sectorCount : 0), 0);
  const [bad, notRescued] = [sectorsOf('bad'), sectorsOf('notRescued')];
  const lost = [
    ...(bad > 0 ? [plural(bad, 'bad sector')] : []),
    ...(notRescued > 0 ? [`${plural(notRescued, 'sector')} not rescued`] : []),
  ].join(', ');
  const where = stream === undefined ? '' : `stream ${stream}: `;
  return [...(lost ? [`${where}${lost}`] : []), ...unknown.map((reason) => `more may be lost: ${reason}`)];
}

export function lostIn(damaged: readonly DamagedFile[]): number {
  return damaged.reduce((sum, { lostBytes }) => sum + lostBytes, 0);
}

export function formatBytes(bytes: number): string {
  return formatSize(bytes / SECTOR_SIZE);
}
