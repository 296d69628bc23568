import { countSectors, mergeRanges, subtractRanges } from '../block/range';
import type { SectorRange } from '../errors';
import { METADATA_SECTORS } from './codec/v4';
import { type Extent, extentRanges, findRoom, type TableState } from './tableExtents';

/** The allocator of data sectors, as the large table knows it. */
export interface SpareRoom {
  /** Sectors that hold data or were handed out for some: at the moment, all others that are not bad are free. */
  readonly used: Iterable<SectorRange>;
  /** Sectors that failed. */
  readonly badSectors: Iterable<number>;
  /** Called in the same turn in which the limit changes. */
  setLimit(sector: number): void;
}

/**
 * Room for the large table: data grow upwards from the copies, the table downwards from the end of the spare. Sectors of a
 * table that any copy on disk may name are never given away.
 */
export class TableRoom {
  readonly #sectorCount: number;
  readonly #bad = new Set<number>();
  #named: readonly TableState[] = [];
  #taken: Extent[] = [];
  #allocator: SpareRoom | undefined;
  #limit: number;

  constructor(sectorCount: number) {
    this.#sectorCount = sectorCount;
    this.#limit = sectorCount;
  }

  /** The first sector that isn't for data: the lowest of a table, or the end of the spare. */
  get limit(): number {
    return this.#limit;
  }

  /** Whether a sector is of a table that any copy may name. */
  has(sector: number): boolean {
    return this.ranges.some(([first, count]) => sector >= first && sector < first + count);
  }

  /** The sectors of all tables that any copy may name, in any order. */
  get ranges(): SectorRange[] {
    return [...this.#named.flatMap((table) => table.extents), ...this.#taken].flatMap(extentRanges);
  }

  attach(allocator: SpareRoom): void {
    this.#allocator = allocator;
    allocator.setLimit(this.#limit);
  }

  /** Sectors that failed and that no extent may contain. */
  markBad(sectors: Iterable<number>): void {
    for (const sector of sectors) this.#bad.add(sector);
  }

  /**
   * The sectors that neither data nor a table have and that are not known to be bad, ascending and merged.
   * @param nextSpare the first sector that was never handed out: without an allocator all below it may hold data
   */
  free(nextSpare = 0): SectorRange[] {
    const first = Math.max(this.#allocator ? 0 : nextSpare, METADATA_SECTORS);
    if (first >= this.#sectorCount) return [];
    const bad = [...this.#bad, ...(this.#allocator?.badSectors ?? [])].map((sector) => [sector, 1] as const);
    const taken = mergeRanges([...(this.#allocator?.used ?? []), ...this.ranges, ...bad]);
    return subtractRanges([[first, this.#sectorCount - first]], taken);
  }

  /** How many sectors data and tables may still take; undefined while no allocator tells which ones data have. */
  get freeCount(): number | undefined {
    return this.#allocator && countSectors(this.free());
  }

  /** Takes room for an extent where no data are, as high as possible. @param nextSpare as {@link free} has it */
  take(sectorCount: number, nextSpare: number): Extent | undefined {
    const extent = findRoom(sectorCount, this.free(nextSpare));
    if (!extent) return undefined;
    this.#taken.push(extent);
    this.#updateLimit();
    return extent;
  }

  /** Says which tables may be named on disk now. Room that was taken for any other is free again. */
  setNamed(tables: readonly TableState[]): void {
    this.#named = tables;
    this.#taken = [];
    this.#updateLimit();
  }

  #updateLimit(): void {
    let limit = this.#sectorCount;
    const lower = ({ startA, startB }: Extent): void => {
      limit = Math.min(limit, startA, startB);
    };
    for (const { extents } of this.#named) extents.forEach(lower);
    this.#taken.forEach(lower);
    if (limit === this.#limit) return;
    this.#limit = limit;
    this.#allocator?.setLimit(limit);
  }
}
