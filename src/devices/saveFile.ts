import { open, rename, rm } from 'node:fs/promises';
import type { Task } from '../contract/task';
import { type FileContents, RemapError, SECTOR_SIZE } from '../engine';

/** What takes the place of sectors that can't be read: the work stops, zeros, or nothing. */
export type AtBadParts = 'stop' | 'zeros' | 'skip';

/** Read at a time. */
const CHUNK_SECTORS = 2048;

/**
 * Writes a file's contents to a new file, which has its name only once it is whole.
 * @returns how many bytes could not be read
 * @throws RemapError `EIO` at a part that can't be read, where that is to stop it; the signal's reason once it is aborted
 */
export async function saveFile(
  contents: FileContents,
  path: string,
  atBadParts: AtBadParts,
  { signal, report }: Task,
): Promise<number> {
  const partial = `${path}.part`;
  const file = await open(partial, 'w');
  let lost = 0;
  try {
    for (let at = 0; at < contents.sectorCount; at += CHUNK_SECTORS) {
      signal.throwIfAborted();
      const count = Math.min(CHUNK_SECTORS, contents.sectorCount - at);
      const { bytes, unreadable } = await contents.read(at, count);
      const inFile = bytes.subarray(0, contents.size - at * SECTOR_SIZE);
      if (unreadable[0] && atBadParts === 'stop') throw stopped(path, unreadable[0][0]);
      const readable = atBadParts === 'skip' ? without(inFile, unreadable, at) : [inFile];
      for (const run of readable) await file.write(run);
      for (const [first, length] of unreadable)
        lost += Math.min(length * SECTOR_SIZE, contents.size - first * SECTOR_SIZE);
      report('Saving', (at + count) / contents.sectorCount);
    }
    await file.close();
    await rename(partial, path);
    return lost;
  } catch (error) {
    await file.close().catch(() => undefined);
    await rm(partial, { force: true });
    throw error;
  }
}

function* without(
  bytes: Uint8Array,
  unreadable: readonly (readonly [first: number, count: number])[],
  base: number,
): Iterable<Uint8Array> {
  let at = 0;
  for (const [first, count] of unreadable) {
    yield bytes.subarray(at, (first - base) * SECTOR_SIZE);
    at = (first - base + count) * SECTOR_SIZE;
  }
  yield bytes.subarray(at);
}

function stopped(path: string, sector: number): RemapError {
  const byte = sector * SECTOR_SIZE;
  return new RemapError('EIO', `byte ${byte} of the file can't be read: ${path} was not saved`, { path });
}
