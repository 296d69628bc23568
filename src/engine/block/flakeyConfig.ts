/** dm-flakey's probabilities are parts of this. */
export const PROBABILITY_BASE = 1_000_000_000;

/** One byte of each matching request is replaced. */
export interface CorruptByte {
  /** Which byte of the request, counted from 1. A shorter request stays as it is. */
  readonly byte: number;
  readonly direction: 'r' | 'w';
  /** What comes in its place, 0..255. */
  readonly value: number;
  /** Request flags that must all be set; 0 means every request. */
  readonly flags: number;
}

/** What a dm-flakey target does, as its table says it: while it is down, all that is named here happens. */
export interface FlakeyConfig {
  readonly upSeconds: number;
  readonly downSeconds: number;
  readonly errorReads: boolean;
  readonly errorWrites: boolean;
  readonly dropWrites: boolean;
  readonly corruptByte?: CorruptByte;
  /** How many of 1,000,000,000 reads get a random byte; 0 for none. */
  readonly randomReadCorrupt: number;
  /** The same for writes. */
  readonly randomWriteCorrupt: number;
}
