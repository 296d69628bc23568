import { open } from 'node:fs/promises';
import type { Task } from '../contract/task';
import {
  fileError,
  RemapError,
  removeFile,
  renameFile,
  SECTOR_SIZE,
  type SectorRange,
  temporaryPathFor,
} from '../engine';

/** What takes the place of sectors that can't be read: the work stops, zeros, or nothing. */
export type AtBadParts = 'stop' | 'zeros' | 'skip';

/** Some of the bytes that are saved, one piece after the other; `lost` says what can't be read in their place: `sector 5`. */
export type Piece = { readonly bytes: Uint8Array } | { readonly lost: string; readonly byteCount: number };

/** Zeros are written so many at a time. */
const ZEROS = new Uint8Array(1 << 20);

/**
 * Writes pieces to a new file, which has its name only once it is whole.
 * @param byteCount how many bytes the pieces have
 * @returns how many bytes could not be read
 * @throws RemapError `EIO` at a part that can't be read, where that is to stop it; the code of a file operation that failed,
 * `ENOSPC` for instance; the signal's reason once it is aborted. A file that has the name stays as it was then
 */
export async function savePieces(
  pieces: AsyncIterable<Piece>,
  byteCount: number,
  path: string,
  atBadParts: AtBadParts,
  { signal, report }: Task,
): Promise<number> {
  const partial = temporaryPathFor(path);
  const file = await open(partial, 'wx').catch((error) => {
    throw fileError(error, path, 'create');
  });
  let lost = 0;
  let done = 0;
  try {
    for await (const piece of pieces) {
      signal.throwIfAborted();
      if ('bytes' in piece) await file.writeFile(piece.bytes);
      else {
        if (atBadParts === 'stop') throw stopped(path, piece.lost);
        if (atBadParts === 'zeros') {
          for (let left = piece.byteCount; left > 0; left -= ZEROS.length)
            await file.writeFile(ZEROS.subarray(0, Math.min(left, ZEROS.length)));
        }
        lost += piece.byteCount;
      }
      done += 'bytes' in piece ? piece.bytes.length : piece.byteCount;
      report('Saving', done / byteCount);
    }
    await file.close();
    await renameFile(partial, path);
    return lost;
  } catch (error) {
    await file.close().catch(() => undefined);
    await removeFile(partial).catch(() => undefined);
    throw signal.aborted || error instanceof RemapError ? error : fileError(error, path, 'create');
  }
}

function stopped(path: string, lost: string): RemapError {
  return new RemapError('EIO', `${lost} can't be read: ${path} was not saved`, { path });
}

/**
 * Cuts bytes that were read into those that could be read and those that couldn't.
 * @param byteOffset where the first of them is
 * @param unreadable runs of sectors, ascending
 * @param words names the first sector of a run
 */
export function* piecesOf(
  bytes: Uint8Array,
  byteOffset: number,
  unreadable: readonly SectorRange[],
  words: (sector: number) => string,
): Iterable<Piece> {
  let at = 0;
  for (const [first, count] of unreadable) {
    const start = Math.max(at, first * SECTOR_SIZE - byteOffset);
    const end = Math.min((first + count) * SECTOR_SIZE - byteOffset, bytes.length);
    if (start >= end) continue;
    if (start > at) yield { bytes: bytes.subarray(at, start) };
    yield { lost: words(first), byteCount: end - start };
    at = end;
  }
  if (at < bytes.length) yield { bytes: bytes.subarray(at) };
}
