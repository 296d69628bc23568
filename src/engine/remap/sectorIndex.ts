import { CHUNK_CAPACITY, Chunk, interpolate, lowerBound } from './indexChunk';
import { SectorFilter } from './sectorFilter';

/** How full a bulk build leaves a chunk: room for a few insertions before it splits. */
const BUILD_FILL = 480;

/**
 * An ordered map from sector to slot number: sorted arrays of at most 512 keys under a directory of their first keys.
 * A lookup is two searches, an insertion moves at most 512 keys; a million entries take about 20 bytes each.
 *
 * An entry's *cursor* is one number, so that walking through a run allocates nothing; -1 stands for none. Insertions
 * move cursors.
 */
export class SectorIndex {
  #chunks: Chunk[] = [];
  /** The first key of each chunk; longer than the list of chunks, so that it rarely has to grow. */
  #firstKeys = new Float64Array(16);
  readonly #filter = new SectorFilter();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** The slot of `sector`, or -1. */
  get(sector: number): number {
    const cursor = this.firstIn(sector, sector + 1);
    return cursor === -1 ? -1 : this.slotAt(cursor);
  }

  /** True when a key lies in `[first, end)`. */
  hasIn(first: number, end: number): boolean {
    return this.firstIn(first, end) !== -1;
  }

  /** Cursor of the lowest key in `[first, end)`, or -1. */
  firstIn(first: number, end: number): number {
    return this.#filter.mayHaveIn(first, end) ? this.#searchIn(first, end) : -1;
  }

  /** Cursor of the next key if it is below `end`, or -1. */
  nextIn(cursor: number, end: number): number {
    const next = this.#cursorOf(Math.floor(cursor / CHUNK_CAPACITY), (cursor % CHUNK_CAPACITY) + 1);
    return next !== -1 && this.keyAt(next) < end ? next : -1;
  }

  keyAt(cursor: number): number {
    return this.#chunks[Math.floor(cursor / CHUNK_CAPACITY)]!.keyAt(cursor % CHUNK_CAPACITY);
  }

  slotAt(cursor: number): number {
    return this.#chunks[Math.floor(cursor / CHUNK_CAPACITY)]!.slotAt(cursor % CHUNK_CAPACITY);
  }

  /** The lowest key at or above `sector`, or -1. */
  nextAtOrAfter(sector: number): number {
    const cursor = this.#seek(sector);
    return cursor === -1 ? -1 : this.keyAt(cursor);
  }

  /** The highest key at or below `sector`, or -1. */
  previousAtOrBefore(sector: number): number {
    const c = this.#chunkOf(sector);
    const chunk = this.#chunks[c];
    if (!chunk) return -1;
    const at = this.#placeIn(c, sector + 1) - 1;
    return at >= 0 ? chunk.keyAt(at) : -1;
  }

  /** How many keys are below `sector`; skips whole chunks. */
  rank(sector: number): number {
    let rank = 0;
    const c = this.#chunkOf(sector);
    for (let i = 0; i < c; i++) rank += this.#chunks[i]!.length;
    return c < this.#chunks.length ? rank + this.#placeIn(c, sector) : rank;
  }

  /** Visits the entries with keys in `[first, end)`, ascending. */
  visit(first: number, end: number, visitor: (sector: number, slot: number) => void): void {
    const cursor = this.firstIn(first, end);
    if (cursor === -1) return;
    let at = cursor % CHUNK_CAPACITY;
    for (let c = Math.floor(cursor / CHUNK_CAPACITY); c < this.#chunks.length; c++, at = 0) {
      const chunk = this.#chunks[c]!;
      for (; at < chunk.length; at++) {
        const key = chunk.keyAt(at);
        if (key >= end) return;
        visitor(key, chunk.slotAt(at));
      }
    }
  }

  /** Visits up to `limit` entries from the `offset`-th lowest key on; skips whole chunks. */
  visitPage(offset: number, limit: number, visitor: (sector: number, slot: number) => void): void {
    let skip = offset;
    let left = limit;
    for (const chunk of this.#chunks) {
      for (let i = skip; i < chunk.length && left > 0; i++, left--) visitor(chunk.keyAt(i), chunk.slotAt(i));
      skip = Math.max(0, skip - chunk.length);
      if (left <= 0) return;
    }
  }

