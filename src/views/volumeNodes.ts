import { describeError } from '../contract/errorSentences';
import { formatCount, formatSize, plural } from '../contract/wording';
import type { VolumeLook } from '../devices/volumeLook';
import { type DamagedFile, type DamageReport, SECTOR_SIZE, type VolumeInfo } from '../engine';
import { uiCommands } from '../manifest';
import { type PagedItems, pagedNodes } from './paging';
import { childOf, icons, type NodeLook, type TreeNode } from './treeNode';

/** Gives the look at the file systems of the disk that an item shows. */
export type LookAt = () => Promise<VolumeLook>;

type Volume = Awaited<ReturnType<VolumeLook['disk']>>['volumes'][number];

/** A volume, with what is lost on its disk; null: every sector of the disk can be read. */
interface ShownVolume {
  readonly volume: Volume;
  readonly damage: DamageReport | null;
}

/** A file or folder of a volume. */
interface Child {
  readonly name: string;
  readonly id: number;
  readonly kind: 'file' | 'dir' | 'meta';
  readonly path: string;
  /** The damaged files that it is, or has below it. */
  readonly damaged: readonly DamagedFile[];
}

/** The item of the partitions and file systems of a disk, which are looked for when it is opened. */
export function volumesNode(
  parent: TreeNode,
  lookAt: LookAt,
  isWaiting: () => boolean = () => false,
): TreeNode {
  const look: NodeLook = {
    label: 'Volumes',
    icon: { id: 'files' },
    contextValue: 'volumes',
    tooltip: () => ['The partitions and file systems on it, with their files, and what of them is lost'],
  };
  return childOf(parent, 'volumes', look, async (self) => {
    if (isWaiting()) return [noteNode(self, 'suspended: resume the device to look at its volumes')];
    try {
      return await volumeNodes(self, await lookAt());
    } catch (error) {
      return [noteNode(self, describeError(error).message)];
    }
  });
}

async function volumeNodes(self: TreeNode, look: VolumeLook): Promise<TreeNode[]> {
  const disk = await look.disk();
  const list = await disk.list();
  const damage = (await look.hasUnreadable()) ? await look.damage() : null;
  const nodes = disk.volumes.map((volume, i) => volumeNode(self, { volume, damage }, list[i]!));
  return nodes.length > 0 ? nodes : [noteNode(self, 'the partition table is empty')];
}

function volumeNode(self: TreeNode, shown: ShownVolume, info: VolumeInfo): TreeNode {
  const { volume, damage } = shown;
  const { fileSystem } = volume;
  const damaged = damage?.files.filter((file) => file.volume === volume.index) ?? [];
  const lost = damaged.length > 0 ? [`${plural(damaged.length, 'damaged file')}`] : [];
  const used =
    info.used === null || info.total === null
      ? formatSize(info.count)
      : `${formatBytes(info.used)} of ${formatBytes(info.total)} used`;
  const look: NodeLook = {
    label: info.index === 0 ? 'Whole disk' : `Partition ${info.index}`,
    description: [...lost, info.kind, info.label || info.name, used].filter(Boolean).join(' · '),
    icon: lost.length > 0 ? icons.warning : { id: fileSystem ? 'database' : 'circle-slash' },
    contextValue: 'volume',
    tooltip: () => [
      `Sectors ${info.first} to ${info.first + info.count - 1}, ${info.kind}`,
      ...(damaged.length > 0 ? [`${formatBytes(lostIn(damaged))} of its files are lost`] : []),
      ...info.notes,
    ],
  };
  const name = `${info.index}`;
  if (!fileSystem) return childOf(self, name, look);
  return childOf(self, name, look, (node) => folderNodes(node, shown, fileSystem.root, ''));
}

