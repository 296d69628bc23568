import type { DeviceStatistics } from '../module/contracts';

/**
 * The counters of the status line, all true (R12). They restart with each construction; a request counts once however
 * it is split.
 */
export class Statistics {
  reads = 0;
  writes = 0;
  /** Reads that were served from a spare, at least in part: field 9. */
  remappedReads = 0;
  /** Requests that failed below, whether or not that could be repaired: field 10. */
  errors = 0;
  normalIos = 0;
  remappedIos = 0;
  /** Sectors remapped since construction. */
  remappedSectors = 0;
  /** From submission to answer, summed over requests. */
  totalIoNs = 0;
  maxLatencyNs = 0;
  /** The highest of bytes per second over requests. */
  peakBytesPerSecond = 0;
  #ioOperations = 0;
  #clearedIos = 0;

  /** All requests since construction: field 12. */
  get ioOperations(): number {
    return this.#ioOperations;
  }

  /** Requests since construction or the last `clear_stats`: field 18. */
  get totalIos(): number {
    return this.#ioOperations - this.#clearedIos;
  }

  /** Counts a request that was answered, with or without error. */
  countRequest(
    operation: 'read' | 'write',
    byteLength: number,
    touchedSpare: boolean,
    elapsedMs: number,
  ): void {
    this.#ioOperations++;
    if (operation === 'read') this.reads++;
    else this.writes++;
    if (touchedSpare) {
      this.remappedIos++;
      if (operation === 'read') this.remappedReads++;
    } else {
      this.normalIos++;
    }
    const elapsedNs = Math.max(1, Math.round(elapsedMs * 1e6));
    this.totalIoNs += elapsedNs;
    if (elapsedNs > this.maxLatencyNs) this.maxLatencyNs = elapsedNs;
    const bytesPerSecond = (byteLength * 1e9) / elapsedNs;
    if (bytesPerSecond > this.peakBytesPerSecond) this.peakBytesPerSecond = Math.round(bytesPerSecond);
  }

  /** What the `clear_stats` message zeroes (`dm-remap.md` section 3): fields 7 to 10 and 18 to 21, and latency. */
  clear(): void {
    this.reads = 0;
    this.writes = 0;
    this.remappedReads = 0;
    this.errors = 0;
    this.normalIos = 0;
    this.remappedIos = 0;
    this.remappedSectors = 0;
    this.maxLatencyNs = 0;
    this.#clearedIos = this.#ioOperations;
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
