import { CHUNK_BITS, CHUNK_CAPACITY, RangeSetChunk } from './rangeSetChunk';

/** A run with a tag; `end` is exclusive. */
export type TaggedRun = readonly [start: number, end: number, tag: number];

/** The cursor after the last run. */
export const NOWHERE = -1;

/**
 * The runs of a `RangeSet` in ascending order, in chunks, with a look-up by sector. A run's cursor is one number,
 * so that a look-up allocates nothing; any change makes all cursors invalid.
 */
export class RangeSetRuns {
  readonly #chunks: RangeSetChunk[] = [];
  /** Where each chunk ends: the look-up goes through these without touching the chunks. */
  readonly #chunkEnds: number[] = [];
  #length = 0;

  get length(): number {
    return this.#length;
  }

  start(cursor: number): number {
    return this.#chunkAt(cursor).starts[cursor & (CHUNK_CAPACITY - 1)]!;
  }

  end(cursor: number): number {
    return this.#chunkAt(cursor).ends[cursor & (CHUNK_CAPACITY - 1)]!;
  }

  tag(cursor: number): number {
    return this.#chunkAt(cursor).tags[cursor & (CHUNK_CAPACITY - 1)]!;
  }

  /** Cursor of the first run that ends after a sector, or {@link NOWHERE}. */
  firstEndingAfter(sector: number): number {
    let low = 0;
    let high = this.#chunkEnds.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#chunkEnds[middle]! > sector) high = middle;
      else low = middle + 1;
    }
    const chunk = this.#chunks[low];
    return chunk ? (low << CHUNK_BITS) | chunk.firstEndingAfter(sector) : NOWHERE;
  }

  /** The cursor after another, which isn't {@link NOWHERE}. */
  after(cursor: number): number {
    if ((cursor & (CHUNK_CAPACITY - 1)) + 1 < this.#chunkAt(cursor).length) return cursor + 1;
    const chunk = (cursor >>> CHUNK_BITS) + 1;
    return chunk < this.#chunks.length ? chunk << CHUNK_BITS : NOWHERE;
  }

  /** The cursor before another; {@link NOWHERE} if there is none. */
  before(cursor: number): number {
    if (cursor !== NOWHERE && (cursor & (CHUNK_CAPACITY - 1)) > 0) return cursor - 1;
    const chunk = (cursor === NOWHERE ? this.#chunks.length : cursor >>> CHUNK_BITS) - 1;
    return chunk < 0 ? NOWHERE : (chunk << CHUNK_BITS) | (this.#chunks[chunk]!.length - 1);
  }

  /** Puts runs in the place of those from one cursor to before another. */
  replace(from: number, to: number, runs: readonly TaggedRun[]): void {
    if (this.#overwrite(from, to, runs)) return;
    const [chunkIndex, index] = this.#place(from);
    this.#remove(chunkIndex, index, ...this.#place(to));
    const changed = this.#insert(chunkIndex, index, runs);
    this.#join(changed);
    this.#join(changed - 1);
  }

  clear(): void {
    this.#spliceChunks(0, this.#chunks.length);
    this.#length = 0;
  }

  #chunkAt(cursor: number): RangeSetChunk {
    return this.#chunks[cursor >>> CHUNK_BITS]!;
  }

  #place(cursor: number): [chunkIndex: number, index: number] {
    if (cursor === NOWHERE) return [this.#chunks.length, 0];
    return [cursor >>> CHUNK_BITS, cursor & (CHUNK_CAPACITY - 1)];
  }

  /** Replaces runs of one chunk by as many others in place, as when a run grows. Answers whether that is the case. */
  #overwrite(from: number, to: number, runs: readonly TaggedRun[]): boolean {
    if (from === NOWHERE || runs.length === 0) return false;
    const [chunkIndex, index] = this.#place(from);
    const chunk = this.#chunks[chunkIndex]!;
    if (index + runs.length > chunk.length || this.after(from + runs.length - 1) !== to) return false;
    for (const [i, [start, end, tag]] of runs.entries()) chunk.put(index + i, start, end, tag);
    this.#chunkEnds[chunkIndex] = chunk.lastEnd;
    return true;
  }

  #remove(fromChunk: number, from: number, toChunk: number, to: number): void {
    const head = this.#chunks[fromChunk];
    if (!head) return;
    if (fromChunk === toChunk) {
      this.#removeFrom(fromChunk, from, to);
    } else {
      if (to > 0) this.#removeFrom(toChunk, 0, to);
      for (let i = fromChunk + 1; i < toChunk; i++) this.#length -= this.#chunks[i]!.length;
      this.#spliceChunks(fromChunk + 1, toChunk - fromChunk - 1);
      this.#removeFrom(fromChunk, from, head.length);
    }
    if (head.length === 0) this.#spliceChunks(fromChunk, 1);
  }

  #removeFrom(chunkIndex: number, from: number, to: number): void {
    const chunk = this.#chunks[chunkIndex]!;
    chunk.remove(from, to);
    this.#length -= to - from;
    if (chunk.length > 0) this.#chunkEnds[chunkIndex] = chunk.lastEnd;
  }

  /** Inserts runs at a place. Answers the index of the chunk that got the last one. */
  #insert(chunkIndex: number, index: number, runs: readonly TaggedRun[]): number {
    let c = chunkIndex;
    let i = index;
    for (const [start, end, tag] of runs) {
      [c, i] = this.#makeRoom(c, i);
      const chunk = this.#chunks[c]!;
      chunk.insert(i, start, end, tag);
      this.#chunkEnds[c] = chunk.lastEnd;
      this.#length++;
      i++;
    }
    return c;
  }

  /** Answers a place with room for one more run. Appending fills chunks to the end instead of halving them. */
  #makeRoom(chunkIndex: number, index: number): [chunkIndex: number, index: number] {
    const previous = this.#chunks[chunkIndex - 1];
    if (index === 0 && previous && !previous.isFull) return [chunkIndex - 1, previous.length];
    const chunk = this.#chunks[chunkIndex];
    if (chunk && !chunk.isFull) return [chunkIndex, index];
    if (!chunk || index === chunk.length) {
      const fresh = chunk ? chunkIndex + 1 : chunkIndex;
      this.#spliceChunks(fresh, 0, new RangeSetChunk());
      return [fresh, 0];
    }
    this.#spliceChunks(chunkIndex + 1, 0, chunk.split());
    this.#chunkEnds[chunkIndex] = chunk.lastEnd;
    return index <= chunk.length ? [chunkIndex, index] : [chunkIndex + 1, index - chunk.length];
  }

  /** Joins a chunk with the next one if both together fill at most half a chunk. */
  #join(chunkIndex: number): void {
    const chunk = this.#chunks[chunkIndex];
    const next = this.#chunks[chunkIndex + 1];
    if (!chunk || !next || chunk.length + next.length > CHUNK_CAPACITY / 2) return;
    chunk.append(next);
    this.#spliceChunks(chunkIndex + 1, 1);
    this.#chunkEnds[chunkIndex] = chunk.lastEnd;
  }

  #spliceChunks(index: number, removed: number, ...chunks: RangeSetChunk[]): void {
    this.#chunks.splice(index, removed, ...chunks);
    this.#chunkEnds.splice(index, removed, ...chunks.map((chunk) => (chunk.length > 0 ? chunk.lastEnd : 0)));
  }
}
