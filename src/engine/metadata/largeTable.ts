import { type BlockDevice, SECTOR_SIZE } from '../block/blockDevice';
import { isMediumFailure, RemapError } from '../errors';
import { RECORDS_PER_SECTOR } from './codec/tableSector';
import { MAX_ENTRIES } from './codec/v4';
import type { RemapEntry, SlotEntry } from './entry';
import { type Extent, MAX_EXTENTS, type TableState, tableSectors } from './tableExtents';
import { type DamagedSector, isRecordSector, readTable, verifyTable } from './tableReader';
import type { TableRoom } from './tableRoom';
import { appendToTable, type TableAppend, type TableWriteFailure } from './tableWriter';

/** What a commit asks of the table. */
export interface TableRequest {
  readonly changed: readonly SlotEntry[];
  readonly entryCount: number;
  readonly entryAt: (slot: number) => RemapEntry;
  readonly nextSpare: number;
  readonly sequence: bigint;
  /** Entries that are on their way, those of the commit included: room for their records is taken at once if it can be. */
  readonly promised: number;
}

/** What a table holds, and of which table that is said. */
export interface TableCounts {
  readonly generation: number;
  readonly recordCount: number;
  readonly entryCount: number;
}

/** A table that is written but not committed, for {@link LargeTable.adopt} once the copies name it. */
export interface TableChange {
  readonly state: TableState;
  readonly tail: Uint8Array | undefined;
}

/** The least that the table grows by: room for 2,048 records. */
const MIN_GROWTH_SECTORS = 128;
/** A sector of each mirror has as many records as that many sectors of data need: together they take so many sectors. */
const SECTORS_PER_RECORDS = RECORDS_PER_SECTOR + 2;
/**
 * So many records are left free for remaps that end: each needs one, for the entry that takes its slot, and gives a sector
 * back. Two sectors are room for sixteen more.
 */
const RECORDS_TO_END = 2;
/** How often a commit moves a table that meets bad sectors before it gives up. */
const MAX_MOVES = 4;

/**
 * All entries of a device that has more than the structure holds (R10): a log of records in two mirrors at the spare's
 * end (FORMAT.md, section 6). New records go after the committed ones, so a power loss leaves those that the copies count. A
 * table that is full of superseded records, or meets a bad sector, moves: it is written anew elsewhere while the old one
 * stays.
 */
export class LargeTable {
  readonly #spare: BlockDevice;
  readonly #room: TableRoom;
  readonly #growBySectors: number | undefined;
  #state: TableState;
  /** The table that the commit under way writes: it has its room already. */
  #planned: TableState | undefined;
  #tail: Uint8Array | undefined;
  #damaged: readonly DamagedSector[] = [];
  #highestGeneration: number;
  #mustMove = false;

  /**
   * @param highestGeneration the highest of the tables that any copy names; a new table gets a higher one
   * @param growBySectors what the table grows by when it is full; by default it doubles
   */
  constructor(
    spare: BlockDevice,
    room: TableRoom,
    state: TableState,
    highestGeneration: number,
    growBySectors?: number,
  ) {
    this.#spare = spare;
    this.#room = room;
    this.#state = state;
    this.#highestGeneration = highestGeneration;
    this.#growBySectors = growBySectors;
  }

  /** True when {@link load} found sectors that are damaged in the first mirror, or {@link verify} in any. */
  get isDamaged(): boolean {
    return this.#damaged.length > 0;
  }

