import { SerialQueue } from '../concurrency/serialQueue';
import { BlockError, type ErrorCode, fullnessOf, RemapError, reasonOf } from '../errors';
import {
  type CommitExtras,
  commitToMember,
  commitToPool,
  type EntryBatch,
  type PoolCommitObserver,
} from './poolCommit';
import type { PoolEntry } from './poolEntry';
import type { RemapTable } from './remapTable';
import type { PersistentMember, SparePool } from './sparePool';
import { giveBackPlacements } from './spareWriter';

/** Told what becomes of commits. */
export interface CommitObserver extends PoolCommitObserver {
  /** Asked during each commit. Rejects when main is displaced: no commit counts then (R13). */
  checkMain?(): Promise<void>;
  /** Entries that are durable and serve I/O from now on. */
  committed(entries: readonly PoolEntry[]): void;
  commitFailed(error: unknown): void;
  /** The copies that commits had left alone were written, some time after the last commit. */
  settled(): void;
}

/** Entries that wait for the next commit, and how to answer their request. */
interface Waiting {
  readonly entries: readonly PoolEntry[];
  readonly done: () => void;
  readonly fail: (error: unknown) => void;
}

/** The entries of one commit by their slots: those that get new slots, and those that change in place. */
interface Batch {
  /** The first slot that isn't used before the commit. */
  readonly firstNewSlot: number;
  readonly added: Map<number, PoolEntry>;
  readonly changed: Map<number, PoolEntry>;
}

/** After so many milliseconds without a commit the copies are settled. */
const SETTLE_DELAY_MS = 50;

/**
 * Makes remap entries durable before they serve I/O (R6). All entries that arrive while a commit is under way go into
 * the next one together: a burst of errors costs one commit (R4).
 */
export class Committer {
  readonly #table: RemapTable;
  readonly #pool: SparePool;
  readonly #observer: CommitObserver;
  /** One thing at a time is done to the metadata of the spares. */
  readonly #queue = new SerialQueue();
  /** As long as there are any, a commit that takes them all is in the queue. */
  #waiting: Waiting[] = [];
  /** Originals whose entry may or may not be on disk after a failed commit. */
  readonly #inDoubt = new Set<number>();
  /** The spare sectors of those entries: they are free again once a commit has succeeded that doesn't name them. */
  #doubtfulPlaces: PoolEntry[] = [];
  /** The last commit failed: some spare may hold its state all the same, even if no entry is in doubt. */
  #isUncertain = false;
  #settleTimer: NodeJS.Timeout | null = null;
  #mustWriteAll = false;
  #isClosed = false;
  #commitCount = 0;

  constructor(table: RemapTable, pool: SparePool, observer: CommitObserver) {
    this.#table = table;
    this.#pool = pool;
    this.#observer = observer;
  }

  /** Commits made for {@link commit} since construction. */
  get commitCount(): number {
    return this.#commitCount;
  }

  /** Whether a failed commit may be on disk all the same. */
  get hasDoubt(): boolean {
    return this.#inDoubt.size > 0;
  }

  /**
   * Resolves when the entries, whose payload the caller has written to the spares, are durable and serve I/O (R6).
   * @throws BlockError `EIO` when the spare fails, `ENOSPC` when it has no room for the table, `ESTALE` when an image is
   * displaced (R13); each names the entries' sectors, and none of the entries serves
   */
  commit(entries: readonly PoolEntry[]): Promise<void> {
    return new Promise((done, fail) => {
      this.#waiting.push({ entries, done, fail });
      if (this.#waiting.length > 1) return;
      void this.#queue.run(async () => {
        await this.#commitWaiting();
        if (this.#waiting.length === 0) this.#scheduleSettle();
      });
    });
  }

  /**
   * Must come before a write to these sectors. After a failed commit the spare may hold entries that were never
   * acknowledged: after a crash they would serve, and hide what was written to main since. Resolves once the table on
   * disk is the one in memory.
   * @throws BlockError as {@link commit}
   */
  async endDoubtIn(first: number, count: number): Promise<void> {
    for (const original of this.#inDoubt) {
      if (original >= first && original < first + count) return this.commit([]);
    }
  }

  /** Lets the next commit write every entry: the table has other entries or slots than the spares. */
  expectAll(): void {
    this.#mustWriteAll = true;
  }

  /** Writes every entry to every spare: a spare may have missed commits, or keep the table for the first time. */
  async commitAll(): Promise<void> {
    await this.#queue.run(() => this.#writeBatch(this.#wholeTable()));
  }

