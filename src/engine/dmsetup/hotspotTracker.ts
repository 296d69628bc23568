/** A sector on which errors were seen. Times are those of the caller's clock, in milliseconds. */
export interface Hotspot {
  readonly sector: number;
  readonly errorCount: number;
  readonly firstMs: number;
  readonly lastMs: number;
  /** More than 100 errors a second between the first and the last. */
  readonly isIntense: boolean;
}

/** The kernel's limit of tracked sectors. */
export const HOTSPOT_LIMIT = 32;
const INTENSE_ERRORS_PER_SECOND = 100;

interface Entry {
  errorCount: number;
  firstMs: number;
  lastMs: number;
}

/**
 * Remembers the sectors with most errors, at most 32 of them, and the run of errors on the latest sector. When the
 * table is full a new sector takes the place of the one with fewest errors, of these the one longest without. Bounded:
 * constant memory, at most 32 steps an error. Source: KERNEL.md, section 7.
 */
export class HotspotTracker {
  readonly #entries = new Map<number, Entry>();
  #lastSector: number | undefined;
  #consecutiveErrors = 0;

  /** Tracked sectors. */
  get size(): number {
    return this.#entries.size;
  }

  /** Errors in a row on the sector that failed last; 0 before the first error and after {@link endRun}. */
  get consecutiveErrors(): number {
    return this.#consecutiveErrors;
  }

  /** Notes a failed sector. */
  record(sector: number, timeMs: number): void {
    this.#consecutiveErrors = sector === this.#lastSector ? this.#consecutiveErrors + 1 : 1;
    this.#lastSector = sector;
    const entry = this.#entries.get(sector);
    if (entry) {
      entry.errorCount++;
      entry.lastMs = timeMs;
      return;
    }
    if (this.#entries.size >= HOTSPOT_LIMIT) this.#entries.delete(this.#weakest());
    this.#entries.set(sector, { errorCount: 1, firstMs: timeMs, lastMs: timeMs });
  }

  /** Ends the run of errors: the sector that failed last has succeeded. */
  endRun(): void {
    this.#lastSector = undefined;
    this.#consecutiveErrors = 0;
  }

  /** Forgets everything. */
  clear(): void {
    this.#entries.clear();
    this.endRun();
  }

  /** The tracked sectors, most errors first, then by sector. */
  list(): Hotspot[] {
    return [...this.#entries]
      .map(([sector, entry]) => ({ sector, ...entry, isIntense: isIntense(entry) }))
      .sort((a, b) => b.errorCount - a.errorCount || a.sector - b.sector);
  }

  #weakest(): number {
    let weakest: { readonly sector: number; readonly entry: Entry } | undefined;
    for (const [sector, entry] of this.#entries) {
      if (!weakest || isWeaker(entry, weakest.entry)) weakest = { sector, entry };
    }
    return weakest!.sector;
  }
}

function isWeaker(a: Entry, b: Entry): boolean {
  return a.errorCount < b.errorCount || (a.errorCount === b.errorCount && a.lastMs < b.lastMs);
}

function isIntense({ errorCount, firstMs, lastMs }: Entry): boolean {
  const spanMs = lastMs - firstMs;
  return spanMs > 0 && errorCount * 1000 > INTENSE_ERRORS_PER_SECOND * spanMs;
}
