import { METADATA_SECTORS } from '../metadata/codec/v4';

/** The first spare sector that may hold data: the five metadata copies lie below (R9). */
export const FIRST_DATA_SECTOR = METADATA_SECTORS;

/**
 * Hands out the sectors of one spare, ascending. The high-water mark is persisted with each commit, so a sector that was
 * skipped because it failed stays skipped after a reload (R5).
 */
export class SpareAllocator {
  readonly #badSectors = new Set<number>();
  /** Sectors in use above the high-water mark: a caller asked for exactly these. */
  readonly #claimed = new Set<number>();
  #claimedEnd = 0;
  /** Handed out, given back unused, and handed out again before any above the high-water mark. */
  #returned: number[] = [];
  #next: number;
  #limit: number;

  /**
   * @param next the first sector that was never handed out
   * @param limit the end of the sectors for data: the end of the spare, or the start of the large table
   */
  constructor(next: number, limit: number, badSectors: Iterable<number> = []) {
    this.#next = Math.max(next, FIRST_DATA_SECTOR);
    this.#limit = limit;
    for (const sector of badSectors) this.#badSectors.add(sector);
  }

  /** The high-water mark: every sector from here on is free. */
  get next(): number {
    return Math.max(this.#next, this.#claimedEnd);
  }

  get limit(): number {
    return this.#limit;
  }

  get badSectors(): ReadonlySet<number> {
    return this.#badSectors;
  }

  /** How many sectors can still be handed out. */
  get free(): number {
    let unusable = 0;
    for (const sector of this.#badSectors) if (sector >= this.#next && sector < this.#limit) unusable++;
    for (const sector of this.#claimed) if (sector >= this.#next && sector < this.#limit) unusable++;
    return Math.max(0, this.#limit - this.#next - unusable) + this.#returned.length;
  }

  /** Skips sectors that turn out to be in use. */
  raise(next: number): void {
    this.#next = Math.max(this.#next, next);
  }

  /** Follows the large table as it grows downward. */
  setLimit(limit: number): void {
    this.#limit = limit;
  }

  /** The next run of at most `sectorCount` sectors that are free and not known to be bad, or null when the spare is full. */
  allocate(sectorCount: number): { first: number; count: number } | null {
    const returned = this.#returned.shift();
    if (returned !== undefined) return { first: returned, count: 1 };
    while (this.#isUnusable(this.#next)) this.#next++;
    let count = 0;
    while (count < sectorCount && this.#next + count < this.#limit && !this.#isUnusable(this.#next + count))
      count++;
    if (count === 0) return null;
    const first = this.#next;
    this.#next += count;
    return { first, count };
  }

  /** Takes one particular sector; false when it isn't free. */
  claim(sector: number): boolean {
    const isAhead = Number.isSafeInteger(sector) && sector >= this.#next && sector < this.#limit;
    if (!isAhead || this.#isUnusable(sector)) return false;
    this.#claimed.add(sector);
    this.#claimedEnd = Math.max(this.#claimedEnd, sector + 1);
    return true;
  }

  /** Remembers a sector that failed. */
  markBad(sector: number): void {
    this.#badSectors.add(sector);
  }

  /** Takes back sectors that count as bad though the whole spare failed: they need not be bad. */
  giveBack(sectors: readonly number[]): void {
    for (const sector of sectors) this.#badSectors.delete(sector);
    this.#returned = [...this.#returned, ...sectors].sort((a, b) => a - b);
  }

  #isUnusable(sector: number): boolean {
    return this.#badSectors.has(sector) || this.#claimed.has(sector);
  }
}
