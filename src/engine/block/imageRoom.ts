import { RemapError } from '../errors';
import { doors } from '../outside/doors';
import type { OpenFile } from '../outside/fileSystem';
import { SECTOR_SIZE } from './blockDevice';

/** As much as this tells whether a file system makes holes. */
const PROBE_BYTES = 2 ** 20;
const CHUNK_BYTES = 2 ** 20;

/** What a new image takes of its file system. */
export interface ImageRoom {
  readonly byteCount: number;
  /** The file system makes no holes there: the image has its full size from the beginning. */
  readonly isFull: boolean;
  /** Bytes that were free before; null: not known. */
  readonly freeBytes: number | null;
}

export interface MakingOptions {
  readonly signal?: AbortSignal | undefined;
  /** Told how much of an image is made that takes its full size, from 0 to 1. */
  readonly onProgress?: ((fraction: number) => void) | undefined;
}

/**
 * Gives a new, empty file its length, of zeros. Where the file system makes no holes the zeros are written: it would do
 * that itself when the first sector far away is written, without a word for minutes.
 * @throws RemapError `ENOSPC` before anything is written where it takes its full size and there is less room;
 * `ECANCELED`; the system's error
 */
export async function giveLength(
  file: OpenFile,
  path: string,
  byteCount: number,
  options: MakingOptions,
): Promise<ImageRoom> {
  await doors.files.makeSparse(path);
  const freeBytes = await doors.files.freeBytes(path);
  const isFull = !(await makesHoles(file, byteCount));
  const room = { byteCount, isFull, freeBytes };
  if (!isFull) {
    await file.truncate(byteCount);
    return room;
  }
  if (freeBytes !== null && freeBytes < byteCount) {
    const text = `its file system makes no holes, so it takes its full size, ${byteCount} bytes, and ${freeBytes} are free there`;
    throw new RemapError('ENOSPC', `can't create ${path}: ${text}; make it smaller, or put it elsewhere`, {
      path,
      full: 'host',
    });
  }
  await writeZeros(file, byteCount, options);
  return room;
}

/** Whether a part of the file that was not written takes no room. */
async function makesHoles(file: OpenFile, byteCount: number): Promise<boolean> {
  const probe = Math.min(PROBE_BYTES, byteCount);
  await file.truncate(probe);
  const { blocks } = await file.stat();
  return blocks * SECTOR_SIZE < probe;
}

async function writeZeros(
  file: OpenFile,
  byteCount: number,
  { signal, onProgress }: MakingOptions,
): Promise<void> {
  const zeros = Buffer.alloc(Math.min(CHUNK_BYTES, byteCount));
  for (let at = 0; at < byteCount; ) {
    if (signal?.aborted) throw new RemapError('ECANCELED', 'the making of the image was cancelled');
    onProgress?.(at / byteCount);
    const { bytesWritten } = await file.write(zeros, 0, Math.min(zeros.length, byteCount - at), at);
    at += bytesWritten;
  }
}
