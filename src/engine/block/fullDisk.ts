import { dirname, resolve } from 'node:path';
import { type ErrorDetails, hostFullReason } from '../errors';
import { doors } from '../outside/doors';

/** Whether the system refused to let a file grow: its file system is full, or the user's quota there is used up. */
export function isFullDisk(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  return code === 'ENOSPC' || code === 'EDQUOT';
}

/** Tells which file system has no room left, for an error of {@link isFullDisk} on a file. */
export function describeFullDisk(path: string): { readonly reason: string; readonly details: ErrorDetails } {
  const fileSystem = mountPointOf(path);
  return { reason: hostFullReason({ path, fileSystem }), details: { path, full: 'host', fileSystem } };
}

/** Where the file system of a file is mounted, or of the folder that it would be in. Asked only when something has failed. */
function mountPointOf(path: string): string {
  try {
    let folder = doors.files.realpathSync(dirname(resolve(path)));
    const { dev } = doors.files.statSync(folder);
    while (dirname(folder) !== folder && doors.files.statSync(dirname(folder)).dev === dev)
      folder = dirname(folder);
    return folder;
  } catch {
    return dirname(path);
  }
}
