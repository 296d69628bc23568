import { type BlockDevice, SECTOR_SIZE } from '../block/blockDevice';
import { sliceSectors } from '../block/range';
import { isMediumFailure } from '../errors';
import { viewOf } from './codec/fieldLayout';
import { putRecord, RECORDS_PER_SECTOR, sealTableSector, startTableSector } from './codec/tableSector';
import type { SlotEntry } from './entry';
import { type TableRun, type TableState, tableRuns } from './tableExtents';
import { TABLE_CHUNK_SECTORS } from './tableReader';

/** Records to add to a table. */
export interface TableAppend {
  /** The table with the records counted in: where they go follows from it. */
  readonly table: TableState;
  /** The index of the first new record: how many the table has already. */
  readonly firstRecord: number;
  /** The last of their sectors, if the first new record goes into it. */
  readonly tail: Uint8Array | undefined;
  /** The new record at an index, counted from `firstRecord`. */
  readonly recordAt: (index: number) => SlotEntry;
  readonly sequence: bigint;
}

/** The sectors of the spare that a write of the table failed in. */
export interface TableWriteFailure {
  readonly failed: readonly number[];
  readonly cause: unknown;
}

/**
 * Writes records after those that are there, to both mirrors, so that each committed record stands in two places. Nothing
 * is flushed; the records count once the copies count them in.
 * @returns the table's new tail, or the sectors that failed
 */
export async function appendToTable(
  spare: BlockDevice,
  append: TableAppend,
): Promise<{ tail: Uint8Array | undefined } | TableWriteFailure> {
  const { table, firstRecord } = append;
  const firstSector = Math.floor(firstRecord / RECORDS_PER_SECTOR);
  const sectorCount = Math.ceil(table.recordCount / RECORDS_PER_SECTOR) - firstSector;
  let tail = append.tail;
  for (const run of tableRuns(table.extents, firstSector, sectorCount, TABLE_CHUNK_SECTORS)) {
    const sectors = fillRun(run, append);
    const failure = await writeMirrors(spare, run, sectors);
    if (failure) return failure;
    tail = sliceSectors(sectors, 0, run.sectorCount - 1, 1).slice();
  }
  return { tail: table.recordCount % RECORDS_PER_SECTOR === 0 ? undefined : tail };
}

function fillRun(run: TableRun, { table, firstRecord, tail, recordAt, sequence }: TableAppend): Uint8Array {
  const sectors = new Uint8Array(run.sectorCount * SECTOR_SIZE);
  for (let s = 0; s < run.sectorCount; s++) {
    const index = run.index + s;
    const first = index * RECORDS_PER_SECTOR;
    const end = Math.min(first + RECORDS_PER_SECTOR, table.recordCount);
    const sector = sliceSectors(sectors, 0, s, 1);
    if (tail && first < firstRecord) sector.set(tail);
    else startTableSector(sector, { generation: table.generation, index });
    const view = viewOf(sector);
    for (let record = Math.max(first, firstRecord); record < end; record++) {
      const { slot, entry } = recordAt(record - firstRecord);
      putRecord(view, record - first, slot, entry);
    }
    sealTableSector(sector, end - first, sequence);
  }
  return sectors;
}

async function writeMirrors(
  spare: BlockDevice,
  run: TableRun,
  sectors: Uint8Array,
): Promise<TableWriteFailure | undefined> {
  const results = await Promise.allSettled([
    spare.write(run.startA, sectors),
    spare.write(run.startB, sectors),
  ]);
  const failed: number[] = [];
  let cause: unknown;
  for (const result of results) {
    if (result.status === 'fulfilled') continue;
    cause = result.reason;
    if (!isMediumFailure(cause)) throw cause;
    for (const [first, count] of cause.failed) for (let i = 0; i < count; i++) failed.push(first + i);
  }
  return cause === undefined ? undefined : { failed, cause };
}