/** The files and folders of a folder, the damaged ones first. */
async function folderNodes(
  self: TreeNode,
  shown: ShownVolume,
  id: number,
  path: string,
): Promise<TreeNode[]> {
  const { volume, damage } = shown;
  const found: Child[] = [];
  const doubts: string[] = [];
  try {
    for await (const child of volume.fileSystem!.children(id, ({ reason }) => doubts.push(reason))) {
      const own = `${path}/${child.name}`;
      const isIn = (file: DamagedFile) =>
        file.volume === volume.index &&
        [file.path, ...(file.otherPaths ?? [])].some((each) => each === own || each.startsWith(`${own}/`));
      found.push({ ...child, path: own, damaged: damage?.files.filter(isIn) ?? [] });
    }
  } catch (error) {
    doubts.push(describeError(error).message);
  }
  found.sort((a, b) => rankOf(a) - rankOf(b) || a.name.localeCompare(b.name));
  const items: PagedItems = {
    leaves: (parent, { offset, count }) =>
      found.slice(offset, offset + count).map((child) => childNode(parent, shown, child)),
    pageLook: ({ offset, count }) => ({
      label: `${found[offset]!.name} … ${found[offset + count - 1]!.name}`,
      description: formatCount(count),
      icon: { id: 'files' },
      tooltip: () => [`${formatCount(count)} files and folders`],
    }),
  };
  const notes = [...new Set(doubts)].map((reason, i) =>
    noteNode(self, `more may be here: ${reason}`, `doubt${i}`),
  );
  return [...notes, ...pagedNodes(self, items, { offset: 0, count: found.length })];
}

function rankOf({ damaged, kind }: Child): number {
  if (damaged.length > 0) return 0;
  return kind === 'dir' ? 1 : 2;
}

function childNode(parent: TreeNode, shown: ShownVolume, child: Child): TreeNode {
  const { name, id, path, kind } = child;
  const file = { path, volume: shown.volume.index };
  const isFolder = kind === 'dir';
  const reference = {
    treeReference: true as const,
    ...(parent.deviceKey !== undefined && { deviceKey: parent.deviceKey }),
    ...(parent.imagePath !== undefined && { imagePath: parent.imagePath }),
    file,
  };
  const look: NodeLook = {
    label: name,
    ...describeLoss(child),
    icon: child.damaged.length > 0 ? icons.warning : { id: isFolder ? 'folder' : 'file' },
    contextValue: isFolder ? 'volumeFolder' : 'volumeFile',
    tooltip: () => [path, ...child.damaged.flatMap(lossLines)],
    ...(!isFolder && {
      runs: { command: uiCommands.openFileContents, title: 'Open File Contents', arguments: [reference] },
    }),
  };
  const below = isFolder ? (self: TreeNode) => folderNodes(self, shown, id, path) : undefined;
  return { ...childOf(parent, `${name} ${id}`, look, below), file };
}

function describeLoss({ damaged, kind }: Child): Pick<NodeLook, 'description'> {
  if (damaged.length === 0) return {};
  if (kind === 'dir') return { description: plural(damaged.length, 'damaged file') };
  if (damaged.some(({ isWhole }) => isWhole)) return { description: 'all of it lost' };
  const lost = lostIn(damaged);
  return { description: lost > 0 ? `${formatBytes(lost)} lost` : 'more may be lost' };
}

/** How much of a file is bad, and how much was not rescued. */
function lossLines({ path, ranges, unknown }: DamagedFile): string[] {
  const sectorsOf = (status: string) =>
    ranges.reduce((sum, range) => sum + (range.status === status ? range.sectorCount : 0), 0);
  const facts = [
    [sectorsOf('bad'), 'bad sector'],
    [sectorsOf('notRescued'), 'sector'],
  ] as const;
  const [bad, notRescued] = facts.map(([count, words]) => (count > 0 ? plural(count, words) : ''));
  const lost = [bad, notRescued && `${notRescued} not rescued`].filter(Boolean).join(', ');
  return [...(lost ? [`${path}: ${lost}`] : []), ...unknown.map((reason) => `more may be lost: ${reason}`)];
}

function noteNode(parent: TreeNode, text: string, name = 'note'): TreeNode {
  return childOf(parent, name, { label: text, icon: { id: 'info' }, tooltip: () => [text] });
}

function lostIn(damaged: readonly DamagedFile[]): number {
  return damaged.reduce((sum, { lostBytes }) => sum + lostBytes, 0);
}

function formatBytes(bytes: number): string {
  return formatSize(bytes / SECTOR_SIZE);
}
