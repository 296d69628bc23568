import { RangeSet } from '../engine';
import {
  type ByteRun,
  type ByteSpan,
  type Direction,
  type NotSearched,
  SECTOR_SIZE,
  type SearchMatch,
  type Wanted,
} from '../shared/protocol';
import type { Part, PartSearchPlan } from './partSearch';
import {
  bufferBytesFor,
  readInOrder,
  type SearchedBytes,
  STEP_BYTES,
  type Stretch,
  steps,
} from './searchedBytes';
import { openSearcher } from './searcher';
import { SearchMemory } from './searchMemory';
import { sizesOf } from './searchPattern';

/** How a request that may take long is cancelled, and how it tells how far it has come. */
export interface SearchOptions {
  readonly signal: AbortSignal;
  /** @param found the matches since the last call, of a search for all */
  readonly onProgress?: (doneBytes: number, totalBytes: number, found: readonly ByteRun[]) => void;
  /** The program of the thread that long searches run in, instead of that beside the extension's; null: no thread. */
  readonly program?: string | null;
}

/** Most runs of sectors that a search names as not searched. */
const MAX_NAMED_RUNS = 8;

/**
 * Searches for the match that begins next after (or before) `fromByte`. At the end of the bytes the search goes on from
 * the other end, up to and including `fromByte`. Bytes that can't be read match nothing: the sectors that were passed
 * unread are in the answer.
 * @param within where matches must lie; null: anywhere
 * @throws the signal's reason when it is aborted; RemapError `EINVAL` as {@link sizesOf} and {@link openSearcher}
 */
export async function searchBytes(
  searched: SearchedBytes,
  { wanted, within, fromByte, direction }: { wanted: Wanted; within: ByteSpan | null } & Place,
  options: SearchOptions,
): Promise<{ match: SearchMatch | null; notSearched: NotSearched }> {
  const pass = new Pass(searched, { wanted, direction, most: 1 }, within, options);
  const { first, end } = pass.starts;
  const turn = direction === 'next' ? fromByte + 1 : fromByte;
  const middle = Math.min(Math.max(turn, first), end);
  const legs: Span[] = [
    [first, middle],
    [middle, end],
  ];
  if (direction === 'next') legs.reverse();
  let done = 0;
  try {
    for (const [leg, [from, to]] of legs.entries()) {
      for await (const { matches, byteCount } of pass.through(from, to)) {
        const [match] = matches;
        if (match) {
          const { byteOffset, byteCount } = match;
          const passed: Span = direction === 'next' ? [from, byteOffset] : [byteOffset + byteCount, to];
          const spans = leg === 1 ? [legs[0]!, passed] : [passed];
          return { match: { ...match, wrapped: leg === 1 }, notSearched: pass.notSearched(spans) };
        }
        done += byteCount;
        options.onProgress?.(done, pass.byteCount, []);
      }
    }
  } finally {
    pass.end();
  }
  return { match: null, notSearched: pass.notSearched() };
}

interface Place {
  readonly fromByte: number;
  readonly direction: Direction;
}

/**
 * All matches from the start on that don't overlap, at most `most`.
 * @param within where matches must lie; null: anywhere
 * @throws as {@link searchBytes}
 */
export async function searchAll(
  searched: SearchedBytes,
  { wanted, within, most }: { wanted: Wanted; within: ByteSpan | null; most: number },
  options: SearchOptions,
): Promise<{ matches: ByteRun[]; isComplete: boolean; notSearched: NotSearched }> {
  // One more than is wanted tells that there are more.
  const pass = new Pass(searched, { wanted, direction: 'next', most: most + 1 }, within, options);
  const { first, end } = pass.starts;
  const all: ByteRun[] = [];
  let done = 0;
  try {
    for await (const { matches, byteCount } of pass.through(first, end)) {
      all.push(...matches);
      const more = all[most];
      if (more) {
        const notSearched = pass.notSearched([[first, more.byteOffset]]);
        return { matches: all.slice(0, most), isComplete: false, notSearched };
      }
      done += byteCount;
      options.onProgress?.(done, pass.byteCount, matches);
    }
  } finally {
    pass.end();
  }
  return { matches: all, isComplete: true, notSearched: pass.notSearched() };
}

