/** The most entries of a chunk. */
export const CHUNK_CAPACITY = 512;
/** An entry is two numbers side by side, its key and its slot, so that one access to memory fetches both. */
const STRIDE = 2;

/** Entries in ascending order of their keys. */
export class Chunk {
  readonly #numbers = new Float64Array(CHUNK_CAPACITY * STRIDE);
  length = 0;

  keyAt(at: number): number {
    return this.#numbers[at * STRIDE]!;
  }

  slotAt(at: number): number {
    return this.#numbers[at * STRIDE + 1]!;
  }

  put(at: number, key: number, slot: number): void {
    this.#numbers[at * STRIDE] = key;
    this.#numbers[at * STRIDE + 1] = slot;
  }

  insert(at: number, key: number, slot: number): void {
    this.#numbers.copyWithin((at + 1) * STRIDE, at * STRIDE, this.length * STRIDE);
    this.put(at, key, slot);
    this.length++;
  }

  /** Moves the entries from `keep` on into a chunk of their own. */
  split(keep: number): Chunk {
    const upper = new Chunk();
    upper.#numbers.set(this.#numbers.subarray(keep * STRIDE, this.length * STRIDE));
    upper.length = this.length - keep;
    this.length = keep;
    return upper;
  }

  /** The place of the first key that is not below `key`, searched from a guess at it. */
  placeOf(key: number, guess: number): number {
    return lowerBound(this.#numbers, STRIDE, this.length, key, guess);
  }
}

/**
 * The index of the first of `length` keys that is not below `key`; a key is at every `stride`-th number. The search goes
 * outward from a guess: it finds evenly spread keys at once, and halving from the start would wait for memory more often.
 */
export function lowerBound(
  keys: Float64Array,
  stride: number,
  length: number,
  key: number,
  guess: number,
): number {
  let low = 0;
  let high = length;
  let at = Math.min(Math.max(0, Math.floor(guess)), length - 1);
  for (let step = 1; low < high; step *= 2) {
    if (keys[at * stride]! < key) {
      low = at + 1;
      at += step;
      if (at >= high) break;
    } else {
      high = at;
      at -= step;
      if (at < low) break;
    }
  }
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (keys[middle * stride]! < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Where `key` would be among so many keys that are spread evenly from `first` to `last`. */
export function interpolate(key: number, first: number, last: number, count: number): number {
  return last > first ? ((key - first) / (last - first)) * count : 0;
}
