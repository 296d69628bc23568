import type { Direction } from '../shared/protocol';

/** Bytes that are looked through: where they begin in the memory of the search, and how many there are. */
export interface Haystack {
  readonly place: number;
  readonly byteCount: number;
}

/** Where a match begins in a haystack, and how long it is. */
export interface Found {
  readonly at: number;
  readonly length: number;
}

/** What is looked for, ready to be looked for. */
export interface Matcher {
  /** Begins to look through bytes. */
  scan(haystack: Haystack, direction: Direction): Scan;
}

/** A pass through bytes, in one direction: each place is asked for once, or again. */
export interface Scan {
  /** The first (or last) match that begins in `[from, to)` of the bytes and lies inside them; null: none. */
  find(from: number, to: number): Found | null;
}
