import { describeError } from '../contract/errorSentences';
import { type FileFilter, NO_FILE_FILTER } from '../contract/fileFilter';
import { formatCount, formatSize, plural } from '../contract/wording';
import type { VolumeLook } from '../devices/volumeLook';
import type { VolumeInfo } from '../engine';
import { foundFileNodes } from './foundFiles';
import { type PagedItems, pagedNodes } from './paging';
import { childOf, icons, type NodeLook, type TreeNode } from './treeNode';
import { VolumeFacts } from './volumeFacts';
import { byDamage, fileNode, formatBytes, type ListedFile, lostIn } from './volumeFileNodes';

/** The disk whose file systems an item shows. */
export interface ShownDisk {
  look(): Promise<VolumeLook>;
  /** Which of its files are listed; absent: all. */
  filter?(): FileFilter;
  /** Whether it waits to be resumed: then it can't be looked at. */
  isWaiting?(): boolean;
}

type Volume = Awaited<ReturnType<VolumeLook['disk']>>['volumes'][number];

/** A volume, with what is known of its files. */
interface ShownVolume {
  readonly volume: Volume;
  readonly facts: VolumeFacts;
  readonly filter: FileFilter;
  readonly signal: AbortSignal;
}

/** The item of the partitions and file systems of a disk, which are looked for when it is opened. */
export function volumesNode(parent: TreeNode, disk: ShownDisk): TreeNode {
  const look = (): NodeLook => {
    const { text } = filterOf(disk);
    return {
      label: 'Volumes',
      ...(text && { description: `filter ${text}` }),
      icon: { id: 'files' },
      contextValue: text ? 'volumes.filtered' : 'volumes',
      tooltip: () => ['The partitions and file systems on it, with their files, and what of them is lost'],
    };
  };
  return childOf(parent, 'volumes', look, async (self) => {
    if (disk.isWaiting?.()) return [noteNode(self, 'suspended: resume the device to look at its volumes')];
    try {
      return await volumeNodes(self, await disk.look(), filterOf(disk));
    } catch (error) {
      return [noteNode(self, describeError(error).message)];
    }
  });
}

function filterOf(disk: ShownDisk): FileFilter {
  return disk.filter?.() ?? NO_FILE_FILTER;
}

async function volumeNodes(self: TreeNode, look: VolumeLook, filter: FileFilter): Promise<TreeNode[]> {
  const { signal } = look;
  const disk = await look.disk();
  const list = await disk.list();
  const damage = (await look.hasUnreadable()) ? await look.damage() : null;
  const remapped = await look.remapped();
  const nodes = disk.volumes.map((volume, i) => {
    const facts = new VolumeFacts(volume.index, damage, remapped);
    return volumeNode(self, { volume, facts, filter, signal }, list[i]!);
  });
  return nodes.length > 0 ? nodes : [noteNode(self, 'the partition table is empty')];
}

function volumeNode(self: TreeNode, shown: ShownVolume, info: VolumeInfo): TreeNode {
  const { fileSystem } = shown.volume;
  const { damagedFiles } = shown.facts;
  const lost = damagedFiles.length > 0 ? [plural(damagedFiles.length, 'damaged file')] : [];
  const used =
    info.used === null || info.total === null
      ? formatSize(info.count)
      : `${formatBytes(info.used)} of ${formatBytes(info.total)} used`;
  const look: NodeLook = {
    label: info.index === 0 ? 'Whole disk' : `Partition ${info.index}`,
    description: [...lost, info.kind, info.label || info.name, used].filter(Boolean).join(' · '),
    icon: lost.length > 0 ? icons.warning : { id: fileSystem ? 'database' : 'circle-slash' },
    contextValue: shown.filter.text ? 'volume.filtered' : 'volume',
    tooltip: () => [
      `Sectors ${info.first} to ${info.first + info.count - 1}, ${info.kind}`,
      ...(damagedFiles.length > 0 ? [`${formatBytes(lostIn(damagedFiles))} of its files are lost`] : []),
      ...info.notes,
    ],
  };
  const name = `${info.index}`;
  if (!fileSystem) return childOf(self, name, look);
  return childOf(self, name, look, (node) => {
    const { facts, filter, signal } = shown;
    if (filter.text) return foundFileNodes(node, { index: info.index, fileSystem, facts, signal }, filter);
    return folderNodes(node, shown, fileSystem.root, '');
  });
}

/** The files and folders of a folder, the damaged ones first. */
async function folderNodes(
  self: TreeNode,
  shown: ShownVolume,
  id: number,
  path: string,
): Promise<TreeNode[]> {
  const { volume, facts } = shown;
  const found: (ListedFile & { readonly id: number })[] = [];
  const doubts: string[] = [];
  try {
    for await (const child of volume.fileSystem!.children(id, ({ reason }) => doubts.push(reason))) {
      const own = `${path}/${child.name}`;
      found.push({ ...child, key: `${child.name} ${child.id}`, path: own, facts: facts.of(own) });
    }
  } catch (error) {
    doubts.push(describeError(error).message);
  }
  found.sort(byDamage);
  const items: PagedItems = {
    leaves: (parent, { offset, count }) =>
      found.slice(offset, offset + count).map((file) => {
        if (file.kind !== 'dir') return fileNode(parent, { volume: volume.index, file });
        const children = (node: TreeNode) => folderNodes(node, shown, file.id, file.path);
        return fileNode(parent, { volume: volume.index, file, children });
      }),
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

function noteNode(parent: TreeNode, text: string, name = 'note'): TreeNode {
  return childOf(parent, name, { label: text, icon: { id: 'info' }, tooltip: () => [text] });
}
