import type { Direction } from '../shared/protocol';

/** Where a match begins in a haystack, and how long it is. */
export interface Found {
  readonly at: number;
  readonly length: number;
}

/** What is looked for, ready to be looked for. */
export interface Matcher {
  /** The fewest and the most bytes that a match has. */
  readonly shortest: number;
  readonly longest: number;
  /** Begins to look through bytes. */
  scan(haystack: Buffer, direction: Direction): Scan;
}

/** A pass through bytes, in one direction: each place is asked for once, or again. */
export interface Scan {
  /** The first (or last) match that begins in `[from, to)` of the bytes and lies inside them; null: none. */
  find(from: number, to: number): Found | null;
}
