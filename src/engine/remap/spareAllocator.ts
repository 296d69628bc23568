import { RangeSet } from '../block/rangeSet';
import type { SectorRange } from '../errors';
import { MAX_BAD_SPARES } from '../metadata/codec/extras';
import { METADATA_SECTORS } from '../metadata/codec/v4';
import { highestThat } from '../metadata/recordRoom';
import type { SpareRoom } from '../metadata/tableRoom';

/** The first spare sector that may hold data: the five metadata copies lie below (R9). */
export const FIRST_DATA_SECTOR = METADATA_SECTORS;

/**
 * Hands out the sectors of one spare: from the next spare sector up, then those that are free below it, so that one high
 * entry doesn't cost the room below. A sector is in use from the moment it is handed out. If the commit that was to name it
 * fails, it is given back once no copy on disk can name it. Bad ones stay skipped (R5).
 */
export class SpareAllocator implements SpareRoom {
  readonly #badSectors = new Set<number>();
  /** Sectors that hold data or were handed out for some; they may lie above the limit, too. */
  readonly #used = new RangeSet();
  /** Where the search for a free sector begins. */
  #cursor: number;
  #nextSpare: number;
  #limit: number;

  /**
   * @param nextSpare the first sector that was never handed out
   * @param limit the end of the sectors for data: the end of the spare, or the start of the large table
   * @param badSectors those that are remembered. Only so many are: below the lowest of a full list others may be bad
   */
  constructor(nextSpare: number, limit: number, badSectors: Iterable<number> = []) {
    this.#nextSpare = Math.max(nextSpare, FIRST_DATA_SECTOR);
    this.#cursor = this.#nextSpare;
    this.#limit = limit;
    for (const sector of badSectors) this.#badSectors.add(sector);
    if (this.#badSectors.size < MAX_BAD_SPARES) return;
    const forgotten = Math.min(...this.#badSectors) - FIRST_DATA_SECTOR;
    if (forgotten > 0) this.use(FIRST_DATA_SECTOR, forgotten);
  }

  /** The first sector that was never handed out, which is persisted with each commit. */
  get nextSpare(): number {
    return this.#nextSpare;
  }

  get limit(): number {
    return this.#limit;
  }

  get badSectors(): ReadonlySet<number> {
    return this.#badSectors;
  }

  /** Sectors that hold data or were handed out for some, ascending. */
  get used(): Iterable<SectorRange> {
    return this.#used;
  }

  /** How many sectors can still be handed out. */
  get free(): number {
    let unusable = this.#used.sectorCount;
    for (const { sectorCount } of this.#used.tagged(this.#limit)) unusable -= sectorCount;
    for (const sector of this.#badSectors) {
      if (this.#isForData(sector) && !this.#used.has(sector)) unusable++;
    }
    return Math.max(0, this.#limit - FIRST_DATA_SECTOR - unusable);
  }

  /** Takes sectors from {@link FIRST_DATA_SECTOR} on that are in use already: entries name them. */
  use(first: number, sectorCount: number): void {
    this.#used.add(first, sectorCount);
    this.#nextSpare = Math.max(this.#nextSpare, first + sectorCount);
  }

  /** Follows the large table as it grows downward. */
  setLimit(limit: number): void {
    this.#limit = limit;
  }

  /**
   * A run of at most `sectorCount` sectors that are free and not known to be bad, or null when the spare is full.
   * @param mayTake whether so many sectors may be taken: if it refuses a run, it may take a shorter one
   */
  allocate(
    sectorCount: number,
    mayTake: (first: number, count: number) => boolean = () => true,
  ): { first: number; count: number } | null {
    let first = this.#firstFree(this.#cursor);
    if (first >= this.#limit) first = this.#firstFree(FIRST_DATA_SECTOR);
    const end = Math.min(this.#limit, first + sectorCount, this.#used.next(first) ?? this.#limit);
    let found = 0;
    while (first + found < end && !this.#badSectors.has(first + found)) found++;
    const count = mayTake(first, found)
      ? found
      : highestThat((shorter) => mayTake(first, shorter), found - 1);
    if (count === 0) return null;
    this.use(first, count);
    this.#cursor = first + count;
    return { first, count };
  }

  /** Takes one particular sector; false when it isn't free. */
  claim(sector: number): boolean {
    if (!this.#isForData(sector) || this.#badSectors.has(sector) || this.#used.has(sector)) return false;
    this.use(sector, 1);
    return true;
  }

  /** Remembers a sector that failed. */
  markBad(sector: number): void {
    this.#badSectors.add(sector);
  }

  /** Takes back sectors that nothing names. Those that count as bad, because the whole spare failed, need not be. */
  giveBack(sectors: readonly number[]): void {
    for (const sector of sectors) {
      this.#badSectors.delete(sector);
      this.#used.remove(sector, 1);
      this.#cursor = Math.min(this.#cursor, sector);
    }
  }

  /** The first sector from one on that is neither in use nor bad. */
  #firstFree(from: number): number {
    let sector = from;
    for (const { first, sectorCount } of this.#used.tagged(sector)) {
      while (sector < first && this.#badSectors.has(sector)) sector++;
      if (sector < first) break;
      sector = first + sectorCount;
    }
    while (this.#badSectors.has(sector)) sector++;
    return sector;
  }

  #isForData(sector: number): boolean {
    return Number.isSafeInteger(sector) && sector >= FIRST_DATA_SECTOR && sector < this.#limit;
  }
}