  /** As {@link commitAll}, but to one spare: a new one must have the whole table before the others name it. */
  async commitAllTo(member: PersistentMember): Promise<void> {
    await this.#queue.run(() => commitToMember(this.#pool, member, this.#wholeTable()));
  }

  /** Writes fields other than the entries into every spare's metadata. */
  async commitExtras(extras: CommitExtras): Promise<void> {
    await this.#queue.run(() => this.#write(new Map(), extras));
    this.#scheduleSettle();
  }

  /**
   * Ends the remaps of these originals durably: main serves them again. The last entries take the slots that become free, so
   * that the table of a full spare needs no more records than remaps have ended.
   */
  async drop(originals: ReadonlySet<number>): Promise<void> {
    await this.#queue.run(async () => {
      const slots = keptSlots(this.#table, originals);
      const entries = slots.map((slot) => this.#table.entryAt(slot));
      const changed = [...entries.entries()].filter(([slot]) => this.#mustWriteAll || slots[slot] !== slot);
      // If it fails, a spare may hold the entries in their new slots all the same.
      this.expectAll();
      await this.#writeBatch({
        changed: new Map(changed),
        entryCount: entries.length,
        entryAt: (slot) => entries[slot]!,
      });
      this.#mustWriteAll = false;
      this.#table.rebuild(entries);
    });
    this.#scheduleSettle();
  }

  /**
   * Writes every copy anew that is damaged on disk, stale, or given to dm-remap's scripts (R7), with the table as it is in
   * memory, but none that data of remaps lie over (R9).
   */
  async rewrite(): Promise<void> {
    await this.#endAllDoubt();
    await this.#queue.run(async () => {
      for (const { store } of this.#pool.persistent()) {
        if (!(await store.verify())) await this.#write(new Map());
        await store.repair();
        await store.removeScript();
      }
    });
  }

  /** Lets the caller work on the metadata of every spare that keeps the table, while no commit is under way. */
  async withStores(work: (member: PersistentMember) => Promise<void>): Promise<void> {
    await this.#queue.run(async () => {
      for (const member of this.#pool.persistent()) await work(member);
    });
  }

  /** Lets the caller read the metadata of the spares while nothing is written to them. It must not write (R15). */
  whileAtRest<T>(look: () => Promise<T>): Promise<T> {
    return this.#queue.run(look);
  }

  /** Settles the copies: those that commits have left alone get the newest table, except for copies that could not be written. */
  async settle(): Promise<void> {
    this.#cancelSettle();
    await this.#queue.run(async () => {
      for (const member of this.#pool.persistent()) await member.store.settle();
    });
  }

  /**
   * {@link settle}, after ending any doubt about what a failed commit left on disk: a flush promises that a power loss
   * brings back what is in memory.
   * @throws BlockError when the table can't be made durable
   */
  async synchronize(): Promise<void> {
    await this.#endAllDoubt();
    await this.settle();
  }

  /** Waits for commits under way. From then on nothing is written unless asked for: no timer settles the copies. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#cancelSettle();
    await this.#queue.idle();
  }

  async #commitWaiting(): Promise<void> {
    const waiting = this.#waiting;
    this.#waiting = [];
    const entries = waiting.flatMap((request) => request.entries);
    const batch = this.#stage(entries);
    const sequences = this.#sequences();
    try {
      this.#commitCount++;
      await this.#write(new Map([...batch.changed, ...batch.added]), {}, entries.length);
    } catch (error) {
      this.#table.unstage(batch.firstNewSlot);
      for (const entry of entries) this.#inDoubt.add(entry.original);
      this.#doubtfulPlaces = this.#doubtfulPlaces.concat(entries);
      if (this.#sequences() === sequences) this.#giveBackPlaces(entries);
      this.#observer.commitFailed(error);
      for (const request of waiting) request.fail(commitError(error, request.entries));
      return;
    }
    this.#inDoubt.clear();
    this.#giveBackPlaces(this.#doubtfulPlaces);
    this.#publish(batch);
    this.#observer.committed(entries);
    for (const request of waiting) request.done();
  }

  /** Changes when any spare's copies may hold another state than before. */
  #sequences(): string {
    return this.#pool
      .persistent()
      .map(({ index, store }) => `${index}:${store.sequence}`)
      .join();
  }

  /** Frees the spare sectors of failed entries that no copy on disk names, or none that counts any more. */
  #giveBackPlaces(entries: readonly PoolEntry[]): void {
    giveBackPlacements(this.#pool, entries);
    const given = new Set(entries);
    this.#doubtfulPlaces = this.#doubtfulPlaces.filter((entry) => !given.has(entry));
  }

  /** Gives slots to entries of sectors that have none. */
  #stage(entries: readonly PoolEntry[]): Batch {
    const batch: Batch = { firstNewSlot: this.#table.slotCount, added: new Map(), changed: new Map() };
    for (const entry of entries) {
      const slot = this.#table.slotOf(entry.original);
      if (slot === -1) batch.added.set(this.#table.stage(entry), entry);
      else batch.changed.set(slot, entry);
    }
    return batch;
  }

  #wholeTable(): EntryBatch {
    const { slotCount } = this.#table;
    const entryAt = (slot: number): PoolEntry => this.#table.entryAt(slot);
    const slots = Array.from({ length: slotCount }, (_, slot) => slot);
    return { changed: new Map(slots.map((slot) => [slot, entryAt(slot)])), entryCount: slotCount, entryAt };
  }

  /**
   * Commits the table with the given slots changed; the table itself is left as it is.
   * @param promised how many of them have sectors that the pool has handed out
   */
  #write(changed: ReadonlyMap<number, PoolEntry>, extras: CommitExtras = {}, promised = 0): Promise<void> {
    const entryAt = (slot: number): PoolEntry => changed.get(slot) ?? this.#table.entryAt(slot);
    const entryCount = this.#table.slotCount;
    if (!this.#mustWriteAll) return this.#writeBatch({ changed, entryCount, entryAt }, extras, promised);
    const all = Array.from({ length: entryCount }, (_, slot) => [slot, entryAt(slot)] as const);
    return this.#writeBatch({ changed: new Map(all), entryCount, entryAt }, extras, promised);
  }

  async #writeBatch(batch: EntryBatch, extras: CommitExtras = {}, promised = 0): Promise<void> {
    const results = await Promise.allSettled([
      commitToPool(this.#pool, batch, extras, this.#observer),
      this.#observer.checkMain?.(),
    ]);
    this.#pool.keep(promised);
    const failure = results.find((result) => result.status === 'rejected');
    this.#isUncertain = failure !== undefined;
    if (failure) throw failure.reason;
    if (batch.changed.size === batch.entryCount) this.#mustWriteAll = false;
  }

  #publish(batch: Batch): void {
    for (const [slot, entry] of batch.changed) this.#table.replace(slot, entry);
    for (const slot of batch.added.keys()) this.#table.publish(slot);
  }

  async #endAllDoubt(): Promise<void> {
    const isInDoubt =
      this.hasDoubt || this.#isUncertain || this.#pool.persistent().some(({ store }) => store.inDoubt);
    if (isInDoubt) await this.commit([]);
  }

  #scheduleSettle(): void {
    if (this.#isClosed) return;
    if (this.#settleTimer) {
      this.#settleTimer.refresh();
      return;
    }
    this.#settleTimer = setTimeout(() => {
      this.settle().then(
        () => this.#observer.settled(),
        (error) => this.#observer.commitFailed(error),
      );
    }, SETTLE_DELAY_MS);
    this.#settleTimer.unref();
  }

  #cancelSettle(): void {
    if (this.#settleTimer) clearTimeout(this.#settleTimer);
    this.#settleTimer = null;
  }
}

/** For each slot of a table without these originals the slot that its entry has now. */
function keptSlots(table: RemapTable, originals: ReadonlySet<number>): number[] {
  const isKept = new Uint8Array(table.slotCount);
  let count = 0;
  table.index.visit(0, Number.POSITIVE_INFINITY, (original, slot) => {
    if (originals.has(original)) return;
    isKept[slot] = 1;
    count++;
  });
  let last = table.slotCount;
  return Array.from({ length: count }, (_, slot) => {
    if (isKept[slot]) return slot;
    do last--;
    while (!isKept[last]);
    return last;
  });
}

/** The failure of a commit as an error of the sectors that waited for it. */
function commitError(error: unknown, entries: readonly PoolEntry[]): BlockError {
  const code = error instanceof RemapError && isOwnCode(error.code) ? error.code : 'EIO';
  const failed = entries.map((entry) => [entry.original, 1] as const);
  const message = `the remap table could not be written to the spare: ${reasonOf(error)}`;
  return new BlockError(code, message, failed, fullnessOf(error), { cause: error });
}

function isOwnCode(code: ErrorCode): code is 'ENOSPC' | 'ESTALE' {
  return code === 'ENOSPC' || code === 'ESTALE';
}
