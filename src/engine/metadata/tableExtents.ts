import type { SectorRange } from '../errors';

/** Where both mirrors of a part of the large table lie on the spare. */
export interface Extent {
  readonly startA: number;
  readonly startB: number;
  readonly sectorCount: number;
}

/** The large table as the five copies name it. `generation` 0: there is none. */
export interface TableState {
  readonly generation: number;
  /** Committed records; what lies after them in the extents doesn't count. */
  readonly recordCount: number;
  readonly extents: readonly Extent[];
}

export const EMPTY_TABLE: TableState = { generation: 0, recordCount: 0, extents: [] };

/** Each further extent doubles the table, so 16 of them hold more than a hundred million records. */
export const MAX_EXTENTS = 16;

export function tableSectors(extents: readonly Extent[]): number {
  return extents.reduce((sum, { sectorCount }) => sum + sectorCount, 0);
}

/** A run of table sectors that is contiguous in both mirrors. */
export interface TableRun {
  /** Index in the table of its first sector. */
  readonly index: number;
  readonly startA: number;
  readonly startB: number;
  readonly sectorCount: number;
}

/** Table sectors `[index, index + sectorCount)` as runs of at most `limit` sectors. */
export function* tableRuns(
  extents: readonly Extent[],
  index: number,
  sectorCount: number,
  limit: number,
): Generator<TableRun> {
  const end = index + sectorCount;
  let extentIndex = 0;
  for (const extent of extents) {
    const extentEnd = extentIndex + extent.sectorCount;
    for (let at = Math.max(index, extentIndex); at < Math.min(end, extentEnd); at += limit) {
      const offset = at - extentIndex;
      yield {
        index: at,
        startA: extent.startA + offset,
        startB: extent.startB + offset,
        sectorCount: Math.min(limit, Math.min(end, extentEnd) - at),
      };
    }
    extentIndex = extentEnd;
  }
}

/** The sectors of the spare that an extent occupies. */
export function extentRanges({ startA, startB, sectorCount }: Extent): SectorRange[] {
  return [
    [startA, sectorCount],
    [startB, sectorCount],
  ];
}

/**
 * Finds room for an extent in runs of free sectors, which are ascending and disjoint, as high as possible, since data grow
 * from below.
 */
export function findRoom(sectorCount: number, free: readonly SectorRange[]): Extent | undefined {
  let startA: number | undefined;
  for (let i = free.length - 1; i >= 0; i--) {
    const [first, count] = free[i]!;
    for (let start = first + count - sectorCount; start >= first; start -= sectorCount) {
      if (startA !== undefined) return { startA, startB: start, sectorCount };
      startA = start;
    }
  }
  return undefined;
}

/** Whether a table named on disk is possible: its extents lie in `[first, end)`, don't overlap and hold its records. */
export function isSound(table: TableState, first: number, end: number, recordsPerSector: number): boolean {
  if (table.generation === 0) return table.recordCount === 0 && table.extents.length === 0;
  const ranges = table.extents.flatMap(extentRanges).sort((a, b) => a[0] - b[0]);
  let free = first;
  for (const [start, count] of ranges) {
    if (count === 0 || start < free || start + count > end) return false;
    free = start + count;
  }
  return table.recordCount <= tableSectors(table.extents) * recordsPerSector;
}
