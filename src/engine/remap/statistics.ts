import type { Clock } from '../block/blockDevice';

const NS_PER_MS = 1e6;
const MS_PER_SECOND = 1000;
/** One nanosecond, for a request during which the clock didn't move. */
const SHORTEST_MS = 1e-6;

/** The counters of the status line. They count requests, except `remappedSectors`. */
export interface DeviceStatistics {
  readonly reads: number;
  readonly writes: number;
  readonly remaps: number;
  readonly errors: number;
  readonly totalIos: number;
  readonly normalIos: number;
  readonly remappedIos: number;
  readonly remappedSectors: number;
}

/**
 * The counters of the status line, none of them estimated (R12). They restart when the target is constructed. A request
 * counts once, however it is split.
 */
export class Statistics {
  reads = 0;
  writes = 0;
  /** Reads that were served from a spare, at least in part: field 9. */
  remappedReads = 0;
  /** Requests that failed below, whether or not that could be repaired: field 10. */
  errors = 0;
  remappedIos = 0;
  /** Sectors remapped since construction. */
  remappedSectors = 0;
  #totalIoMs = 0;
  #maxLatencyMs = 0;
  #peakBytesPerMs = 0;
  #clearedIos = 0;
  readonly #clock: Clock;
  #since: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#since = clock.now();
  }

  /** When the counters were 0: at construction, or at the last `clear_stats`; milliseconds since 1970. */
  get since(): number {
    return this.#since;
  }

  /** Requests since construction or the last `clear_stats`: field 18. */
  get totalIos(): number {
    return this.reads + this.writes;
  }

  get normalIos(): number {
    return this.totalIos - this.remappedIos;
  }

  /** All requests since construction: field 12. */
  get ioOperations(): number {
    return this.#clearedIos + this.totalIos;
  }

  /** From submission to answer, summed over requests. */
  get totalIoNs(): number {
    return Math.round(this.#totalIoMs * NS_PER_MS);
  }

  get maxLatencyNs(): number {
    return Math.round(this.#maxLatencyMs * NS_PER_MS);
  }

  /** The highest of bytes per second over requests. */
  get peakBytesPerSecond(): number {
    return Math.round(this.#peakBytesPerMs * MS_PER_SECOND);
  }

  /** Counts a request that was answered, with or without error. Sums that the getters can work out are not kept here. */
  countRequest(
    operation: 'read' | 'write',
    byteLength: number,
    touchedSpare: boolean,
    elapsedMs: number,
  ): void {
    if (operation === 'read') this.reads++;
    else this.writes++;
    if (touchedSpare) {
      this.remappedIos++;
      if (operation === 'read') this.remappedReads++;
    }
    const ms = elapsedMs > SHORTEST_MS ? elapsedMs : SHORTEST_MS;
    this.#totalIoMs += ms;
    if (ms > this.#maxLatencyMs) this.#maxLatencyMs = ms;
    if (byteLength > this.#peakBytesPerMs * ms) this.#peakBytesPerMs = byteLength / ms;
  }

  /** What the `clear_stats` message zeroes (KERNEL.md, section 4): fields 7 to 10 and 18 to 21, and latency. */
  clear(): void {
    this.#clearedIos = this.ioOperations;
    this.#since = this.#clock.now();
    this.reads = 0;
    this.writes = 0;
    this.remappedReads = 0;
    this.errors = 0;
    this.remappedIos = 0;
    this.remappedSectors = 0;
    this.#maxLatencyMs = 0;
  }

  snapshot(): DeviceStatistics {
    const { reads, writes, errors, totalIos, normalIos, remappedIos, remappedSectors } = this;
    return {
      reads,
      writes,
      remaps: this.remappedReads,
      errors,
      totalIos,
      normalIos,
      remappedIos,
      remappedSectors,
    };
  }
}
