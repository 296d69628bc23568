export const CHUNK_BITS = 9;

/** How many runs a chunk can hold, at 20 bytes each. So few that shifting them costs less than finding a run. */
export const CHUNK_CAPACITY = 1 << CHUNK_BITS;

/** A short piece of a `RangeSet`'s ascending runs, in typed arrays. It merges nothing. */
export class RangeSetChunk {
  length = 0;
  readonly starts = new Float64Array(CHUNK_CAPACITY);
  /** Exclusive. */
  readonly ends = new Float64Array(CHUNK_CAPACITY);
  readonly tags = new Uint32Array(CHUNK_CAPACITY);

  get isFull(): boolean {
    return this.length === CHUNK_CAPACITY;
  }

  get lastEnd(): number {
    return this.ends[this.length - 1]!;
  }

  /** Index of the first run that ends after a sector; `length` if there is none. */
  firstEndingAfter(sector: number): number {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.ends[middle]! > sector) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** The chunk must not be full. */
  insert(index: number, start: number, end: number, tag: number): void {
    if (index < this.length) this.#shift(index, index + 1);
    this.put(index, start, end, tag);
    this.length++;
  }

  put(index: number, start: number, end: number, tag: number): void {
    this.starts[index] = start;
    this.ends[index] = end;
    this.tags[index] = tag;
  }

  /** Takes the runs `[from, to)` out. */
  remove(from: number, to: number): void {
    this.#shift(to, from);
    this.length -= to - from;
  }

  /** Moves the upper half of a chunk into a new one. */
  split(): RangeSetChunk {
    const half = this.length >>> 1;
    const upper = new RangeSetChunk();
    upper.append(this, half);
    this.length = half;
    return upper;
  }

  /** Appends another chunk's runs from index `from` on. */
  append(other: RangeSetChunk, from = 0): void {
    this.starts.set(other.starts.subarray(from, other.length), this.length);
    this.ends.set(other.ends.subarray(from, other.length), this.length);
    this.tags.set(other.tags.subarray(from, other.length), this.length);
    this.length += other.length - from;
  }

  #shift(from: number, to: number): void {
    this.starts.copyWithin(to, from, this.length);
    this.ends.copyWithin(to, from, this.length);
    this.tags.copyWithin(to, from, this.length);
  }
}
