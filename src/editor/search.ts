import { type Direction, SECTOR_SIZE, type SearchMatch, type Wanted } from '../shared/protocol';
import { type Found, Haystack, type Matcher, matcherOf } from './searchPattern';

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
const STEP_SECTORS = 8192;
const STEP_BYTES = STEP_SECTORS * SECTOR_SIZE;
const ZEROS = new Uint8Array(STEP_BYTES);

/**
 * Searches for the match that begins next after (or before) `fromByte`. At the end of the bytes the search goes on from
 * the other end, up to and including `fromByte`. Bytes that can't be read match nothing.
 * @throws the signal's reason when it is aborted; RemapError `EINVAL` as {@link matcherOf}
 */
export async function searchBytes(
  searched: SearchedBytes,
  wanted: Wanted,
  fromByte: number,
  direction: Direction,
  { signal, onProgress }: SearchOptions,
): Promise<SearchMatch | null> {
  const matcher = matcherOf(wanted);
  const lastStart = searched.byteCount - matcher.shortest;
  if (lastStart < 0) return null;
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
    for await (const part of parts(searched, matcher.longest, steps(start, end, direction), signal)) {
      const found = findIn(part, matcher, part.start, part.end, direction);
      if (found) return { byteOffset: found.at, byteCount: found.length, wrapped: leg === 1 };
      done += part.end - part.start;
      onProgress?.(Math.min(done, searched.byteCount), searched.byteCount);
    }
  }
  return null;
}

/**
 * All matches from the start on that don't overlap, at most `most`.
 * @throws as {@link searchBytes}
 */
export async function searchAll(
  searched: SearchedBytes,
  wanted: Wanted,
  most: number,
  { signal, onProgress }: SearchOptions,
): Promise<{ matches: { byteOffset: number; byteCount: number }[]; isComplete: boolean }> {
  const matcher = matcherOf(wanted);
  const matches: { byteOffset: number; byteCount: number }[] = [];
  let next = 0;
  const ends = steps(0, Math.max(0, searched.byteCount - matcher.shortest + 1), 'next');
  for await (const part of parts(searched, matcher.longest, ends, signal)) {
    for (next = Math.max(next, part.start); next < part.end; ) {
      const found = findIn(part, matcher, next, part.end, 'next');
      if (!found) break;
      if (matches.length === most) return { matches, isComplete: false };
      matches.push({ byteOffset: found.at, byteCount: found.length });
      next = found.at + found.length;
    }
    onProgress?.(part.end, searched.byteCount);
  }
  return { matches, isComplete: true };
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

/** A part of what is searched: matches that begin in `[start, end)` lie in its bytes. */
interface Part {
  readonly start: number;
  readonly end: number;
  /** Where its bytes begin. */
  readonly base: number;
  readonly haystack: Haystack;
  /** The bytes that could not be read, counted from `base`. */
  readonly holes: readonly (readonly [from: number, end: number])[];
}

/** Reads part after part, the next one while the one before is searched. */
async function* parts(
  searched: SearchedBytes,
  longest: number,
  ranges: Iterable<readonly [start: number, end: number]>,
  signal: AbortSignal,
): AsyncGenerator<Part> {
  let ahead: Promise<Part> | null = null;
  for (const [start, end] of ranges) {
    signal.throwIfAborted();
    const next = readPart(searched, longest, start, end, signal);
    // It is awaited in the next round: a failure before that is no unhandled rejection.
    next.catch(() => undefined);
    if (ahead) yield await ahead;
    ahead = next;
  }
  signal.throwIfAborted();
  if (ahead) yield await ahead;
}

async function readPart(
  searched: SearchedBytes,
  longest: number,
  start: number,
  end: number,
  signal: AbortSignal,
): Promise<Part> {
  const firstSector = Math.floor(start / SECTOR_SIZE);
  const lastByte = Math.min(end - 1 + longest, searched.byteCount);
  const sectorCount = Math.ceil(lastByte / SECTOR_SIZE) - firstSector;
  const { bytes, unreadable } = await searched.read(firstSector, sectorCount, signal);
  const base = firstSector * SECTOR_SIZE;
  const holes = unreadable.map(
    ({ first, count }) => [first * SECTOR_SIZE - base, (first + count) * SECTOR_SIZE - base] as const,
  );
  const haystack = new Haystack(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  return { start, end, base, haystack, holes };
}

/** The first (or last) match in a part that begins in `[start, end)` and has no byte that could not be read. */
function findIn(
  { base, haystack, holes }: Part,
  matcher: Matcher,
  start: number,
  end: number,
  direction: Direction,
): Found | null {
  let from = start - base;
  let to = end - base;
  while (from < to) {
    const found = matcher.find(haystack, from, to, direction);
    if (!found) return null;
    const { at, length } = found;
    const hole = holes.find(([first, last]) => at < last && at + length > first);
    if (!hole) return { at: base + at, length };
    if (direction === 'next') from = at < hole[0] ? at + 1 : hole[1];
    else to = Math.min(at, hole[0]);
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

/** The nearest of ascending sectors from `fromSector` (included) on, or null. */
export function seekListed(
  ascending: readonly number[],
  fromSector: number,
  direction: Direction,
): number | null {
  const found =
    direction === 'next'
      ? ascending.find((sector) => sector >= fromSector)
      : ascending.findLast((sector) => sector <= fromSector);
  return found ?? null;
}
