import { type BlockDevice, type Clock, type ReadOptions, SECTOR_SIZE } from '../block/blockDevice';
import { checkRange, checkRequest, countSectors, subtractRanges } from '../block/range';
import type { Ticker } from '../block/ticker';
import { IoGate } from '../concurrency/ioGate';
import { RangeLock } from '../concurrency/rangeLock';
import { type BlockError, isHostFull, type RemapError } from '../errors';
import { Committer } from './committer';
import { observerMethods, type TargetObserver } from './observer';
import {
  discardPlanned,
  failedSectors,
  mainFailure,
  readPlanned,
  requestError,
  writePlanned,
} from './plannedRequests';
import type { PoolEntry } from './poolEntry';
import { ReadRescue } from './readRescue';
import { displacedRefusal, flushError, readOnlyRefusal } from './refusals';
import { type IsMetadata, type Relocation, relocate, unsafeReason } from './relocation';
import type { RemapTable } from './remapTable';
import { planRequest, type RequestPlan } from './requestPlan';
import type { SparePool } from './sparePool';
import { Statistics } from './statistics';
import { type Failure, promiseOutcome } from './subRequests';
import { type ReadContext, readTarget } from './targetRead';
import { dropStray, unremap } from './unremap';
import { type RepairContext, WriteRepair } from './writeRepair';

export interface RemapTargetOptions {
  readonly main: BlockDevice;
  readonly pool: SparePool;
  readonly table: RemapTable;
  readonly clock: Clock;
  /** Times the requests for the statistics. */
  readonly ticker: Ticker;
  readonly observer: TargetObserver;
  /** Why writes are refused with `EROFS`, a sentence each; none: they are not. */
  readonly readOnlyReasons?: readonly string[];
}

export interface WriteOptions {
  /** Called for each sector that this write remapped. */
  readonly onRemapped?: (entry: PoolEntry) => void;
}

/**
 * The dm-remap target: the sectors of the device, which main serves, except the remapped ones, which a spare serves.
 *
 * A failed write is repaired before it is acknowledged (R2); a failed read is retried and rescued (R3). If that fails too,
 * the error is a `BlockError` with exactly the sectors that failed. A flush reaches main and every spare (R6).
 */
export class RemapTarget implements BlockDevice {
  readonly sectorCount: number;
  readonly table: RemapTable;
  readonly pool: SparePool;
  readonly statistics: Statistics;
  readonly committer: Committer;
  /** Why writes are refused, a sentence each. Set it while the target is suspended, or before it serves. */
  readOnlyReasons: readonly string[];
  /** Why nothing is written any more: an image is displaced (R13). */
  #end: RemapError | null = null;
  /** How many writes reached main, at least in part, and how many of those a flush has covered. */
  #mainWrites = 0;
  #mainWritesFlushed = 0;
  readonly #main: BlockDevice;
  readonly #observer: TargetObserver;
  readonly #context: RepairContext;
  readonly #gate = new IoGate(() => this.#observer.held());
  readonly #lock = new RangeLock();
  readonly #writeRepair: WriteRepair;
  readonly #readRescue: ReadRescue;
  readonly #ticker: Ticker;
  readonly #readContext: ReadContext;