type Span = readonly [start: number, end: number];

/** One search through bytes. */
class Pass {
  /** Where matches may begin: `[first, end)`. */
  readonly starts: { readonly first: number; readonly end: number };
  readonly #longest: number;
  /** Where matches end at the latest. */
  readonly #end: number;
  readonly #unreadable = new RangeSet();
  readonly #memory: SearchMemory;
  readonly #searcher: ReturnType<typeof openSearcher>;

  constructor(
    private readonly searched: SearchedBytes,
    plan: PartSearchPlan,
    within: ByteSpan | null,
    private readonly options: SearchOptions,
  ) {
    const { shortest, longest, patternBytes } = sizesOf(plan.wanted);
    this.#longest = longest;
    this.#end = Math.min(within?.end ?? searched.byteCount, searched.byteCount);
    const first = Math.min(within?.start ?? 0, this.#end);
    this.starts = { first, end: Math.max(first, this.#end - shortest + 1) };
    this.#memory = SearchMemory.take(patternBytes, bufferBytesFor(longest));
    try {
      this.#searcher = openSearcher(plan, this.#memory, this.starts.end - first, options.program);
    } catch (error) {
      this.#memory.release();
      throw error;
    }
  }

  /** How many bytes are to be searched. */
  get byteCount(): number {
    return this.#end - this.starts.first;
  }

  /** What of these spans of bytes could not be read. */
  notSearched(spans: readonly Span[] = [[0, this.#end]]): NotSearched {
    const runs = spans
      .map(([start, end]) => [Math.floor(start / SECTOR_SIZE), Math.ceil(end / SECTOR_SIZE)] as const)
      .flatMap(([first, end]) => this.#unreadable.overlaps(first, end - first));
    const sectorCount = runs.reduce((sum, [, count]) => sum + count, 0);
    return { sectorCount, runs: runs.slice(0, MAX_NAMED_RUNS) };
  }

  /** The matches that begin in `[start, end)`, part for part. */
  through(start: number, end: number): AsyncGenerator<{ matches: readonly ByteRun[]; byteCount: number }> {
    const { direction } = this.#searcher;
    return readInOrder(
      this.searched,
      this.#ranges(start, end, direction),
      async (stretch, [from, , to]) => ({
        matches: await this.#searcher.take(this.#partOf(stretch, from, to)),
        byteCount: to - from,
      }),
      this.#memory,
      this.options.signal,
    );
  }

  /** No part follows. */
  end(): void {
    this.#searcher.dispose();
    this.#memory.release();
  }

  /** For each step where it begins, where the bytes end that are read for it, and where it ends. */
  *#ranges(start: number, end: number, direction: Direction): Generator<[number, number, number]> {
    for (const [from, to] of steps(start, end, direction)) {
      yield [from, Math.min(to - 1 + this.#longest, this.#end), to];
    }
  }

  #partOf({ first, bytes, unreadable }: Stretch, start: number, end: number): Part {
    const base = first * SECTOR_SIZE;
    for (const run of unreadable) this.#unreadable.add(run.first, run.count);
    const holes = unreadable.map(
      (run) => [run.first * SECTOR_SIZE - base, (run.first + run.count) * SECTOR_SIZE - base] as const,
    );
    const byteCount = Math.min(bytes.length, this.#end - base);
    return { start, end, base, place: bytes.byteOffset, byteCount, holes };
  }
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
  const look = ({ first, bytes }: Stretch) => {
    const at = direction === 'next' ? firstNonZero(bytes) : lastNonZero(bytes);
    return { sector: at < 0 ? null : first + Math.floor(at / SECTOR_SIZE), byteCount: bytes.length };
  };
  const ranges = steps(start * SECTOR_SIZE, end * SECTOR_SIZE, direction);
  let done = 0;
  const memory = SearchMemory.take(0, bufferBytesFor(1));
  try {
    for await (const { sector, byteCount } of readInOrder(searched, ranges, look, memory, signal)) {
      if (sector !== null) return sector;
      done += byteCount;
      onProgress?.(done, (end - start) * SECTOR_SIZE, []);
    }
    return null;
  } finally {
    memory.release();
  }
}

const ZEROS = new Uint8Array(STEP_BYTES);

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
