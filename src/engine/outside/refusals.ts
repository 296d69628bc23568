import { resolve } from 'node:path';
import { doors } from './doors';

/** What small file systems can't do, each with the ways in which they say so. */

/** Windows, old CIFS and some FUSE can't sync a folder: a rename is as durable there as it gets. */
const NO_FOLDER_SYNC: ReadonlySet<string> = new Set([
  'EINVAL',
  'EPERM',
  'ENOTSUP',
  'EOPNOTSUPP',
  'ENOSYS',
  'EISDIR',
  'EACCES',
]);

/** FAT, exFAT and some shares. */
const NO_HARD_LINKS: ReadonlySet<string> = new Set([
  'EPERM',
  'ENOTSUP',
  'EOPNOTSUPP',
  'ENOSYS',
  'EMLINK',
  'EISDIR',
]);

/** Makes names in a folder durable, where it can be synced. */
export async function syncFolder(path: string): Promise<void> {
  try {
    const folder = await doors.files.open(path, 'r');
    await folder.sync().finally(() => folder.close());
  } catch (error) {
    if (!NO_FOLDER_SYNC.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}

/** Whether an error of `link` says that the file system has no hard links. */
export function hasNoHardLinks(error: unknown): boolean {
  return NO_HARD_LINKS.has((error as NodeJS.ErrnoException).code ?? '');
}

/** The path without links. RAM disks of Windows can't tell (`EISDIR`): the path itself then, made absolute. */
export async function realPathOf(path: string): Promise<string> {
  try {
    return await doors.files.realpath(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EISDIR') throw error;
    return resolve(path);
  }
}