  constructor(options: RemapTargetOptions) {
    const { main, pool, table, clock, ticker, observer } = options;
    this.sectorCount = main.sectorCount;
    this.statistics = new Statistics(clock);
    this.table = table;
    this.pool = pool;
    this.#main = main;
    this.#ticker = ticker;
    this.readOnlyReasons = options.readOnlyReasons ?? [];
    this.#observer = {
      ...observerMethods(observer),
      remapped: (entries) => {
        this.statistics.remappedSectors += entries.length;
        observer.remapped(entries);
      },
    };
    const told = { ...this.#observer, committed: this.#observer.remapped };
    this.committer = new Committer(table, pool, { ...told, checkMain: () => this.#checkMain() });
    this.#context = { table, pool, committer: this.committer, observer: this.#observer, clock };
    this.#writeRepair = new WriteRepair(this.#context, (first, bytes) => {
      const plan = planRequest(this.table, first, bytes.length / SECTOR_SIZE);
      return this.#writeOnce(plan, first, bytes);
    });
    this.#readRescue = new ReadRescue(this.#context, this.#lock, (first, count, buffer) =>
      this.#readOnce(first, count, buffer).then((failure) => (failure ? failedSectors(failure) : [])),
    );
    this.#readContext = {
      ticker,
      recover: (...failed) => this.#readFailed(...failed),
      answered: (byteLength, touchedSpare, startedAt) => {
        this.statistics.countRequest('read', byteLength, touchedSpare, ticker.now() - startedAt);
        this.#gate.leave();
      },
    };
  }

  get readOnly(): boolean {
    return this.readOnlyReasons.length > 0 || this.#end !== null;
  }

  /** Why writes, flushes and commits are refused from now on; null unless {@link endWrites} was called. */
  get end(): RemapError | null {
    return this.#end;
  }

  /** Refuses writes, discards, flushes and commits with this error from now on, those under way included. Reads go on. */
  endWrites(error: RemapError): void {
    this.#end ??= error;
  }

  get suspended(): boolean {
    return this.#gate.isSuspended;
  }

  /** Whether requests wait until the target is resumed (R11). */
  get holdsRequests(): boolean {
    return this.#gate.holdsRequests;
  }

  read(sector: number, buffer: Uint8Array, options?: ReadOptions): Promise<void> {
    let count: number;
    try {
      count = checkRequest(sector, buffer.length, this.sectorCount);
    } catch (error) {
      return Promise.reject(error);
    }
    if (!this.#gate.isOpen) return this.#gate.whenOpen().then(() => this.read(sector, buffer, options));
    this.#gate.enter();
    const plan = planRequest(this.table, sector, count);
    return readTarget(this.#main, this.pool, plan, this.#readContext, sector, buffer, options);
  }

  async write(sector: number, buffer: Uint8Array, options?: WriteOptions): Promise<void> {
    const count = checkRequest(sector, buffer.length, this.sectorCount);
    while (!this.#gate.isOpen) await this.#gate.whenOpen();
    if (this.readOnly) throw this.#refusal(sector, count);
    this.#gate.enter();
    const startedAt = this.#ticker.now();
    let touchedSpare = false;
    try {
      touchedSpare = await this.#exclusively(sector, count, () =>
        this.#writeOut(sector, count, buffer, options),
      );
    } finally {
      this.statistics.countRequest('write', buffer.length, touchedSpare, this.#ticker.now() - startedAt);
      this.#gate.leave();
    }
  }

  /** Flush reaches main and every spare, and brings all metadata copies up to date (R6). */
  async flush(): Promise<void> {
    while (!this.#gate.isOpen) await this.#gate.whenOpen();
    this.#gate.enter();
    try {
      await this.#flushAll();
    } finally {
      this.#gate.leave();
    }
  }

  /**
   * The run reads as zeros afterwards, remapped sectors included. A discard isn't repaired as a write is: sectors that refuse
   * it keep their data, and the error names them.
   */
  async discard(sector: number, sectorCount: number): Promise<void> {
    checkRange(sector, sectorCount, this.sectorCount);
    while (!this.#gate.isOpen) await this.#gate.whenOpen();
    if (this.readOnly) throw this.#refusal(sector, sectorCount);
    this.#gate.enter();
    try {
      await this.#exclusively(sector, sectorCount, () => this.#discardOut(sector, sectorCount));
    } finally {
      this.#gate.leave();
    }
  }

  /**
   * Copies a sector's data to the spare and remaps the sector, healthy or not.
   * @param spareSector a particular sector of the first spare; absent: the next free one
   * @throws RemapError `EEXIST`, `EIO`, `ENOSPC`, `EROFS`, `ESTALE`; `EINVAL` outside the device, or a spare sector that isn't free
   */
  async remapSector(sector: number, spareSector?: number): Promise<PoolEntry> {
    checkRange(sector, 1, this.sectorCount);
    while (!this.#gate.isOpen) await this.#gate.whenOpen();
    if (this.readOnly) throw this.#refusal(sector, 1);
    this.#gate.enter();
    try {
      await this.#readRescue.remapNow(sector, spareSector);
      return this.table.entryAt(this.table.slotOf(sector));
    } finally {
      this.#gate.leave();
    }
  }

  /** Moves remaps whose data lie in the area of the metadata. If none is left there, the device takes writes again (R9). */
  async relocate(isMetadata: IsMetadata): Promise<Relocation> {
    if (this.#end) throw this.#end;
    return this.#gate.whileAtRest(async () => {
      const before = unsafeReason(this);
      try {
        return await relocate(this.#context, isMetadata);
      } finally {
        const after = unsafeReason(this);
        const others = this.readOnlyReasons.filter((reason) => reason !== before);
        this.readOnlyReasons = after === null ? others : [after, ...others];
      }
    });
  }

  /** Ends the remap of a sector whose entry is stray, as {@link dropStray}. Errors: its, and `EROFS`, `ESTALE`. */
  dropStray(sector: number): Promise<PoolEntry> {
    return this.#changeAtRest(sector, () => dropStray(this.#context, sector));
  }

  /** Moves a sector's data back to main and ends its remap, as {@link unremap}. Errors: its, and `EROFS`, `ESTALE`. */
  async unremap(sector: number): Promise<PoolEntry> {
    checkRange(sector, 1, this.sectorCount);
    while (!this.#gate.isOpen) await this.#gate.whenOpen();
    return this.#changeAtRest(sector, () => unremap(this.#context, this.#main, sector));
  }

  /** Holds new I/O, drains what is under way, commits and flushes (R11). If that fails, I/O goes on, unless it `staysHeld`. */
  async suspend(staysHeld = false): Promise<void> {
    const isOurs = await this.#gate.suspend();
    try {
      await this.#flushAll();
    } catch (error) {
      if (isOurs && !staysHeld) this.#gate.resume();
      throw error;
    }
  }

  /** Lets held I/O go on (R11). */
  resume(): void {
    this.#gate.resume();
  }

  /** Refuses new and held I/O, drains, commits, flushes. The devices below stay open: their owner closes them. */
  async close(): Promise<void> {
    await this.#gate.shut();
    await this.committer.close();
    if (!this.readOnly) await this.#flushAll();
  }

  /** As {@link close}, but if the last flush fails the target goes on as it was. */
  async closeOnceDurable(): Promise<void> {
    await this.suspend();
    await this.#gate.shut();
    await this.committer.close();
  }

  /** As {@link close}, but writes nothing: for a power loss. */
  async abandon(): Promise<void> {
    await this.committer.close();
    void this.#gate.shut();
  }

  #changeAtRest<T>(sector: number, change: () => Promise<T>): Promise<T> {
    return this.#gate.whileAtRest(() => {
      if (this.readOnly) throw this.#refusal(sector, 1);
      return change();
    });
  }

  async #readFailed(
    failure: Failure,
    sector: number,
    buffer: Uint8Array,
    options?: ReadOptions,
  ): Promise<void> {
    const failed = subtractRanges(failedSectors(failure), options?.skip ?? []);
    if (failed.length === 0) return;
    this.statistics.errors++;
    this.#observer.failed('read', failed);
    const remaining = this.readOnly
      ? failed
      : await this.#readRescue.retry(failure, sector, buffer, !options?.onlyLooks);
    const unreadable = subtractRanges(remaining, options?.skip ?? []);
    if (unreadable.length > 0) throw requestError('read', 'EIO', unreadable);
  }

  /** One attempt to read as the table maps the sectors now. */
  #readOnce(sector: number, count: number, buffer: Uint8Array): Promise<Failure | null> {
    const plan = planRequest(this.table, sector, count);
    if (!plan) return this.#main.read(sector, buffer).then(noFailure, mainFailure);
    return promiseOutcome((listener) => readPlanned(this.#main, this.pool, plan, sector, buffer, listener));
  }

  /** Returns whether a spare was touched. */
  async #writeOut(
    sector: number,
    count: number,
    buffer: Uint8Array,
    options?: WriteOptions,
  ): Promise<boolean> {
    const plan = planRequest(this.table, sector, count);
    const failure = await this.#writeOnce(plan, sector, buffer);
    if (!failure) return plan !== null;
    this.statistics.errors++;
    await this.#writeRepair.repair(failure, sector, buffer, options?.onRemapped);
    return true;
  }

  async #discardOut(sector: number, count: number): Promise<void> {
    const plan = planRequest(this.table, sector, count) ?? { mainRuns: [[sector, count]], pieces: [] };
    const failure = await discardPlanned(this.#main, this.pool, plan);
    if (countSectors(plan.mainRuns) > countSectors(failure?.main ?? [])) this.#mainWrites++;
    if (failure) throw requestError('discard', 'EIO', failedSectors(failure));
  }

  /**
   * Runs a change of sectors when no rescue copies them and none of them is in doubt. No rescue begins meanwhile. It fails
   * if writes have ended before it is done.
   */
  async #exclusively<T>(sector: number, count: number, change: () => Promise<T>): Promise<T> {
    for (let hold = this.#lock.holdOn(sector, count); hold; hold = this.#lock.holdOn(sector, count))
      await hold;
    const span = this.#lock.beginWrite(sector, count);
    try {
      if (this.committer.hasDoubt) await this.#endDoubtIn(sector, count);
      const result = await change();
      if (this.#end) throw this.#end;
      return result;
    } catch (error) {
      throw this.#end ? this.#refusal(sector, count) : error;
    } finally {
      this.#lock.endWrite(span);
    }
  }

  async #endDoubtIn(sector: number, count: number): Promise<void> {
    try {
      await this.committer.endDoubtIn(sector, count);
    } catch (error) {
      throw requestError('write', isHostFull(error) ? 'ENOSPC' : 'EIO', [[sector, count]], error);
    }
  }

  async #writeOnce(plan: RequestPlan | null, sector: number, buffer: Uint8Array): Promise<Failure | null> {
    const toMain = plan ? countSectors(plan.mainRuns) : buffer.length / SECTOR_SIZE;
    let failure: Failure | null;
    try {
      failure = plan
        ? await writePlanned(this.#main, this.pool, plan, sector, buffer)
        : await this.#main.write(sector, buffer).then(noFailure, mainFailure);
    } catch (error) {
      // A request that is refused, by a full file system perhaps, may have been written in part.
      if (toMain > 0) this.#mainWrites++;
      throw error;
    }
    if (toMain > countSectors(failure?.main ?? [])) this.#mainWrites++;
    return failure;
  }

  async #flushAll(): Promise<void> {
    if (this.#end) throw this.#end;
    const synchronized = this.readOnly ? Promise.resolve() : this.committer.synchronize();
    const results = await Promise.allSettled([this.#flushMain(), synchronized.then(() => this.pool.flush())]);
    if (this.#end) throw this.#end;
    for (const result of results) if (result.status === 'rejected') throw flushError(result.reason);
  }

  /** Flushes main only if a write reached it since the last flush: a main that fails every write may fail flushes too. */
  async #flushMain(): Promise<void> {
    const covered = this.#mainWrites;
    if (covered === this.#mainWritesFlushed) return this.#checkMain();
    await this.#main.flush();
    this.#mainWritesFlushed = Math.max(this.#mainWritesFlushed, covered);
  }

  /** What a spare holds of a main that is displaced is of no use to anyone: neither flush nor commit counts then (R13). */
  async #checkMain(): Promise<void> {
    if (this.#end) throw this.#end;
    await this.#main.checkPlace?.();
  }

  #refusal(sector: number, count: number): BlockError {
    return this.#end
      ? displacedRefusal(this.#end, sector, count)
      : readOnlyRefusal(this.readOnlyReasons, sector, count);
  }
}

const noFailure = (): null => null;
