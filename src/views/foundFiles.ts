import { posix } from 'node:path';
import type { FileFilter } from '../contract/fileFilter';
import { formatCount, plural } from '../contract/wording';
import { type FileSystem, walkPaths } from '../engine';
import { uiCommands } from '../manifest';
import { childOf, type TreeNode } from './treeNode';
import type { PathFacts, VolumeFacts } from './volumeFacts';
import { byDamage, fileNode, type ListedFile } from './volumeFileNodes';

/** No more files are listed that fit a filter: it is to be made narrower. */
const MAX_FOUND = 1000;

/** The volume in which files are looked for. */
interface SearchedVolume {
  readonly index: number;
  readonly fileSystem: FileSystem;
  readonly facts: VolumeFacts;
  readonly signal: AbortSignal;
}

/** The items of all files of a volume that fit a filter, with their folders, below one that says which filter it is. */
export async function foundFileNodes(
  self: TreeNode,
  volume: SearchedVolume,
  filter: FileFilter,
): Promise<TreeNode[]> {
  const doubts = new Set<string>();
  const { files, isComplete } = await findFiles(volume, filter, (reason) => doubts.add(reason));
  const items = files.sort(byDamage).map((file) => {
    const folder = posix.dirname(file.path);
    return fileNode(self, { volume: volume.index, file, folder });
  });
  const notes = [...doubts].map((reason, i) =>
    childOf(self, `doubt${i}`, {
      label: `more may fit: ${reason}`,
      icon: { id: 'info' },
      tooltip: () => [reason],
    }),
  );
  return [filterNode(self, filter, files.length, isComplete), ...notes, ...items];
}

/** Those that must be damaged or remapped are known already; else all folders are looked through. */
async function findFiles(
  { fileSystem, facts, signal }: SearchedVolume,
  filter: FileFilter,
  onDoubt: (reason: string) => void,
): Promise<{ files: ListedFile[]; isComplete: boolean }> {
  const files: ListedFile[] = [];
  const candidates =
    filter.standings.length > 0
      ? facts.known()
      : walkPaths(fileSystem, ({ reason }) => onDoubt(reason), signal);
  for await (const { path, kind } of candidates) {
    const own = facts.of(path);
    if (!filter.fits(path) || !isAsAsked(filter, own)) continue;
    if (files.length === MAX_FOUND) return { files, isComplete: false };
    files.push({ path, name: posix.basename(path), key: path, kind, facts: own });
  }
  return { files, isComplete: true };
}

function isAsAsked({ standings }: FileFilter, { damaged, remappedSectors }: PathFacts): boolean {
  return standings.every((standing) => (standing === 'damaged' ? damaged.length > 0 : remappedSectors > 0));
}

/** What a filter leaves; a click changes it. */
function filterNode(self: TreeNode, { text }: FileFilter, count: number, isComplete: boolean): TreeNode {
  const label = `${isComplete ? '' : 'first '}${plural(count, 'file')}`;
  const { deviceKey, imagePath } = self;
  return childOf(self, 'filter', {
    label,
    description: text,
    icon: { id: 'filter-filled' },
    contextValue: 'fileFilter',
    spoken: `Filter ${text}: ${label}`,
    tooltip: () => [
      isComplete
        ? `${label} fit the filter ${text}`
        : `More than ${formatCount(count)} files fit the filter ${text}`,
      'Click to change it',
    ],
    runs: {
      command: uiCommands.filterFiles,
      title: 'Filter Files',
      arguments: [{ treeReference: true, deviceKey, imagePath }],
    },
  });
}