  /** Adds the key or replaces its slot. */
  set(sector: number, slot: number): void {
    const c = this.#chunkOf(sector);
    const chunk = this.#chunks[c] ?? this.#insertChunk(0, new Chunk());
    const at = this.#placeIn(c, sector);
    if (at < chunk.length && chunk.keyAt(at) === sector) {
      chunk.put(at, sector, slot);
      return;
    }
    this.#size++;
    if (chunk.length === CHUNK_CAPACITY) {
      this.#split(c);
      this.#insertInto(this.#chunkOf(sector), sector, slot);
    } else {
      this.#insertInto(c, sector, slot);
    }
    if (this.#filter.isOutgrownBy(this.#size)) this.#rebuildFilter();
    else this.#filter.add(sector);
  }

  /** Replaces the content by `count` entries whose keys ascend strictly. */
  build(count: number, keyAt: (i: number) => number, slotAt: (i: number) => number): void {
    this.#chunks = [];
    this.#firstKeys = new Float64Array(Math.ceil(count / BUILD_FILL) + 16);
    this.#size = count;
    for (let start = 0; start < count; start += BUILD_FILL) {
      const chunk = new Chunk();
      chunk.length = Math.min(BUILD_FILL, count - start);
      for (let i = 0; i < chunk.length; i++) chunk.put(i, keyAt(start + i), slotAt(start + i));
      this.#firstKeys[this.#chunks.length] = chunk.keyAt(0);
      this.#chunks.push(chunk);
    }
    this.#rebuildFilter();
  }

  #rebuildFilter(): void {
    this.#filter.reset(this.#size);
    for (const chunk of this.#chunks) {
      for (let i = 0; i < chunk.length; i++) this.#filter.add(chunk.keyAt(i));
    }
  }

  #searchIn(first: number, end: number): number {
    const cursor = this.#seek(first);
    return cursor !== -1 && this.keyAt(cursor) < end ? cursor : -1;
  }

  /** Cursor of the lowest key at or above `sector`, or -1. */
  #seek(sector: number): number {
    if (this.#size === 0) return -1;
    const c = this.#chunkOf(sector);
    return this.#cursorOf(c, this.#placeIn(c, sector));
  }

  /** The cursor of a place in a chunk; for the place after the chunk's last key, that of the next chunk's first. */
  #cursorOf(c: number, at: number): number {
    if (at < this.#chunks[c]!.length) return c * CHUNK_CAPACITY + at;
    return c + 1 < this.#chunks.length ? (c + 1) * CHUNK_CAPACITY : -1;
  }

  /** The chunk whose range holds `sector`: the last one that starts at or below it, else the first. */
  #chunkOf(sector: number): number {
    const keys = this.#firstKeys;
    const count = this.#chunks.length;
    if (count < 2) return 0;
    const at = lowerBound(keys, 1, count, sector, interpolate(sector, keys[0]!, keys[count - 1]!, count - 1));
    if (at < count && keys[at] === sector) return at;
    return at === 0 ? 0 : at - 1;
  }

  /** The place in a chunk of the first key that is not below `sector`. */
  #placeIn(c: number, sector: number): number {
    const chunk = this.#chunks[c]!;
    // The next chunk's first key is in the directory; reading this chunk's last key would wait for memory.
    const last = c + 1 < this.#chunks.length ? this.#firstKeys[c + 1]! : chunk.keyAt(chunk.length - 1);
    return chunk.placeOf(sector, interpolate(sector, this.#firstKeys[c]!, last, chunk.length));
  }

  #insertInto(c: number, sector: number, slot: number): void {
    const chunk = this.#chunks[c]!;
    chunk.insert(this.#placeIn(c, sector), sector, slot);
    this.#firstKeys[c] = chunk.keyAt(0);
  }

  #insertChunk(at: number, chunk: Chunk): Chunk {
    const count = this.#chunks.length;
    if (count === this.#firstKeys.length) {
      const larger = new Float64Array(2 * count);
      larger.set(this.#firstKeys);
      this.#firstKeys = larger;
    }
    this.#firstKeys.copyWithin(at + 1, at, count);
    this.#firstKeys[at] = chunk.keyAt(0);
    this.#chunks.splice(at, 0, chunk);
    return chunk;
  }

  /** Moves the upper half into a new chunk; of the last chunk only one entry, so that ascending insertions fill chunks. */
  #split(c: number): void {
    const chunk = this.#chunks[c]!;
    const isLast = c === this.#chunks.length - 1;
    const keep = isLast ? CHUNK_CAPACITY - 1 : CHUNK_CAPACITY >> 1;
    this.#insertChunk(c + 1, chunk.split(keep));
  }
}
