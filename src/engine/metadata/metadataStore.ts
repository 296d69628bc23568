import type { BlockDevice, Clock } from '../block/blockDevice';
import { RemapError, type SectorRange } from '../errors';
import type { Extras } from './codec/extras';
import { encodeScript, type ScriptMetadata } from './codec/scriptFormat';
import { MAX_ENTRIES, METADATA_SECTORS } from './codec/v4';
import { type CommitBatch, collectChanges } from './commitBatch';
import type { Copy } from './copy';
import { type CommitPlan, type CopyFailure, CopySet } from './copySet';
import { type DataArea, endOfEntry, endOfOwnEntries } from './dataArea';
import { foreignOwnEntries, isRestIntact } from './division';
import type { RemapEntry, SlotEntry } from './entry';
import { loadEntries, type VisitEntry } from './entryLoader';
import { type CopyReport, reportKnownCopy } from './inspect';
import { LargeTable, type TableChange } from './largeTable';
import { obstacleTo } from './obstacle';
import { type OpenedCopies, openCopies } from './openCopies';
import { RecordRoom, type SavedEntries } from './recordRoom';
import { type EntryPlacing, entryCountOf, nextSpareOf } from './stateChange';
import { StateMaker } from './stateMaker';
import { StateWriter } from './stateWriter';
import { EMPTY_TABLE } from './tableExtents';
import { type SpareRoom, TableRoom } from './tableRoom';

/** How a spare's metadata are opened. */
export interface OpenOptions {
  /** Size of the main that the metadata must name (R8). */
  readonly mainSectorCount: number;
  readonly clock: Clock;
  readonly readOnly?: boolean;
  /** Which spare of a pool this is: the entries of other members lie elsewhere. Default 0. */
  readonly memberIndex?: number;
  /** Told once for each copy that turns out not to be writable. */
  readonly onCopyFailure?: (failure: CopyFailure) => void;
  /** Sectors by which the large table grows when it is full; by default it doubles. */
  readonly growTableBySectors?: number;
}

/**
 * The metadata of one spare: five copies of the kernel's structure, and the large table for the entries beyond its
 * 2,048 (R10).
 *
 * `open` and `load` only read. `repair`, `commit`, `settle` and the script methods write, one at a time: a second call
 * while one is under way is refused with `EBUSY`, and all of them with `EROFS` on a store that was opened read-only.
 */
export class MetadataStore {
  readonly #spare: BlockDevice;
  readonly #options: OpenOptions;
  readonly #copies: CopySet;
  readonly #states: StateMaker;
  readonly #room: TableRoom;
  readonly #writer: StateWriter;
  readonly #table: LargeTable;
  readonly records: RecordRoom;
  readonly #firstReports: readonly CopyReport[];
  /** Slots whose entry the large table doesn't hold as it is now: the next commit writes them, named or not. */
  #unsaved = new Set<number>();
  /** One above the highest sector of this spare that an entry has; found when first needed, or by loading. */
  #entriesEnd: number | undefined;
  #isLoaded: boolean;
  /** The size that the metadata gave their spare when they were opened, in sectors; null where they didn't say. */
  readonly namedSectorCount: number | null;
  /** What the last commit placed in the structure of a pool's spare; null before the first. */
  #placed: 'whole' | 'own' | null = null;
  #isBusy = false;