  /** Reads all records; must come before the first {@link write} to a table that exists. */
  async load(visit: (slot: number, entry: Required<RemapEntry>) => void): Promise<void> {
    const { tail, damaged } = await readTable(this.#spare, this.#state, visit);
    this.#tail = tail;
    this.#damaged = damaged;
  }

  /** Reads all committed records in both mirrors. A table that has a sector damaged in both moves with the next commit. */
  async verify(): Promise<void> {
    try {
      this.#damaged = await verifyTable(this.#spare, this.#state);
    } catch (error) {
      if (!(error instanceof RemapError && error.code === 'ENODATA')) throw error;
      this.#mustMove = true;
    }
  }

  /** Whether a sector of the spare holds committed records, intact, in any mirror. @throws BlockError */
  async isRecord(sector: number): Promise<boolean> {
    return isRecordSector(this.#spare, this.#state, sector);
  }

  /** How many entries and records there are, the entries those of the last state. */
  counts(entryCount: number): TableCounts {
    const { generation, recordCount } = this.#state;
    return { generation, recordCount, entryCount };
  }

  /**
   * How many sectors each mirror must be given before so many more records have a place; 0 when they have.
   * @param counts what there was before the records: the commit under way may have written some of them
   */
  sectorsMissing(counts: TableCounts, more: number): number {
    const { generation, extents } = this.#planned ?? this.#state;
    const anew = sectorsFor(counts.entryCount + more + RECORDS_TO_END);
    if (generation === 0) return counts.entryCount + more <= MAX_ENTRIES ? 0 : anew;
    if (this.#mustMove && !this.#planned) return anew;
    const isSame = generation === counts.generation;
    const recordCount = (isSame ? counts.recordCount : counts.entryCount) + more + RECORDS_TO_END;
    const missing = sectorsFor(recordCount) - tableSectors(extents);
    if (missing <= 0) return 0;
    return extents.length < MAX_EXTENTS ? Math.min(missing, anew) : anew;
  }

  /** True when the next commit writes the table anew elsewhere. */
  get mustMove(): boolean {
    return this.#mustMove;
  }

  /**
   * Writes anew, from the other mirror, the sectors that {@link load} or {@link verify} found damaged. If that fails, the
   * next commit moves the table.
   */
  async repair(): Promise<void> {
    for (const { at, twin } of this.#damaged) {
      try {
        await overwriteSector(this.#spare, twin, at);
      } catch (error) {
        if (!isMediumFailure(error)) throw error;
        this.#room.markBad([at]);
        this.#mustMove = true;
      }
    }
    this.#damaged = [];
  }

  /**
   * Writes what a commit adds to the table; nothing while the structure alone holds all entries. Room is taken at once,
   * before the first write is awaited, so that an allocator that is asked meanwhile doesn't hand it out.
   * @throws RemapError `ENOSPC` when the table finds no room between the data and the end of the spare
   */
  async write(request: TableRequest): Promise<TableChange> {
    const { generation } = this.#state;
    const isNeeded =
      generation === 0 ? request.entryCount > MAX_ENTRIES : request.changed.length > 0 || this.#mustMove;
    if (!isNeeded) return { state: this.#state, tail: this.#tail };
    let failure: TableWriteFailure | undefined;
    for (let moves = 0; moves <= MAX_MOVES; moves++) {
      const plan = this.#plan(request);
      this.#planned = plan.table;
      const result = await appendToTable(this.#spare, plan);
      if ('tail' in result) return { state: plan.table, tail: result.tail };
      failure = result;
      this.#room.markBad(result.failed);
      this.#mustMove = true;
    }
    throw new RemapError(
      'EIO',
      `the large remap table could not be written: the spare failed in sector ${failure!.failed[0]} and wherever the table was moved`,
      { sector: failure!.failed[0]! },
      { cause: failure!.cause },
    );
  }

  /** A written table will not be committed. */
  abandon(): void {
    this.#planned = undefined;
  }

  /** Makes a written table the one that the next commit adds to. */
  adopt({ state, tail }: TableChange): void {
    this.#planned = undefined;
    if (state.generation !== this.#state.generation) this.#mustMove = false;
    this.#state = state;
    this.#tail = tail;
  }

  #plan(request: TableRequest): TableAppend {
    const recordCount = this.#state.recordCount + request.changed.length;
    const plan = this.#mustRewrite(recordCount, request.entryCount)
      ? (this.#rewritten(request) ?? this.#extended(recordCount, request))
      : (this.#extended(recordCount, request) ?? this.#rewritten(request));
    if (!plan) throw this.#noRoom(this.#sectorsNeeded(recordCount, request.entryCount));
    return plan;
  }

  #mustRewrite(recordCount: number, entryCount: number): boolean {
    if (this.#state.generation === 0 || this.#mustMove) return true;
    const isFull = recordCount > tableSectors(this.#state.extents) * RECORDS_PER_SECTOR;
    const isMostlySuperseded = recordCount > 2 * entryCount;
    return isFull && (isMostlySuperseded || this.#state.extents.length === MAX_EXTENTS);
  }

  /** The least that a commit needs: what is missing after the table, or a new one. */
  #sectorsNeeded(recordCount: number, entryCount: number): number {
    const { generation, extents } = this.#state;
    const anew = sectorsFor(entryCount);
    if (generation === 0 || this.#mustMove || extents.length === MAX_EXTENTS) return anew;
    return Math.min(anew, sectorsFor(recordCount) - tableSectors(extents));
  }

  /** The table with the changes after its records, in one more extent if need be; undefined without room for that. */
  #extended(
    recordCount: number,
    { changed, sequence, nextSpare, promised }: TableRequest,
  ): TableAppend | undefined {
    const { generation, extents } = this.#state;
    if (generation === 0) return undefined;
    const present = tableSectors(extents);
    const missing = sectorsFor(recordCount) - present;
    const coming = Math.max(recordCount, this.#state.recordCount + promised) - present * RECORDS_PER_SECTOR;
    const extent =
      missing > 0 ? this.#take(missing, Math.max(missing, this.#growth(present)), coming, nextSpare) : [];
    if (!extent || extents.length + extent.length > MAX_EXTENTS) return undefined;
    return {
      table: { generation, recordCount, extents: [...extents, ...extent] },
      firstRecord: this.#state.recordCount,
      tail: this.#tail,
      recordAt: (index) => changed[index]!,
      sequence,
    };
  }

  /** A new table with one record for each entry, and room to grow if there is any; undefined without room for the records. */
  #rewritten(request: TableRequest): TableAppend | undefined {
    const { entryCount, entryAt, sequence, nextSpare, promised } = request;
    const needed = sectorsFor(entryCount);
    const coming = entryCount + Math.max(0, promised - request.changed.length);
    const extents = this.#take(needed, needed + this.#growth(needed), coming, nextSpare);
    if (!extents) return undefined;
    this.#highestGeneration++;
    return {
      table: { generation: this.#highestGeneration, recordCount: entryCount, extents },
      firstRecord: 0,
      tail: undefined,
      recordAt: (slot) => ({ slot, entry: entryAt(slot) }),
      sequence,
    };
  }

  #growth(sectorCount: number): number {
    return this.#growBySectors ?? Math.max(sectorCount, MIN_GROWTH_SECTORS);
  }

  /**
   * Takes an extent of as many sectors as are wanted, but at most those that will ever have records: data need the others.
   * Where no such run is free it takes a shorter one.
   * @param coming records that are on their way and have no place yet
   */
  #take(needed: number, wanted: number, coming: number, nextSpare: number): Extent[] | undefined {
    const { freeCount } = this.#room;
    const most = freeCount === undefined ? wanted : Math.ceil((coming + freeCount) / SECTORS_PER_RECORDS);
    for (let more = Math.min(wanted, most) - needed; more > 0; more >>= 1) {
      const extent = this.#room.take(needed + more, nextSpare);
      if (extent) return [extent];
    }
    const extent = this.#room.take(needed, nextSpare);
    return extent && [extent];
  }

  #noRoom(sectorCount: number): RemapError {
    return new RemapError(
      'ENOSPC',
      `the spare has no room for the large remap table: two runs of ${sectorCount} free ${sectorCount === 1 ? 'sector' : 'sectors'} are needed`,
      { sectorCount, limit: this.#room.limit, full: 'spare' },
    );
  }
}

function sectorsFor(recordCount: number): number {
  return Math.ceil(recordCount / RECORDS_PER_SECTOR);
}

/** Copies an intact sector of one mirror over a damaged one of the other. */
async function overwriteSector(spare: BlockDevice, from: number, to: number): Promise<void> {
  const sector = new Uint8Array(SECTOR_SIZE);
  await spare.read(from, sector);
  await spare.write(to, sector);
}
