import { RemapError, type SectorRange } from '../errors';
import { appendRange } from './range';
import { CHUNK_CAPACITY, RangeSetChunk } from './rangeSetChunk';

/** A run of sectors that carry the same tag. */
export interface TaggedRange {
  readonly first: number;
  readonly sectorCount: number;
  readonly tag: number;
}

/** What a {@link RangeSet} answers, for those who must not change it. */
export type ReadonlyRangeSet = Omit<RangeSet, 'add' | 'remove' | 'clear'>;

/**
 * A set of sectors, kept as ascending disjoint runs, each with a tag (an unsigned 32-bit number whose meaning is the
 * owner's; 0 unless given). Runs that touch and carry the same tag are one. A look-up is O(log runs), a change
 * O(log runs) and a move within a small chunk, adding in ascending order is O(1); a run takes 20 to 40 bytes.
 *
 * Don't change a set while iterating over it.
 */
export class RangeSet implements Iterable<SectorRange> {
  #chunks: RangeSetChunk[] = [];
  #runCount = 0;
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
    return this.#runCount;
  }

  get sectorCount(): number {
    return this.#sectorCount;
  }

  has(sector: number): boolean {
    return this.intersects(sector, 1);
  }

  /** The tag of a sector, `undefined` if the sector isn't in the set. */
  tagOf(sector: number): number | undefined {
    const at = this.#firstEndingAfter(sector);
    if (at < 0 || this.#start(at) > sector) return undefined;
    return this.#chunkAt(at).tags[at % CHUNK_CAPACITY];
  }

  /** Whether any sector of a run is in the set. */
  intersects(first: number, sectorCount: number): boolean {
    const at = this.#firstEndingAfter(first);
    return at >= 0 && this.#start(at) < first + sectorCount;
  }

  /** The part of the set within a run, ascending, merged whatever the tags. */
  overlaps(first: number, sectorCount: number): SectorRange[] {
    const ranges: [number, number][] = [];
    for (const range of this.tagged(first, sectorCount)) {
      appendRange(ranges, range.first, range.sectorCount);
    }
    return ranges;
  }

  /** The first sector of the set at or behind `from`. */
  next(from: number): number | undefined {
    const at = this.#firstEndingAfter(from);
    return at < 0 ? undefined : Math.max(from, this.#start(at));
  }

  /** The last sector of the set at or before `from`. */
  previous(from: number): number | undefined {
    const at = this.#firstEndingAfter(from);
    if (at >= 0 && this.#start(at) <= from) return from;
    const chunk = at < 0 ? this.#chunks.length - 1 : Math.floor(at / CHUNK_CAPACITY);
    const index = at < 0 ? (this.#chunks[chunk]?.length ?? 0) : at % CHUNK_CAPACITY;
    if (index > 0) return this.#chunks[chunk]!.ends[index - 1]! - 1;
    return chunk > 0 ? this.#chunks[chunk - 1]!.lastEnd - 1 : undefined;
  }

  /** All runs, ascending, merged whatever the tags. */
  *[Symbol.iterator](): Iterator<SectorRange> {
    let start = 0;
    let end = 0;
    for (const chunk of this.#chunks) {
      for (let i = 0; i < chunk.length; i++) {
        if (chunk.starts[i]! !== end) {
          if (end > start) yield [start, end - start];
          start = chunk.starts[i]!;
        }
        end = chunk.ends[i]!;
      }
    }
    if (end > start) yield [start, end - start];
  }

  /** The runs within `[first, first + sectorCount)`, ascending, split where the tag changes. All if not given. */
  *tagged(first = 0, sectorCount = Number.POSITIVE_INFINITY): Generator<TaggedRange> {
    const end = first + sectorCount;
    let at = this.#firstEndingAfter(first);
    while (at >= 0 && this.#start(at) < end) {
      const chunk = this.#chunkAt(at);
      for (let i = at % CHUNK_CAPACITY; i < chunk.length && chunk.starts[i]! < end; i++) {
        const from = Math.max(first, chunk.starts[i]!);
        yield { first: from, sectorCount: Math.min(end, chunk.ends[i]!) - from, tag: chunk.tags[i]! };
      }
      at = this.#position(Math.floor(at / CHUNK_CAPACITY) + 1, 0);
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
    this.#chunks = [];
    this.#runCount = 0;
    this.#sectorCount = 0;
  }

  /** A run's position is one number, `chunk * CHUNK_CAPACITY + index`, so that a look-up allocates nothing. */
  #position(chunk: number, index: number): number {
    return chunk < this.#chunks.length ? chunk * CHUNK_CAPACITY + index : -1;
  }

  #chunkAt(position: number): RangeSetChunk {
    return this.#chunks[Math.floor(position / CHUNK_CAPACITY)]!;
  }

  #start(position: number): number {
    return this.#chunkAt(position).starts[position % CHUNK_CAPACITY]!;
  }

  /** Position of the first run that ends behind a sector, -1 if there is none. */
  #firstEndingAfter(sector: number): number {
    let low = 0;
    let high = this.#chunks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#chunks[middle]!.lastEnd > sector) high = middle;
      else low = middle + 1;
    }
    return low === this.#chunks.length
      ? -1
      : low * CHUNK_CAPACITY + this.#chunks[low]!.firstEndingAfter(sector);
  }

  /** Gives `[first, end)` a tag, or takes it out, and merges what then touches. */
  #replace(first: number, end: number, tag: number | undefined): void {
    const at = this.#firstEndingAfter(first - 1);
    let chunkIndex = at < 0 ? this.#chunks.length : Math.floor(at / CHUNK_CAPACITY);
    let index = at < 0 ? 0 : at % CHUNK_CAPACITY;
    const touching = this.#chunks[chunkIndex];
    if (touching && touching.ends[index] === first && touching.tags[index] !== tag) {
      index++;
      if (index === touching.length) {
        chunkIndex++;
        index = 0;
      }
    }
    const instead = this.#takeOut(chunkIndex, index, first, end, tag);
    const changed = this.#insertAll(chunkIndex, index, instead);
    this.#join(changed);
    this.#join(changed - 1);
  }

  /**
   * Takes out the runs from a place on that overlap `[first, end)` or touch it with its tag, and answers what must come
   * in their stead.
   */
  #takeOut(
    chunkIndex: number,
    index: number,
    first: number,
    end: number,
    tag: number | undefined,
  ): TaggedRun[] {
    let left: TaggedRun | undefined;
    let right: TaggedRun | undefined;
    let lastChunk = chunkIndex;
    let last = index;
    let start = first;
    let stop = end;
    for (let chunk = this.#chunks[lastChunk]; chunk; chunk = this.#chunks[lastChunk]) {
      const runStart = chunk.starts[last]!;
      const runEnd = chunk.ends[last]!;
      const runTag = chunk.tags[last]!;
      if (runStart > end || (runStart === end && runTag !== tag)) break;
      if (runTag === tag) {
        start = Math.min(start, runStart);
        stop = Math.max(stop, runEnd);
      } else {
        if (runStart < first) left = [runStart, first, runTag];
        if (runEnd > end) right = [end, runEnd, runTag];
      }
      this.#runCount--;
      this.#sectorCount -= runEnd - runStart;
      last++;
      if (last === chunk.length) {
        lastChunk++;
        last = 0;
      }
    }
    this.#removeBetween(chunkIndex, index, lastChunk, last);
    const middle: TaggedRun | undefined = tag === undefined ? undefined : [start, stop, tag];
    return [left, middle, right].filter((run) => run !== undefined);
  }

  #removeBetween(fromChunk: number, from: number, toChunk: number, to: number): void {
    const head = this.#chunks[fromChunk];
    if (!head) return;
    if (fromChunk === toChunk) {
      head.remove(from, to);
    } else {
      head.remove(from, head.length);
      if (to > 0) this.#chunks[toChunk]!.remove(0, to);
      this.#chunks.splice(fromChunk + 1, toChunk - fromChunk - 1);
    }
    if (head.length === 0) this.#chunks.splice(fromChunk, 1);
  }

  /** Inserts runs at a place, and answers in which chunk the last of them went. */
  #insertAll(chunkIndex: number, index: number, runs: readonly TaggedRun[]): number {
    let c = chunkIndex;
    let i = index;
    for (const [start, end, tag] of runs) {
      [c, i] = this.#placeFor(c, i);
      this.#chunks[c]!.insert(i, start, end, tag);
      this.#runCount++;
      this.#sectorCount += end - start;
      i++;
    }
    return c;
  }

  /** The place itself if its chunk has room; else room is made. Appending leaves full chunks behind, not halves. */
  #placeFor(chunkIndex: number, index: number): [chunkIndex: number, index: number] {
    const previous = this.#chunks[chunkIndex - 1];
    if (index === 0 && previous && !previous.isFull) return [chunkIndex - 1, previous.length];
    const chunk = this.#chunks[chunkIndex];
    if (!chunk) {
      this.#chunks.push(new RangeSetChunk());
      return [chunkIndex, 0];
    }
    if (!chunk.isFull) return [chunkIndex, index];
    if (index === chunk.length) {
      this.#chunks.splice(chunkIndex + 1, 0, new RangeSetChunk());
      return [chunkIndex + 1, 0];
    }
    this.#chunks.splice(chunkIndex + 1, 0, chunk.split());
    return index <= chunk.length ? [chunkIndex, index] : [chunkIndex + 1, index - chunk.length];
  }

  /** Joins a chunk with the next if little is left in both. */
  #join(chunkIndex: number): void {
    const chunk = this.#chunks[chunkIndex];
    const next = this.#chunks[chunkIndex + 1];
    if (chunk && next && chunk.length + next.length <= CHUNK_CAPACITY / 2) {
      chunk.append(next);
      this.#chunks.splice(chunkIndex + 1, 1);
    }
  }
}

/** `end` is exclusive. */
type TaggedRun = [start: number, end: number, tag: number];

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
