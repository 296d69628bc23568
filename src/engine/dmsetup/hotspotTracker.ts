/** The kernel's limit of tracked sectors. */
export const HOTSPOT_LIMIT = 32;

/** Counts the sectors on which errors were seen, and the run of errors on one of them (KERNEL.md, section 7). */
export class HotspotTracker {
  readonly #sectors = new Set<number>();
  #lastSector: number | undefined;
  #consecutiveErrors = 0;

  /** Sectors with errors; not more than {@link HOTSPOT_LIMIT}. */
  get size(): number {
    return this.#sectors.size;
  }

  /** Errors in a row on the sector that failed last; 0 before the first error. */
  get consecutiveErrors(): number {
    return this.#consecutiveErrors;
  }

  /** Notes a failed sector. */
  record(sector: number): void {
    this.#consecutiveErrors = sector === this.#lastSector ? this.#consecutiveErrors + 1 : 1;
    this.#lastSector = sector;
    if (this.#sectors.size < HOTSPOT_LIMIT) this.#sectors.add(sector);
  }
}
