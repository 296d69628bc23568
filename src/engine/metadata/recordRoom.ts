import type { SectorRange } from '../errors';
import type { LargeTable, TableCounts } from './largeTable';
import { findRoom } from './tableExtents';
import type { TableRoom } from './tableRoom';

/** What the store knows of its entries. */
export interface SavedEntries {
  /** What the last commit that has ended made durable, or that which is under way will. */
  readonly counts: TableCounts;
  /** Entries that the next commit must write besides those that are new. */
  readonly unsavedCount: number;
  /** How many entries there may be at all. */
  readonly limit: number;
}

/**
 * Sees to it that data and the large table share a spare to its end: a sector is handed out only if its entry can be
 * remembered, which takes room too. The sectors that were handed out and are in no commit yet are the *promised* ones.
 */
export class RecordRoom {
  readonly #room: TableRoom;
  readonly #table: LargeTable;
  readonly #saved: () => SavedEntries;
  #promised = 0;
  /** The counts before the commit that is under way: the entries that it writes are still promised. */
  #before: TableCounts | null = null;

  constructor(room: TableRoom, table: LargeTable, saved: () => SavedEntries) {
    this.#room = room;
    this.#table = table;
    this.#saved = saved;
  }

  get promised(): number {
    return this.#promised;
  }

  /** Whether the entries of a run can be remembered if it is handed out now. */
  mayTake(first: number, count: number): boolean {
    const needed = this.#sectorsFor(count);
    if (needed === 0) return true;
    const free = this.#room.free();
    const at = free.findIndex(([start, length]) => first >= start && first < start + length);
    if (at === -1) return false;
    const [start, length] = free[at]!;
    const around: SectorRange[] = [
      [start, first - start],
      [first + count, start + length - first - count],
    ];
    return findRoom(needed, [...free.slice(0, at), ...around, ...free.slice(at + 1)]) !== undefined;
  }

  /** Keeps room for the records of sectors that were handed out, on this spare or another one. */
  promise(count: number): void {
    this.#promised += count;
  }

  /** A commit begins: until {@link keep} the entries that it writes are counted as promised. */
  begin(): void {
    this.#before = this.#saved().counts;
  }

  /** So many promised entries are in a commit that has ended, or will be in none. */
  keep(count: number): void {
    this.#promised = Math.max(0, this.#promised - count);
    this.#before = null;
  }

  /**
   * How many of the free sectors can be handed out, so that each entry can be remembered.
   * @param more entries that other spares will have got by then
   */
  usable(freeCount: number, more = 0): number {
    if (this.#sectorsFor(more + freeCount) === 0) return freeCount;
    const free = this.#room.free();
    return highestThat((count) => {
      const needed = this.#sectorsFor(more + count);
      return needed === 0 || findRoom(needed, withoutFirst(free, count)) !== undefined;
    }, freeCount);
  }

  /** Sectors of each mirror that are to be found before so many more entries have a place; 0: they have. */
  #sectorsFor(count: number): number {
    const { counts, unsavedCount, limit } = this.#saved();
    const more = this.#promised + unsavedCount + count;
    const before = this.#before ?? counts;
    return before.entryCount + more > limit
      ? Number.POSITIVE_INFINITY
      : this.#table.sectorsMissing(before, more);
  }
}

/** The highest number up to `most` for which something holds that holds for all lower ones; at least 0. */
export function highestThat(holds: (count: number) => boolean, most: number): number {
  let [low, high] = [0, Math.max(0, most)];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (holds(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** What is left of ascending runs without their first sectors. */
function withoutFirst(runs: readonly SectorRange[], count: number): SectorRange[] {
  let left = count;
  let i = 0;
  while (i < runs.length && runs[i]![1] <= left) left -= runs[i++]![1];
  const [head] = runs.slice(i, i + 1);
  if (!head) return [];
  return [[head[0] + left, head[1] - left], ...runs.slice(i + 1)];
}
