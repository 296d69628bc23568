import { METADATA_SECTORS } from '../metadata/codec/v4';

/** The first spare sector that may hold data: the five metadata copies lie below (R9). */
export const FIRST_DATA_SECTOR = METADATA_SECTORS;

/**
 * Hands out the sectors of one spare, ascending. The next spare sector, the first that was never handed out, is persisted
 * with each commit, so a sector that was skipped because it failed stays skipped after a reload (R5).
 */
export class SpareAllocator {
  readonly #badSectors = new Set<number>();
  /** Sectors handed out ahead of their turn: a caller asked for exactly these. */
  readonly #claimed = new Set<number>();
  #claimedEnd = 0;
  /** Handed out and given back unused; handed out again before any new one. */
  #returned: number[] = [];
  /** The next sector to hand out in order; claimed ones may lie above it. */
  #nextInOrder: number;
  #limit: number;

  /**
   * @param nextSpare the first sector that was never handed out
   * @param limit the end of the sectors for data: the end of the spare, or the start of the large table
   */
  constructor(nextSpare: number, limit: number, badSectors: Iterable<number> = []) {
    this.#nextInOrder = Math.max(nextSpare, FIRST_DATA_SECTOR);
    this.#limit = limit;
    for (const sector of badSectors) this.#badSectors.add(sector);
  }

  /** The first sector that was never handed out: every one from here on is free. */
  get nextSpare(): number {
    return Math.max(this.#nextInOrder, this.#claimedEnd);
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
    for (const sector of this.#badSectors)
      if (sector >= this.#nextInOrder && sector < this.#limit) unusable++;
    for (const sector of this.#claimed) if (sector >= this.#nextInOrder && sector < this.#limit) unusable++;
    return Math.max(0, this.#limit - this.#nextInOrder - unusable) + this.#returned.length;
  }

  /** Skips sectors that turn out to be in use. */
  raise(nextSpare: number): void {
    this.#nextInOrder = Math.max(this.#nextInOrder, nextSpare);
  }

  /** Follows the large table as it grows downward. */
  setLimit(limit: number): void {
    this.#limit = limit;
  }

  /** The next run of at most `sectorCount` sectors that are free and not known to be bad, or null when the spare is full. */
  allocate(sectorCount: number): { first: number; count: number } | null {
    const returned = this.#returned.shift();
    if (returned !== undefined) return { first: returned, count: 1 };
    while (this.#isUnusable(this.#nextInOrder)) this.#nextInOrder++;
    let count = 0;
    while (
      count < sectorCount &&
      this.#nextInOrder + count < this.#limit &&
      !this.#isUnusable(this.#nextInOrder + count)
    )
      count++;
    if (count === 0) return null;
    const first = this.#nextInOrder;
    this.#nextInOrder += count;
    return { first, count };
  }

  /** Takes one particular sector; false when it isn't free. */
  claim(sector: number): boolean {
    const isAhead = Number.isSafeInteger(sector) && sector >= this.#nextInOrder && sector < this.#limit;
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
