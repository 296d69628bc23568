import { type Direction, SECTOR_SIZE, type SearchMatch } from '../shared/protocol';

/** The bytes that are searched: a view's, with its unsaved edits. */
export interface SearchedBytes {
  readonly byteCount: number;
  /** Reads whole sectors; those in `unreadable` are zeros. */
  read(
    firstSector: number,
    sectorCount: number,
    signal: AbortSignal,
  ): Promise<{ bytes: Uint8Array; unreadable: readonly { first: number; count: number }[] }>;
}

/** How a request that may take long is cancelled, and how it tells how far it has come. */
export interface SearchOptions {
  readonly signal: AbortSignal;
  readonly onProgress?: (doneBytes: number, totalBytes: number) => void;
}

/** Sectors that are read at once: enough for the disk's full speed, few enough to be cancelled without a wait. */
const STEP_SECTORS = 2048;
const STEP_BYTES = STEP_SECTORS * SECTOR_SIZE;
const ZEROS = new Uint8Array(STEP_BYTES);

/**
 * Searches for the match of `pattern` that begins next after (or before) `fromByte`. At the end of the bytes the search
 * goes on from the other end, up to and including `fromByte`. Bytes that can't be read match nothing.
 * @throws the signal's reason when it is aborted
 */
export async function searchBytes(
  searched: SearchedBytes,
  pattern: Uint8Array,
  fromByte: number,
  direction: Direction,
  { signal, onProgress }: SearchOptions,
): Promise<SearchMatch | null> {
  const lastStart = searched.byteCount - pattern.length;
  if (pattern.length === 0 || lastStart < 0) return null;
  const from = Math.min(fromByte, lastStart);
  const legs: readonly [start: number, end: number][] =
    direction === 'next'
      ? [
          [fromByte + 1, lastStart + 1],
          [0, from + 1],
        ]
      : [
          [0, Math.min(fromByte, lastStart + 1)],
          [from, lastStart + 1],
        ];
  let done = 0;
  for (const [leg, [start, end]] of legs.entries()) {
    for (const [first, last] of steps(start, end, direction)) {
      signal.throwIfAborted();
      const found = await findWithin(searched, pattern, first, last, direction, signal);
      if (found !== null) return { byteOffset: found, byteCount: pattern.length, wrapped: leg === 1 };
      done += last - first;
      onProgress?.(Math.min(done, searched.byteCount), searched.byteCount);
    }
  }
  return null;
}

/** The nearest sector from `fromSector` (included) on that can be read and isn't all zeros, or null. */
export async function seekNonZero(
  searched: SearchedBytes,
  fromSector: number,
  direction: Direction,
  { signal, onProgress }: SearchOptions,
): Promise<number | null> {
  const sectorCount = Math.ceil(searched.byteCount / SECTOR_SIZE);
  const [start, end] = direction === 'next' ? [fromSector, sectorCount] : [0, fromSector + 1];
  let done = 0;
  for (const [firstByte, endByte] of steps(start * SECTOR_SIZE, end * SECTOR_SIZE, direction)) {
    signal.throwIfAborted();
    const first = firstByte / SECTOR_SIZE;
    const { bytes } = await searched.read(first, endByte / SECTOR_SIZE - first, signal);
    const at = direction === 'next' ? firstNonZero(bytes) : lastNonZero(bytes);
    if (at >= 0) return first + Math.floor(at / SECTOR_SIZE);
    done += bytes.length;
    onProgress?.(done, (end - start) * SECTOR_SIZE);
  }
  return null;
}

/** Cuts `[start, end)` at multiples of a step, in the order of the search. */
function* steps(start: number, end: number, direction: Direction): Generator<[number, number]> {
  if (direction === 'next') {
    for (let at = start; at < end; ) {
      const stop = Math.min(end, (Math.floor(at / STEP_BYTES) + 1) * STEP_BYTES);
      yield [at, stop];
      at = stop;
    }
  } else {
    for (let at = end; at > start; ) {
      const stop = Math.max(start, (Math.ceil(at / STEP_BYTES) - 1) * STEP_BYTES);
      yield [stop, at];
      at = stop;
    }
  }
}

/** The first (or last) match that begins in `[start, end)`; it may end after `end`. */
async function findWithin(
  searched: SearchedBytes,
  pattern: Uint8Array,
  start: number,
  end: number,
  direction: Direction,
  signal: AbortSignal,
): Promise<number | null> {
  const firstSector = Math.floor(start / SECTOR_SIZE);
  const lastByte = Math.min(end - 1 + pattern.length, searched.byteCount);
  const sectorCount = Math.ceil(lastByte / SECTOR_SIZE) - firstSector;
  const { bytes, unreadable } = await searched.read(firstSector, sectorCount, signal);
  const base = firstSector * SECTOR_SIZE;
  const haystack = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const holes = unreadable.map(({ first, count }) => [
    first * SECTOR_SIZE - base,
    (first + count) * SECTOR_SIZE - base,
  ]);
  const holeAt = (at: number) => holes.find(([from, to]) => at < to! && at + pattern.length > from!);
  let at = direction === 'next' ? start - base : end - 1 - base;
  while (at >= start - base && at < end - base) {
    at = direction === 'next' ? haystack.indexOf(pattern, at) : haystack.lastIndexOf(pattern, at);
    if (at < start - base || at >= end - base) return null;
    const hole = holeAt(at);
    if (!hole) return base + at;
    at = direction === 'next' ? hole[1]! : hole[0]! - pattern.length;
  }
  return null;
}

function isZero(bytes: Uint8Array): boolean {
  return Buffer.compare(bytes, ZEROS.subarray(0, bytes.length)) === 0;
}

function firstNonZero(bytes: Uint8Array): number {
  return isZero(bytes) ? -1 : bytes.findIndex((byte) => byte !== 0);
}

function lastNonZero(bytes: Uint8Array): number {
  return isZero(bytes) ? -1 : bytes.findLastIndex((byte) => byte !== 0);
}
