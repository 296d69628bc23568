/** dm-flakey counts probabilities in parts of this. */
export const PROBABILITY_BASE = 1_000_000_000;

/** One byte of each matching request is replaced. */
export interface CorruptByte {
  /** Which byte of the request, counted from 1. A shorter request stays as it is. */
  readonly byte: number;
  readonly direction: 'r' | 'w';
  /** The new value, 0 to 255. */
  readonly value: number;
  /** Request flags that must all be set; 0 means every request. */
  readonly flags: number;
}

/** What a dm-flakey target does while it is down, as its table says it. */
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
