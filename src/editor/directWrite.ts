import { describeError } from '../contract/errorSentences';
import type { Task } from '../contract/task';
import { formatSize } from '../contract/wording';
import { RemapError } from '../engine';
import { SECTOR_SIZE, type ViewId } from '../shared/protocol';
import type { SectorSource } from './sectorSource';

/** Bytes that go to the disk at once, made as they are needed. */
export interface DirectWrite {
  readonly view: ViewId;
  readonly byteOffset: number;
  readonly byteCount: number;
  /** The bytes from `at` on, counted from the first that is written. */
  bytes(at: number, count: number): Promise<Uint8Array> | Uint8Array;
}

type WrittenSource = Pick<SectorSource, 'read' | 'write' | 'flush'>;

/** Written at a time. */
const CHUNK_BYTES = 2048 * SECTOR_SIZE;

/**
 * Writes through a source, in bounded memory. The first and the last sector may be overwritten in part: before anything is
 * written both must be readable.
 * @param viewBytes how many bytes the view has: its last sector may be shorter
 * @returns how many bytes were written: fewer where the task was cancelled
 * @throws RemapError `EIO` for a part of a sector that can't be read; the code of a write that failed, and in its message
 * up to where there are new bytes
 */
export async function writeDirectly(
  source: WrittenSource,
  write: DirectWrite,
  viewBytes: number,
  { signal, report }: Task,
): Promise<number> {
  const { view, byteOffset, byteCount } = write;
  const end = byteOffset + byteCount;
  const sectorsEnd = Math.min(viewBytes, Math.ceil(end / SECTOR_SIZE) * SECTOR_SIZE);
  const partial = (from: number, to: number) => (to > from ? readWhole(source, view, from) : null);
  const firstSector = Math.floor(byteOffset / SECTOR_SIZE);
  await partial(firstSector * SECTOR_SIZE, byteOffset);
  await partial(end, sectorsEnd);
  let start = firstSector * SECTOR_SIZE;
  while (start < sectorsEnd && !signal.aborted) {
    const chunkEnd = Math.min(start + CHUNK_BYTES, sectorsEnd);
    try {
      await writeChunk(source, write, start, chunkEnd);
    } catch (error) {
      await source.flush().catch(() => undefined);
      throw stoppedAt(error, start, byteOffset);
    }
    start = chunkEnd;
    const done = Math.min(start, end) - byteOffset;
    report(`${formatSize(done / SECTOR_SIZE)} of ${formatSize(byteCount / SECTOR_SIZE)}`, done / byteCount);
  }
  await source.flush();
  return Math.max(0, Math.min(start, end) - byteOffset);
}

/** Writes the sectors `[start, end)`, with what they have where the new bytes don't cover them. */
async function writeChunk(
  source: WrittenSource,
  { view, byteOffset, byteCount, bytes }: DirectWrite,
  start: number,
  end: number,
): Promise<void> {
  const from = Math.max(start, byteOffset);
  const to = Math.min(end, byteOffset + byteCount);
  const chunk = new Uint8Array(end - start);
  if (from > start) chunk.set((await readWhole(source, view, from)).subarray(0, from - start));
  if (to < end) {
    const last = await readWhole(source, view, to);
    chunk.set(last.subarray(to % SECTOR_SIZE), to - start);
  }
  chunk.set(await bytes(from - byteOffset, to - from), from - start);
  await source.write(view, start / SECTOR_SIZE, chunk);
}

/** The sector that holds a byte. @throws RemapError `EIO` if it can't be read */
async function readWhole(source: WrittenSource, view: ViewId, byte: number): Promise<Uint8Array> {
  const sector = Math.floor(byte / SECTOR_SIZE);
  const { bytes, unreadable } = await source.read(view, sector, 1);
  if (unreadable.length === 0) return bytes;
  throw new RemapError('EIO', `Sector ${sector} can’t be read: overwrite all of it, or nothing.`);
}

function stoppedAt(cause: unknown, start: number, byteOffset: number): RemapError {
  const { code, message } = describeError(cause);
  const sector = start / SECTOR_SIZE;
  const first = Math.floor(byteOffset / SECTOR_SIZE);
  const before = start > byteOffset ? `Sectors ${first} to ${sector - 1} are written; from` : 'From';
  const text = `${message.replace(/\.$/, '')}. ${before} sector ${sector} on some of the next ${CHUNK_BYTES / SECTOR_SIZE} may be, none after them.`;
  return new RemapError(code as RemapError['code'], text, {}, { cause });
}
