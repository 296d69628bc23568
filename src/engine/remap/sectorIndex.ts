const CHUNK_CAPACITY = 512;
/** How full a bulk build leaves a chunk: room for a few insertions before it splits. */
const BUILD_FILL = 480;

interface Chunk {
  readonly keys: Float64Array;
  readonly slots: Uint32Array;
  length: number;
}

function newChunk(): Chunk {
  return { keys: new Float64Array(CHUNK_CAPACITY), slots: new Uint32Array(CHUNK_CAPACITY), length: 0 };
}

/** The first position in `keys[0, length)` whose key is not below `key`. One type of array only: it stays fast so. */
function lowerBound(keys: Float64Array, length: number, key: number): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (keys[middle]! < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * An ordered map from sector to slot number: sorted arrays of at most 512 keys under a directory of their first keys.
 * A lookup is two binary searches, an insertion moves at most 512 keys; about 17 bytes an entry at a million.
 */
export class SectorIndex {
  #chunks: Chunk[] = [];
  /** The first key of each chunk; places behind the last chunk are spare room. */
  #firstKeys = new Float64Array(16);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** The slot of `sector`, or -1. */
  get(sector: number): number {
    const chunk = this.#chunks[this.#chunkOf(sector)];
    if (!chunk) return -1;
    const at = lowerBound(chunk.keys, chunk.length, sector);
    return at < chunk.length && chunk.keys[at] === sector ? chunk.slots[at]! : -1;
  }

  /** True when a key lies in `[first, end)`. */
  hasIn(first: number, end: number): boolean {
    const next = this.nextAtOrAfter(first);
    return next !== -1 && next < end;
  }

  /** The lowest key at or above `sector`, or -1. */
  nextAtOrAfter(sector: number): number {
    let c = this.#chunkOf(sector);
    const chunk = this.#chunks[c];
    if (!chunk) return -1;
    const at = lowerBound(chunk.keys, chunk.length, sector);
    if (at < chunk.length) return chunk.keys[at]!;
    return ++c < this.#chunks.length ? this.#firstKeys[c]! : -1;
  }

  /** The highest key at or below `sector`, or -1. */
  previousAtOrBefore(sector: number): number {
    const chunk = this.#chunks[this.#chunkOf(sector)];
    if (!chunk) return -1;
    const at = lowerBound(chunk.keys, chunk.length, sector + 1) - 1;
    return at >= 0 ? chunk.keys[at]! : -1;
  }

  /** Visits the entries with keys in `[first, end)`, ascending. */
  visit(first: number, end: number, visitor: (sector: number, slot: number) => void): void {
    for (let c = this.#chunkOf(first); c < this.#chunks.length; c++) {
      const chunk = this.#chunks[c]!;
      for (let i = lowerBound(chunk.keys, chunk.length, first); i < chunk.length; i++) {
        const key = chunk.keys[i]!;
        if (key >= end) return;
        visitor(key, chunk.slots[i]!);
      }
    }
  }

  /** Visits up to `limit` entries from the `offset`-th lowest key on; costs a step per 512 entries skipped. */
  visitPage(offset: number, limit: number, visitor: (sector: number, slot: number) => void): void {
    let skip = offset;
    let left = limit;
    for (const chunk of this.#chunks) {
      for (let i = skip; i < chunk.length && left > 0; i++, left--) visitor(chunk.keys[i]!, chunk.slots[i]!);
      skip = Math.max(0, skip - chunk.length);
      if (left <= 0) return;
    }
  }

  /** Adds the key or replaces its slot. */
  set(sector: number, slot: number): void {
    const c = this.#chunkOf(sector);
    const chunk = this.#chunks[c] ?? this.#insertChunk(0, newChunk());
    const at = lowerBound(chunk.keys, chunk.length, sector);
    if (at < chunk.length && chunk.keys[at] === sector) {
      chunk.slots[at] = slot;
      return;
    }
    this.#size++;
    if (chunk.length === CHUNK_CAPACITY) {
      this.#split(c);
      this.#insertInto(this.#chunkOf(sector), sector, slot);
    } else {
      this.#insertInto(c, sector, slot);
    }
  }

  /** Replaces the content by `count` entries whose keys ascend strictly. */
  build(count: number, keyAt: (i: number) => number, slotAt: (i: number) => number): void {
    this.#chunks = [];
    this.#firstKeys = new Float64Array(Math.ceil(count / BUILD_FILL) + 16);
    this.#size = count;
    for (let start = 0; start < count; start += BUILD_FILL) {
      const chunk = newChunk();
      chunk.length = Math.min(BUILD_FILL, count - start);
      for (let i = 0; i < chunk.length; i++) {
        chunk.keys[i] = keyAt(start + i);
        chunk.slots[i] = slotAt(start + i);
      }
      this.#firstKeys[this.#chunks.length] = chunk.keys[0]!;
      this.#chunks.push(chunk);
    }
  }

  /** The chunk whose range holds `sector`: the last one that starts at or below it, else the first. */
  #chunkOf(sector: number): number {
    const count = this.#chunks.length;
    const at = lowerBound(this.#firstKeys, count, sector);
    if (at < count && this.#firstKeys[at] === sector) return at;
    return at === 0 ? 0 : at - 1;
  }

  #insertInto(c: number, sector: number, slot: number): void {
    const chunk = this.#chunks[c]!;
    const at = lowerBound(chunk.keys, chunk.length, sector);
    chunk.keys.copyWithin(at + 1, at, chunk.length);
    chunk.slots.copyWithin(at + 1, at, chunk.length);
    chunk.keys[at] = sector;
    chunk.slots[at] = slot;
    chunk.length++;
    this.#firstKeys[c] = chunk.keys[0]!;
  }

  #insertChunk(at: number, chunk: Chunk): Chunk {
    const count = this.#chunks.length;
    if (count === this.#firstKeys.length) {
      const larger = new Float64Array(2 * count);
      larger.set(this.#firstKeys);
      this.#firstKeys = larger;
    }
    this.#firstKeys.copyWithin(at + 1, at, count);
    this.#firstKeys[at] = chunk.keys[0]!;
    this.#chunks.splice(at, 0, chunk);
    return chunk;
  }

  /** Moves the upper half into a chunk of its own; ascending insertions leave the lower one full. */
  #split(c: number): void {
    const chunk = this.#chunks[c]!;
    const isLast = c === this.#chunks.length - 1;
    const keep = isLast ? CHUNK_CAPACITY - 1 : CHUNK_CAPACITY >> 1;
    const upper = newChunk();
    upper.keys.set(chunk.keys.subarray(keep, chunk.length));
    upper.slots.set(chunk.slots.subarray(keep, chunk.length));
    upper.length = chunk.length - keep;
    chunk.length = keep;
    this.#insertChunk(c + 1, upper);
  }
}
