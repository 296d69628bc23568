import { doors } from '../outside/doors';
import { constants, type OpenFile } from '../outside/fileSystem';

/**
 * Which file it is, independent of its name: the numbers of its device and inode. 0 is no number: Windows says so of a path
 * that it couldn't look at more closely.
 */
export interface FileIdentity {
  readonly dev: bigint;
  readonly ino: bigint;
}

/** Whether two are one file; `unknown` where the numbers don't tell. */
export type Sameness = 'same' | 'other' | 'unknown';

export function compareIds(one: FileIdentity, other: FileIdentity): Sameness {
  if (differ(one.ino, other.ino) || differ(one.dev, other.dev)) return 'other';
  return [one, other].every(({ dev, ino }) => dev !== 0n && ino !== 0n) ? 'same' : 'unknown';
}

/**
 * Whether a path leads to an open file, by a second handle: it tells what a path doesn't. `unknown` too where the numbers
 * mean nothing, since a path and a handle of one file have different ones (shares of VirtualBox).
 * @throws the system's error where the path leads nowhere
 */
export async function compareByHandle(path: string, opened: FileIdentity): Promise<Sameness> {
  const handle = await doors.files.open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  const found = await handle.stat({ bigint: true }).finally(() => handle.close());
  const sameness = compareIds(found, opened);
  if (sameness !== 'other') return sameness;
  return compareIds(await doors.files.stat(path), found) === 'other' ? 'unknown' : 'other';
}

/** Whether two open files of one identity are two all the same, as on shares whose numbers are made up. */
export async function areTwoFiles(one: OpenFile, other: OpenFile): Promise<boolean> {
  try {
    const before = await stateOf(one);
    const state = await stateOf(other);
    return state !== before && (await stateOf(one)) === before;
  } catch {
    // One of them was closed just now.
    return false;
  }
}

async function stateOf(file: OpenFile): Promise<string> {
  const { size, mtimeNs, ctimeNs, birthtimeNs } = await file.stat({ bigint: true });
  return [size, mtimeNs, ctimeNs, birthtimeNs].join(':');
}

function differ(one: bigint, other: bigint): boolean {
  return one !== 0n && other !== 0n && one !== other;
}
