import { type Direction, SECTOR_SIZE } from '../shared/protocol';
import type { SearchMemory } from './searchMemory';

/** The bytes that are searched: a view's, with its unsaved edits. */
export interface SearchedBytes {
  readonly byteCount: number;
  /**
   * Reads whole sectors; those in `unreadable` are zeros.
   * @param into where the bytes may go, instead of into memory of their own
   */
  read(
    firstSector: number,
    sectorCount: number,
    signal: AbortSignal,
    into?: Uint8Array,
  ): Promise<SearchedRead>;
}

interface SearchedRead {
  readonly bytes: Uint8Array;
  readonly unreadable: readonly { readonly first: number; readonly count: number }[];
}

/** Sectors that were read, from `first` on, into the memory of the search. */
export interface Stretch extends SearchedRead {
  readonly first: number;
}

/** Bytes that are read at once: enough for the disk's full speed, few enough to be cancelled without a wait. */
export const STEP_BYTES = 2 << 20;
/** How many reads are under way at once. */
const IN_FLIGHT = 4;

/** How much is read for a step, of which matches of so many bytes begin in the last byte. */
export function bufferBytesFor(longest: number): number {
  return STEP_BYTES + longest + 2 * SECTOR_SIZE;
}

/** Cuts `[start, end)` at multiples of a step, in the order of the search. */
export function* steps(start: number, end: number, direction: Direction): Generator<[number, number]> {
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

/**
 * Reads ranges of bytes, several at once, and has them used in their order. What was read is in memory that the next reads
 * use again: it must not be used any more once `use` has answered.
 * @throws the signal's reason when it is aborted
 */
export async function* readInOrder<R extends readonly [start: number, end: number, ...rest: number[]], T>(
  { read }: SearchedBytes,
  ranges: Iterable<R>,
  use: (stretch: Stretch, range: R) => Promise<T> | T,
  memory: SearchMemory,
  signal: AbortSignal,
): AsyncGenerator<T> {
  const wanted = ranges[Symbol.iterator]();
  const ahead: Promise<T>[] = [];
  let turn: Promise<unknown> = Promise.resolve();
  let begun = 0;
  let reading = 0;
  let isOver = false;
  // A read that ends makes way for the next one before its own bytes are used: the disk isn't idle meanwhile.
  const readOn = (): void => {
    while (reading < IN_FLIGHT && ahead.length < memory.bufferCount && !signal.aborted && !isOver) {
      const next = wanted.next();
      if (next.done) return;
      const first = Math.floor(next.value[0] / SECTOR_SIZE);
      const sectorCount = Math.ceil(next.value[1] / SECTOR_SIZE) - first;
      const buffer = memory.buffer(begun++ % memory.bufferCount);
      reading++;
      const found = read(first, sectorCount, signal, buffer).finally(() => {
        reading--;
        readOn();
      });
      const taken = turn
        .then(() => found)
        .then((stretch) => {
          if (isOver) throw signal.reason;
          const bytes = inside(buffer, stretch.bytes);
          return { answer: use({ first, bytes, unreadable: stretch.unreadable }, next.value) };
        });
      turn = taken;
      const used = taken.then(({ answer }) => answer);
      // They are awaited later: a failure before that is no unhandled rejection.
      for (const promise of [found, taken, used]) promise.catch(() => undefined);
      for (const promise of [found, used]) memory.holdFor(promise);
      ahead.push(used);
    }
  };
  try {
    for (readOn(); ahead.length > 0; readOn()) {
      const answer = await ahead[0]!;
      ahead.shift();
      signal.throwIfAborted();
      yield answer;
    }
    signal.throwIfAborted();
  } finally {
    isOver = true;
  }
}

/** What was read, in the buffer: some sources give bytes of their own. */
function inside(buffer: Uint8Array, bytes: Uint8Array): Uint8Array {
  if (bytes.buffer === buffer.buffer) return bytes;
  buffer.set(bytes);
  return buffer.subarray(0, bytes.length);
}
