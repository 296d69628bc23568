import { type BlockDevice, SECTOR_SIZE } from '../block/blockDevice';
import { sliceSectors } from '../block/range';
import { isMediumFailure, RemapError } from '../errors';
import { isTableSector, RECORDS_PER_SECTOR, readRecords } from './codec/tableSector';
import type { RemapEntry } from './entry';
import { type TableRun, type TableState, tableRuns } from './tableExtents';

/** Sectors that are read or written at once: 1 MiB. */
export const TABLE_CHUNK_SECTORS = 2048;

/** A table sector that is damaged in one mirror and intact in the other. */
export interface DamagedSector {
  /** Where it is damaged on the spare. */
  readonly at: number;
  /** Where its intact twin is. */
  readonly twin: number;
}

/** What reading the table finds besides the records. */
export interface TableContent {
  /** The sector that the next record goes to, with its committed records; undefined if that is a new sector. */
  readonly tail: Uint8Array | undefined;
  /** Table sectors that are damaged in the first mirror. The second is read only where the first is damaged. */
  readonly damaged: readonly DamagedSector[];
}

/**
 * Reads every committed record in the order of writing; of several for a slot the last counts. Each sector is taken
 * from the mirror in which it is intact.
 * @throws RemapError `ENODATA` when a sector is damaged in both mirrors
 */
export async function readTable(
  spare: BlockDevice,
  table: TableState,
  visit: (slot: number, entry: Required<RemapEntry>) => void,
): Promise<TableContent> {
  const damaged: DamagedSector[] = [];
  let tail: Uint8Array | undefined;
  const sectorCount = Math.ceil(table.recordCount / RECORDS_PER_SECTOR);
  const runs = [...tableRuns(table.extents, 0, sectorCount, TABLE_CHUNK_SECTORS)];
  const beginRead = (i: number) => (i < runs.length ? readRun(spare, table, runs[i]!) : undefined);
  let next = beginRead(0);
  for (let i = 0; next; i++) {
    const run = await next;
    next = beginRead(i + 1);
    next?.catch(() => {});
    for (const sector of run.damaged) damaged.push(sector);
    for (let s = 0; s < runs[i]!.sectorCount; s++) {
      const count = recordsIn(table, runs[i]!.index + s);
      const sector = sliceSectors(run.sectors, 0, s, 1);
      readRecords(sector, count, visit);
      if (count < RECORDS_PER_SECTOR) tail = sector.slice();
    }
  }
  return { tail, damaged };
}

/**
 * Reads every sector with committed records in both mirrors.
 * @returns those that are damaged in one of them
 * @throws RemapError `ENODATA` when a sector is damaged in both
 */
export async function verifyTable(spare: BlockDevice, table: TableState): Promise<DamagedSector[]> {
  const { damaged } = await readTable(spare, table, () => {});
  const swapped = table.extents.map(({ startA, startB, sectorCount }) => ({
    startA: startB,
    startB: startA,
    sectorCount,
  }));
  const inSecond = await readTable(spare, { ...table, extents: swapped }, () => {});
  return [...damaged, ...inSecond.damaged];
}

/** Whether a sector of the spare holds committed records of the table, intact, in any mirror. */
export async function isRecordSector(
  spare: BlockDevice,
  table: TableState,
  sector: number,
): Promise<boolean> {
  let firstIndex = 0;
  for (const { startA, startB, sectorCount } of table.extents) {
    const start = [startA, startB].find((at) => sector >= at && sector < at + sectorCount);
    if (start === undefined) {
      firstIndex += sectorCount;
      continue;
    }
    const index = firstIndex + sector - start;
    const bytes = await readMirror(spare, sector, 1);
    const identity = { generation: table.generation, index };
    return recordsIn(table, index) > 0 && isTableSector(bytes, identity, recordsIn(table, index));
  }
  return false;
}

/** Committed records in a table sector. */
function recordsIn(table: TableState, index: number): number {
  return Math.min(RECORDS_PER_SECTOR, table.recordCount - index * RECORDS_PER_SECTOR);
}

/** Reads a run of the table, each sector from the mirror in which it is intact. `damaged` as in {@link TableContent}. */
async function readRun(
  spare: BlockDevice,
  table: TableState,
  run: TableRun,
): Promise<{ sectors: Uint8Array; damaged: DamagedSector[] }> {
  const sectors = await readMirror(spare, run.startA, run.sectorCount);
  const damaged: DamagedSector[] = [];
  let mirror: Uint8Array | undefined;
  for (let s = 0; s < run.sectorCount; s++) {
    const identity = { generation: table.generation, index: run.index + s };
    const sector = sliceSectors(sectors, 0, s, 1);
    if (isTableSector(sector, identity, recordsIn(table, identity.index))) continue;
    mirror ??= await readMirror(spare, run.startB, run.sectorCount);
    const other = sliceSectors(mirror, 0, s, 1);
    if (!isTableSector(other, identity, recordsIn(table, identity.index))) throw lost(run, s);
    sector.set(other);
    damaged.push({ at: run.startA + s, twin: run.startB + s });
  }
  return { sectors, damaged };
}

/** Reads a run; sectors that fail come back as zeros, which no sector of a table has. */
async function readMirror(spare: BlockDevice, first: number, sectorCount: number): Promise<Uint8Array> {
  const sectors = new Uint8Array(sectorCount * SECTOR_SIZE);
  try {
    await spare.read(first, sectors);
  } catch (error) {
    if (!isMediumFailure(error)) throw error;
    for (const [sector, count] of error.failed) sliceSectors(sectors, first, sector, count).fill(0);
  }
  return sectors;
}

function lost(run: TableRun, offset: number): RemapError {
  const index = run.index + offset;
  const [a, b] = [run.startA + offset, run.startB + offset];
  return new RemapError(
    'ENODATA',
    `sector ${index} of the large remap table is damaged in both mirrors (spare sectors ${a} and ${b}), so some remaps are lost`,
    { sector: a, mirror: b, index },
  );
}
