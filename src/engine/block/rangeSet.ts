import { RemapError, type SectorRange } from '../errors';
import { appendRange } from './range';
import { NOWHERE, RangeSetRuns, type TaggedRun } from './rangeSetRuns';

/** A run of sectors that carry the same tag. */
export interface TaggedRange {
  readonly first: number;
  readonly sectorCount: number;
  readonly tag: number;
}

/** A {@link RangeSet} that can't be changed through this type. */
export type ReadonlyRangeSet = Omit<RangeSet, 'add' | 'remove' | 'clear'>;

/**
 * A set of sectors, kept as ascending disjoint runs, each with a tag (an unsigned 32-bit number whose meaning is the
 * owner's; 0 unless given). Runs that touch and carry the same tag are one. A look-up is O(log runs), a change
 * O(log runs) and a move within a small chunk, adding in ascending order is O(1); a run takes 20 to 40 bytes.
 *
 * Don't change a set while iterating over it.
 */
export class RangeSet implements Iterable<SectorRange> {
  readonly #runs = new RangeSetRuns();
  #sectorCount = 0;

  /** The sectors of runs in any order; the later of two overlapping runs wins. */
  static from(
    runs: Iterable<SectorRange | readonly [first: number, sectorCount: number, tag: number]>,
  ): RangeSet {
    const set = new RangeSet();
    for (const [first, sectorCount, tag] of runs) set.add(first, sectorCount, tag);
    return set;
  }

  /** How many runs of equal tag there are. */
  get runCount(): number {
    return this.#runs.length;
  }

  get sectorCount(): number {
    return this.#sectorCount;
  }

  has(sector: number): boolean {
    return this.intersects(sector, 1);
  }

  /** The tag of a sector, `undefined` if the sector isn't in the set. */
  tagOf(sector: number): number | undefined {
    const cursor = this.#runs.firstEndingAfter(sector);
    return cursor === NOWHERE || this.#runs.start(cursor) > sector ? undefined : this.#runs.tag(cursor);
  }

  /** The run that a sector is in, all of whose sectors carry its tag; `undefined` if it isn't in the set. */
  runOf(sector: number): SectorRange | undefined {
    const cursor = this.#runs.firstEndingAfter(sector);
    if (cursor === NOWHERE || this.#runs.start(cursor) > sector) return undefined;
    const start = this.#runs.start(cursor);
    return [start, this.#runs.end(cursor) - start];
  }

  /** Whether any sector of a run is in the set. */
  intersects(first: number, sectorCount: number): boolean {
    const cursor = this.#runs.firstEndingAfter(first);
    return cursor !== NOWHERE && this.#runs.start(cursor) < first + sectorCount;
  }

  /** The part of the set within a run, ascending. Runs that touch are merged even if their tags differ. */
  overlaps(first: number, sectorCount: number): SectorRange[] {
    const ranges: [number, number][] = [];
    for (const range of this.tagged(first, sectorCount)) {
      appendRange(ranges, range.first, range.sectorCount);
    }
    return ranges;
  }

  /** The first sector of the set at or after `from`. */
  next(from: number): number | undefined {
    const cursor = this.#runs.firstEndingAfter(from);
    return cursor === NOWHERE ? undefined : Math.max(from, this.#runs.start(cursor));
  }

  /** The last sector of the set at or before `from`. */
  previous(from: number): number | undefined {
    const cursor = this.#runs.firstEndingAfter(from);
    if (cursor !== NOWHERE && this.#runs.start(cursor) <= from) return from;
    const before = this.#runs.before(cursor);
    return before === NOWHERE ? undefined : this.#runs.end(before) - 1;
  }

  /** All runs, ascending. Runs that touch are merged even if their tags differ. */
  *[Symbol.iterator](): Iterator<SectorRange> {
    let start = 0;
    let end = 0;
    for (let cursor = this.#runs.firstEndingAfter(0); cursor !== NOWHERE; cursor = this.#runs.after(cursor)) {
      if (this.#runs.start(cursor) !== end) {
        if (end > start) yield [start, end - start];
        start = this.#runs.start(cursor);
      }
      end = this.#runs.end(cursor);
    }
    if (end > start) yield [start, end - start];
  }

  /** The runs within `[first, first + sectorCount)`, ascending, split where the tag changes. Without arguments: all runs. */
  *tagged(first = 0, sectorCount = Number.POSITIVE_INFINITY): Generator<TaggedRange> {
    const runs = this.#runs;
    const end = first + sectorCount;
    for (
      let cursor = runs.firstEndingAfter(first);
      cursor !== NOWHERE && runs.start(cursor) < end;
      cursor = runs.after(cursor)
    ) {
      const from = Math.max(first, runs.start(cursor));
      yield { first: from, sectorCount: Math.min(end, runs.end(cursor)) - from, tag: runs.tag(cursor) };
    }
  }

  /**
   * Puts a run into the set; sectors that are in it get the new tag.
   * @throws RemapError `EINVAL` if the run isn't one of whole sectors
   */
  add(first: number, sectorCount: number, tag = 0): void {
    checkRun(first, sectorCount);
    this.#replace(first, first + sectorCount, tag >>> 0);
  }

  /**
   * Takes a run out of the set, and answers how many sectors of it were there.
   * @throws RemapError `EINVAL` if the run isn't one of whole sectors
   */
  remove(first: number, sectorCount: number): number {
    checkRun(first, sectorCount);
    const before = this.#sectorCount;
    this.#replace(first, first + sectorCount, undefined);
    return before - this.#sectorCount;
  }

  clear(): void {
    this.#runs.clear();
    this.#sectorCount = 0;
  }

  /** Gives `[first, end)` a tag, or takes it out if there is none. Runs that then touch and have the same tag become one. */
  #replace(first: number, end: number, tag: number | undefined): void {
    const runs = this.#runs;
    let from = runs.firstEndingAfter(first - 1);
    const isOnlyTouched = from !== NOWHERE && runs.end(from) === first && runs.tag(from) !== tag;
    if (isOnlyTouched) from = runs.after(from);

    let left: TaggedRun | undefined;
    let right: TaggedRun | undefined;
    let start = first;
    let stop = end;
    let to = from;
    for (; to !== NOWHERE; to = runs.after(to)) {
      const runStart = runs.start(to);
      const runEnd = runs.end(to);
      const runTag = runs.tag(to);
      if (runStart > end || (runStart === end && runTag !== tag)) break;
      this.#sectorCount -= runEnd - runStart;
      if (runTag === tag) {
        start = Math.min(start, runStart);
        stop = Math.max(stop, runEnd);
      } else {
        if (runStart < first) left = [runStart, first, runTag];
        if (runEnd > end) right = [end, runEnd, runTag];
      }
    }
    const middle: TaggedRun | undefined = tag === undefined ? undefined : [start, stop, tag];
    const instead = [left, middle, right].filter((run) => run !== undefined);
    for (const [runStart, runEnd] of instead) this.#sectorCount += runEnd - runStart;
    runs.replace(from, to, instead);
  }
}

function checkRun(first: number, sectorCount: number): void {
  if (
    first >= 0 &&
    sectorCount > 0 &&
    Number.isSafeInteger(first) &&
    Number.isSafeInteger(first + sectorCount)
  ) {
    return;
  }
  throw new RemapError('EINVAL', `${sectorCount} sectors from ${first} on are not a run of sectors`, {
    sector: first,
    count: sectorCount,
  });
}