  private constructor(spare: BlockDevice, options: OpenOptions, opened: OpenedCopies) {
    const { newest, copies, reports, highestSequence } = opened;
    this.#spare = spare;
    this.#options = options;
    this.#firstReports = reports;
    this.#states = new StateMaker(newest, highestSequence, options.clock, spare.sectorCount);
    this.namedSectorCount = opened.namedSectorCount;
    this.#copies = new CopySet(spare, newest, copies, options.clock, options.onCopyFailure);
    this.#room = new TableRoom(spare.sectorCount);
    this.#room.markBad(this.badSpares);
    this.#writer = new StateWriter(spare, this.#states, this.#copies, this.#room);
    const highest = Math.max(...this.#copies.namedTables().map(({ generation }) => generation));
    this.#table = new LargeTable(spare, this.#room, newest.table, highest, options.growTableBySectors);
    this.records = new RecordRoom(this.#room, this.#table, () => this.#savedEntries());
    this.#isLoaded = newest.table.generation === 0;
  }

  /**
   * Reads the five copies once and chooses the one that counts. Writes nothing.
   *
   * @throws RemapError `ENODATA` for a blank spare, one that holds paths only, and one whose copies are all damaged;
   * `EINVAL` for a foreign spare, for metadata of another main (R8) and for what a newer version wrote; `EIO` when no
   * copy can be read. `details.kind` has the kind of spare.
   */
  static async open(spare: BlockDevice, options: OpenOptions): Promise<MetadataStore> {
    return new MetadataStore(spare, options, await openCopies(spare, options));
  }

  get sequence(): bigint {
    return this.#states.base.sequence;
  }

  get entryCount(): number {
    return entryCountOf(this.#states.base);
  }

  /** What the last state says in our part of it. */
  get extras(): Extras {
    return this.#states.base.extras;
  }

  get badSpares(): readonly number[] {
    return this.extras.badSpares;
  }

  /**
   * The first spare sector that was never handed out: the one on disk, or the one after the highest entry. Complete once
   * the entries are loaded.
   */
  get nextSpare(): number {
    this.#entriesEnd ??= endOfOwnEntries(this.#states.base, this.#dataArea);
    const nextSpare = Math.max(METADATA_SECTORS, nextSpareOf(this.#states.base), this.#entriesEnd);
    return Math.min(nextSpare, this.#spare.sectorCount);
  }

  /** The first sector that isn't for data: the large table's lowest, or the end of the spare. */
  get freeLimit(): number {
    return this.#room.limit;
  }

  /** Whether the entries of a pool's spare are divided, so that a kernel reads its own alone (R16). */
  get isDivided(): boolean {
    return this.extras.division !== null;
  }

  /** Whether the entries that are in no large table are as they were written. */
  get isIntact(): boolean {
    return isRestIntact(this.#states.base);
  }

  /** Own entries of a pool's spare that another program made or changed since the last commit. */
  foreignEntries(): Required<RemapEntry>[] {
    return foreignOwnEntries(this.#states.base, this.#dataArea.memberIndex);
  }

  /** Whether a sector is in the room of the large table. */
  isTableRoom(sector: number): boolean {
    return this.#room.has(sector);
  }

  /** The room of the large table, in any order. */
  get tableRanges(): SectorRange[] {
    return this.#room.ranges;
  }

  /** True after a commit that failed and may be on disk all the same, until one succeeds. */
  get inDoubt(): boolean {
    return this.#writer.isInDoubt;
  }

  /** Why the metadata must not be written, though they can be read; null when they may be. See `obstacleTo`. */
  get obstacle(): string | null {
    return obstacleTo({
      highestSequence: this.#states.highestSequence,
      sequence: this.#copies.newest.sequence,
      reports: this.#firstReports,
    });
  }

  /** The five copies as this store knows them. */
  copies(): CopyReport[] {
    return this.#copies.copies.map((copy) => reportKnownCopy(copy, this.#firstReports[copy.index]!));
  }

  /** See {@link CopySet.count}. */
  get copyCounts(): { valid: number; stale: number } {
    return this.#copies.count();
  }

  /** How many of the five are damaged or can't be written; one that is left to scripts, or being written, isn't. */
  get damagedCopyCount(): number {
    const isDamaged = ({ index, state, failure, isScript }: Readonly<Copy>) =>
      !state && !isScript && (failure !== undefined || !this.#firstReports[index]!.valid);
    return this.#copies.copies.filter(isDamaged).length;
  }

  /** Tells the store which allocator hands out data sectors, so that data and the large table never take the same one. */
  attach(allocator: SpareRoom): void {
    this.#room.attach(allocator);
  }

  /**
   * Reads every entry. A slot may be visited again, and its last entry counts; a slot is never ahead of the number of
   * slots visited. Must come before the first commit.
   * @throws RemapError `ENODATA` when a sector of the large table is damaged in both mirrors
   */
  async load(visit: VisitEntry): Promise<void> {
    const area = this.#dataArea;
    let end = 0;
    const { unsaved } = await loadEntries(this.#states.base, this.#table, area.memberIndex, (slot, entry) => {
      end = Math.max(end, endOfEntry(entry, area));
      visit(slot, entry);
    });
    this.#entriesEnd = end;
    this.#unsaved = new Set(unsaved);
    this.#isLoaded = true;
  }

  /** Says which sectors of the metadata area hold data of remaps (R9): see {@link CopySet.protect}. */
  protect(sectors: readonly number[], mustCommit = false): void {
    this.#copies.protect(sectors, mustCommit);
  }

  /** Whether a sector of the spare holds records of the large table, intact, and so no data. @throws BlockError */
  isRecord(sector: number): Promise<boolean> {
    return this.#table.isRecord(sector);
  }

  /**
   * Reads the copies and both mirrors of the large table again, so that {@link repair} knows what was damaged meanwhile.
   * @returns false when a sector of the large table is damaged in both: the next commit writes all of it anew
   */
  async verify(): Promise<boolean> {
    await this.#copies.examineAll();
    await this.#table.verify();
    return !this.#table.mustMove;
  }

  /**
   * Brings damaged and stale copies, and damaged sectors of the large table, up to date (R7), as far as the store knows of
   * them: {@link verify} looks for more. At no time are fewer copies intact than before. A copy that can't be written is told to `onCopyFailure` and left.
   * @throws BlockError when a flush fails
   */
  repair(): Promise<void> {
    return this.#alone(async () => {
      const hasHigherSequence = this.#states.highestSequence > this.#copies.newest.sequence;
      const isDamaged = this.#copies.stale(true).length > 0 || this.#table.isDamaged;
      if (this.inDoubt || !(hasHigherSequence || isDamaged)) return;
      await this.#table.repair();
      await this.#writer.flush();
      // A copy that doesn't count now, for its time stamp perhaps, must not win later by its higher sequence number.
      if (hasHigherSequence) {
        await this.#writer.write(await this.#writer.plan({ nextSpare: this.nextSpare }));
      }
      await this.#writer.settle(true);
    });
  }

  /**
   * Makes a batch durable, with the payload that the caller wrote to the spare before (R2, R6): the first flush covers
   * the payload and the large table's records, the second one the copies that count them in. Resolves with the new state
   * in two copies, or in one where the others can't be written; {@link settle} brings it to the others.
   *
   * @throws RemapError `ENOSPC` when the large table finds no room, `EIO` or the device's error when the spare fails:
   * {@link inDoubt} tells whether the batch may be on disk. The next commit then writes its slots once more
   */
  commit(batch: CommitBatch): Promise<void> {
    return this.#alone(async () => {
      this.records.begin();
      const committed = batch.isBehind ? batch.entryCount : this.entryCount;
      const changed = collectChanges(batch, committed, this.#unsaved);
      const { table, plan } = await this.#prepare(batch, changed);
      this.#table.adopt(table);
      this.#unsaved = new Set(changed.map(({ slot }) => slot));
      await this.#writer.write(plan);
      this.#unsaved.clear();
      this.#placed = batch.isBehind ? 'own' : 'whole';
    });
  }

  /** Brings the copies that the last commits left alone up to date. Does nothing when there are none. */
  settle(): Promise<void> {
    return this.#alone(async () => {
      if (this.#copies.stale().length === 0) return;
      if (!this.#writer.hasFlushed) await this.#writer.flush();
      await this.#writer.settle(false);
    });
  }

  /**
   * Gives the first copy's place to the sector from which dm-remap-scan reads paths (FORMAT.md, section 8); the kernel
   * reads the other four. It stays so until {@link removeScript}. If the sector can't be written, the copy is put back.
   * @throws RemapError `EINVAL` for a path of more than 128 bytes, `EIO` when fewer than two other copies are intact
   */
  writeScript(metadata: Pick<ScriptMetadata, 'mainPath' | 'sparePath'>): Promise<void> {
    return this.#alone(async () => {
      const sector = encodeScript({
        ...metadata,
        mainSectorCount: this.#options.mainSectorCount,
        spareSectorCount: this.#spare.sectorCount,
        timestamp: Math.floor(this.#options.clock.now() / 1000),
      });
      await this.#writer.flush();
      await this.#writer.settle(true);
      const others = this.#copies.copies.filter(({ index, state }) => index > 0 && state !== undefined);
      if (others.length < 2)
        throw new RemapError('EIO', 'fewer than two of the other metadata copies are intact');
      try {
        await this.#copies.giveToScripts(sector);
      } catch (error) {
        await this.#writer.settle(true).catch(() => undefined);
        throw error;
      }
    });
  }

  /** Whether the first copy's place is given to dm-remap-scan. */
  get hasScript(): boolean {
    return this.#copies.copies[0]!.isScript;
  }

  /** Puts a metadata copy back into the place that {@link writeScript} gave away. */
  removeScript(): Promise<void> {
    return this.#alone(async () => {
      this.#copies.takeFromScripts();
      await this.#writer.flush();
      await this.#writer.settle(true);
    });
  }

  /**
   * Writes what the commit adds to the large table, and flushes it together with the caller's payload. The state that
   * names the records is made while the disk flushes, since that takes as long.
   */
  async #prepare(
    batch: CommitBatch,
    changed: readonly SlotEntry[],
  ): Promise<{ table: TableChange; plan: CommitPlan }> {
    this.#refuseUnlessReady(batch);
    this.#room.markBad(batch.badSpares ?? []);
    try {
      const sequence = this.#states.highestSequence + 1n;
      const table = batch.isBehind
        ? { state: EMPTY_TABLE, tail: undefined }
        : await this.#table.write({ ...batch, changed, sequence, promised: this.records.promised });
      const [, plan] = await Promise.all([this.#writer.flush(), this.#planCommit(batch, changed, table)]);
      return { table, plan };
    } catch (error) {
      this.#table.abandon();
      this.#writer.updateRoom();
      throw error;
    }
  }

  #refuseUnlessReady(batch: CommitBatch): void {
    if (!this.#isLoaded) throw new RemapError('EINVAL', 'the entries must be loaded before the first commit');
    if (batch.entryCount > MAX_ENTRIES && this.#states.base.extrasState.kind === 'foreign') {
      throw new RemapError(
        'ENOSPC',
        `the metadata's expansion data belong to another program, so there is no place for more than ${MAX_ENTRIES} remaps`,
        { full: 'spare' },
      );
    }
  }

  async #planCommit(
    batch: CommitBatch,
    changed: readonly SlotEntry[],
    { state }: TableChange,
  ): Promise<CommitPlan> {
    const nextSpare = Math.min(Math.max(this.nextSpare, batch.nextSpare), this.#spare.sectorCount);
    const placing = this.#placing(batch, changed);
    return this.#writer.plan({ ...batch, changed, nextSpare, table: state, ...(placing && { placing }) });
  }

  /** How entries are placed on a spare of a pool, or on one that was of a pool (R16). */
  #placing(batch: CommitBatch, changed: readonly SlotEntry[]): EntryPlacing | undefined {
    const { extras, extrasState } = this.#states.base;
    const isOfPool = (batch.pool ?? extras.pool).length > 0 && extrasState.kind !== 'foreign';
    if (!isOfPool && !extras.division) return undefined;
    const isBehind = batch.isBehind ?? false;
    const isWhole =
      this.#placed !== (isBehind ? 'own' : 'whole') ||
      this.#unsaved.size > 0 ||
      batch.entryCount < this.entryCount ||
      changed.length === batch.entryCount;
    const memberIndex = isOfPool ? this.#dataArea.memberIndex : null;
    return { memberIndex, isWhole, isBehind, entryAt: batch.entryAt };
  }

  #savedEntries(): SavedEntries {
    const limit = this.#states.base.extrasState.kind === 'foreign' ? MAX_ENTRIES : Number.POSITIVE_INFINITY;
    return { counts: this.#table.counts(this.entryCount), unsavedCount: this.#unsaved.size, limit };
  }

  get #dataArea(): DataArea {
    return { limit: this.#room.limit, memberIndex: this.#options.memberIndex ?? 0 };
  }

  /** Runs one write at a time. */
  async #alone(run: () => Promise<void>): Promise<void> {
    if (this.#options.readOnly) throw new RemapError('EROFS', 'the metadata are open read-only');
    if (this.#isBusy) throw new RemapError('EBUSY', 'another write of the metadata is under way');
    this.#isBusy = true;
    try {
      await run();
    } finally {
      this.#isBusy = false;
    }
  }
}
