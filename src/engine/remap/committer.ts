import { SerialQueue } from '../concurrency/serialQueue';
import { BlockError, RemapError } from '../errors';
import { type CommitExtras, commitToPool, type EntryBatch } from './poolCommit';
import type { PoolEntry } from './poolEntry';
import type { RemapTable } from './remapTable';
import type { PersistentMember, SparePool } from './sparePool';

/** What the committer tells: durable entries, and why the device is no longer whole. */
export interface CommitObserver {
  committed(entries: readonly PoolEntry[]): void;
  commitFailed(error: unknown): void;
  spareLost(member: number, error: unknown): void;
  spareBehind(member: number): void;
}

/** A request that the next commit takes along. */
interface Waiting {
  readonly entries: readonly PoolEntry[];
  readonly done: () => void;
  readonly fail: (error: unknown) => void;
}

/** A batch on its way to the spares: entries that get new slots, and slots whose entry changes. */
interface Batch {
  readonly firstNewSlot: number;
  readonly added: Map<number, PoolEntry>;
  readonly changed: Map<number, PoolEntry>;
}

/** After so many milliseconds without a commit the copies that commits leave for later are written. */
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
  #settleTimer: NodeJS.Timeout | null = null;
  #isClosed = false;
  #commitCount = 0;

  constructor(table: RemapTable, pool: SparePool, observer: CommitObserver) {
    this.#table = table;
    this.#pool = pool;
    this.#observer = observer;
  }

  /** Metadata commits since construction. */
  get commitCount(): number {
    return this.#commitCount;
  }

  get hasDoubt(): boolean {
    return this.#inDoubt.size > 0;
  }

  /**
   * Resolves when the entries, whose payload the caller has written to the spares, are durable and serve I/O.
   * @throws BlockError of the spare, or `ENOSPC` when the table finds no room; none of the entries serves then
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
   * After a failed commit the spare may hold entries that were never acknowledged, and a write to main that is
   * acknowledged now would be lost to them after a crash. Resolves once the table on disk is the one in memory.
   */
  async settleDoubt(first: number, count: number): Promise<void> {
    for (const original of this.#inDoubt) {
      if (original >= first && original < first + count) return this.commit([]);
    }
  }

  /** Makes every entry durable on every spare: one may have missed something, or keep the table for the first time. */
  async commitAll(): Promise<void> {
    await this.#queue.run(() => {
      const slots = Array.from({ length: this.#table.slotCount }, (_, slot) => slot);
      return this.#write(new Map(slots.map((slot) => [slot, this.#table.entryAt(slot)])));
    });
  }

  /** Writes what is not entries into every spare's metadata: what names the main image, the results of a scan. */
  async commitExtras(extras: CommitExtras): Promise<void> {
    await this.#queue.run(() => this.#write(new Map(), extras));
  }

  /** Ends the remaps of these originals, durably. The remaining entries get new slots. */
  async drop(originals: ReadonlySet<number>): Promise<void> {
    await this.#queue.run(async () => {
      const kept: PoolEntry[] = [];
      this.#table.index.visit(0, Number.POSITIVE_INFINITY, (original, slot) => {
        if (!originals.has(original)) kept.push(this.#table.entryAt(slot));
      });
      await this.#writeBatch({
        changed: new Map(kept.entries()),
        entryCount: kept.length,
        entryAt: (slot) => kept[slot]!,
      });
      this.#table.rebuild(kept);
    });
  }

  /**
   * Commits the table as it is, so that every copy is written anew where it is damaged, stale, or given to dm-remap's
   * scripts (R7).
   */
  async rewrite(): Promise<void> {
    await this.#endDoubt();
    await this.#queue.run(async () => {
      for (const { store } of this.#pool.persistent()) {
        await store.repair();
        await store.removeScript();
      }
    });
  }

  /** Does something else with every spare's metadata, while no commit is under way. */
  async withStores(work: (member: PersistentMember) => Promise<void>): Promise<void> {
    await this.#queue.run(async () => {
      for (const member of this.#pool.persistent()) await work(member);
    });
  }

  /** Brings the kept-back copies up to date; every copy holds the newest table afterwards. */
  async settle(): Promise<void> {
    this.#cancelSettle();
    await this.#queue.run(async () => {
      for (const member of this.#pool.persistent()) await member.store.settle();
    });
  }

  /**
   * {@link settle}, and no doubt is left about what a power loss would bring back: whoever flushes wants to know.
   * @throws BlockError when the table can't be made durable
   */
  async synchronize(): Promise<void> {
    await this.#endDoubt();
    await this.settle();
  }

  /** Waits for commits under way; nothing happens from then on that nobody asks for. */
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
    try {
      this.#commitCount++;
      await this.#write(new Map([...batch.changed, ...batch.added]));
    } catch (error) {
      this.#table.unstage(batch.firstNewSlot);
      for (const entry of entries) this.#inDoubt.add(entry.original);
      this.#observer.commitFailed(error);
      for (const request of waiting) request.fail(commitError(error, request.entries));
      return;
    }
    this.#inDoubt.clear();
    this.#publish(batch);
    this.#observer.committed(entries);
    for (const request of waiting) request.done();
  }

  #stage(entries: readonly PoolEntry[]): Batch {
    const batch: Batch = { firstNewSlot: this.#table.slotCount, added: new Map(), changed: new Map() };
    for (const entry of entries) {
      const slot = this.#table.slotOf(entry.original);
      if (slot === -1) batch.added.set(this.#table.stage(entry), entry);
      else batch.changed.set(slot, entry);
    }
    return batch;
  }

  /** Commits the given slots; what they hold counts, whatever the table has. */
  #write(changed: ReadonlyMap<number, PoolEntry>, extras: CommitExtras = {}): Promise<void> {
    const entryAt = (slot: number): PoolEntry => changed.get(slot) ?? this.#table.entryAt(slot);
    return this.#writeBatch({ changed, entryCount: this.#table.slotCount, entryAt }, extras);
  }

  #writeBatch(batch: EntryBatch, extras: CommitExtras = {}): Promise<void> {
    return commitToPool(this.#pool, batch, extras, this.#observer);
  }

  #publish(batch: Batch): void {
    for (const [slot, entry] of batch.changed) this.#table.replace(slot, entry);
    for (const slot of batch.added.keys()) this.#table.publish(slot);
  }

  async #endDoubt(): Promise<void> {
    const isInDoubt = this.hasDoubt || this.#pool.persistent().some(({ store }) => store.inDoubt);
    if (isInDoubt) await this.commit([]);
  }

  #scheduleSettle(): void {
    if (this.#isClosed) return;
    if (this.#settleTimer) {
      this.#settleTimer.refresh();
      return;
    }
    this.#settleTimer = setTimeout(() => {
      this.settle().catch((error) => this.#observer.commitFailed(error));
    }, SETTLE_DELAY_MS);
    this.#settleTimer.unref();
  }

  #cancelSettle(): void {
    if (this.#settleTimer) clearTimeout(this.#settleTimer);
    this.#settleTimer = null;
  }
}

/** The failure of a commit, told as the failure of the sectors that waited for it. */
function commitError(error: unknown, entries: readonly PoolEntry[]): BlockError {
  const code = error instanceof RemapError && error.code === 'ENOSPC' ? 'ENOSPC' : 'EIO';
  const failed = entries.map((entry) => [entry.original, 1] as const);
  const reason = error instanceof Error ? error.message : String(error);
  return new BlockError(
    code,
    `the remap table could not be written to the spare: ${reason}`,
    failed,
    {},
    {
      cause: error,
    },
  );
}
