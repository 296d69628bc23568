import type { BlockDevice } from '../block/blockDevice';
import type { MetadataStore } from '../metadata/metadataStore';
import { decodePoolIdentity, encodePoolIdentity } from './poolIdentity';
import { SpareAllocator } from './spareAllocator';

/** One spare of a device. A missing spare has no block device: its sectors answer EIO, all others are served. */
export interface SpareMember {
  readonly index: number;
  readonly device: BlockDevice | null;
  /** Null when the spare doesn't keep the table: entries live in memory only while the metadata module isn't loaded. */
  readonly store: MetadataStore | null;
  readonly allocator: SpareAllocator;
}

/** A member that takes part in commits. */
export interface PersistentMember extends SpareMember {
  readonly device: BlockDevice;
  readonly store: MetadataStore;
}

/** A run of freshly allocated spare sectors. */
export interface SpareRun {
  readonly member: SpareMember;
  readonly first: number;
  readonly count: number;
}

/** What makes several spares one pool; a device with a single spare has none. */
export interface PoolStamp {
  readonly id: string;
  readonly epoch: number;
}

/** The index of no spare: where stray entries lead. */
export const NOWHERE = -1;

const NO_MEMBER: SpareMember = {
  index: NOWHERE,
  device: null,
  store: null,
  allocator: new SpareAllocator(0, 0),
};

/** The spares of a device, in the order in which allocation fills them. */
export class SparePool {
  readonly #members: SpareMember[];
  readonly #behind = new Set<number>();
  #stamp: PoolStamp | null;

  constructor(members: readonly SpareMember[], stamp: PoolStamp | null = null) {
    this.#members = [...members];
    this.#stamp = stamp;
  }

  get members(): readonly SpareMember[] {
    return this.#members;
  }

  get stamp(): PoolStamp | null {
    return this.#stamp;
  }

  /** How many more sectors can be remapped: each takes a sector of a spare, and room for its entry. */
  get free(): number {
    return this.#takingData().reduce((sum, { store, allocator }) => {
      return sum + (store?.records.usable(allocator.free, sum) ?? allocator.free);
    }, 0);
  }

  /** A member by its index; for {@link NOWHERE} one that is missing for good. */
  member(index: number): SpareMember {
    return this.#members[index] ?? NO_MEMBER;
  }

  /** Whether a member keeps its own entries alone: it has no room for the whole table. */
  isBehind(index: number): boolean {
    return this.#behind.has(index);
  }

  /** The members whose metadata are written: those that keep the table, and those that are behind. */
  persistent(): PersistentMember[] {
    return this.#members.filter(
      (member): member is PersistentMember => member.device !== null && member.store !== null,
    );
  }

  /** Puts a member at its index: one that is new, or one that has changed. */
  replace(member: SpareMember): void {
    this.#members[member.index] = member;
  }

  /** Goes on without a spare that fails: its sectors answer EIO until it comes back. */
  lose(index: number): void {
    this.#behind.delete(index);
    this.replace({ ...this.member(index), device: null, store: null });
  }

  /**
   * Keeps the whole table on the other spares alone, because this one has no room for it any more. It gets no new data; those
   * on it are served as before, and it goes on keeping the entries of these.
   */
  leaveBehind(index: number): void {
    this.#behind.add(index);
  }

  /** Takes the last member out again. */
  removeLast(): void {
    this.#members.pop();
  }

  /** Makes the device's spares a pool, or gives the pool another stamp; null: the only spare is no pool any more. */
  setStamp(stamp: PoolStamp | null): void {
    this.#stamp = stamp;
  }

  /** Begins a commit: every spare that takes part in it gets the new epoch. */
  raiseEpoch(): void {
    if (this.#stamp) this.#stamp = { ...this.#stamp, epoch: this.#stamp.epoch + 1 };
  }

  /**
   * What a commit writes about the pool to one of its spares. For a device with a single spare: nothing, or undefined if that
   * is there already.
   */
  identityOf(index: number): Uint8Array | undefined {
    if (!this.#stamp) {
      const isNamed = decodePoolIdentity(this.member(index).store?.extras.pool) !== null;
      return isNamed ? new Uint8Array(0) : undefined;
    }
    const present = this.persistent()
      .map((member) => member.index)
      .filter((member) => !this.isBehind(member));
    return encodePoolIdentity({ ...this.#stamp, index, count: this.#members.length, present });
  }

  /**
   * Runs for up to `sectorCount` sectors, spilling to the next spare; fewer when all are full (R5). Each sector keeps room for
   * its entry until {@link keep}.
   */
  allocate(sectorCount: number): SpareRun[] {
    const runs: SpareRun[] = [];
    let left = sectorCount;
    for (const member of this.#takingData()) {
      while (left > 0) {
        const run = member.allocator.allocate(
          left,
          (first, count) => member.store?.records.mayTake(first, count) ?? true,
        );
        if (!run) break;
        this.#promise(run.count);
        runs.push({ member, ...run });
        left -= run.count;
      }
    }
    return runs;
  }

  /** Takes one particular sector of a spare, as {@link allocate} takes any; false when it isn't free for data. */
  claim({ store, allocator }: SpareMember, sector: number): boolean {
    if (store?.records.mayTake(sector, 1) === false || !allocator.claim(sector)) return false;
    this.#promise(1);
    return true;
  }

  /** So many sectors that were handed out are in a commit that has ended, or will be in none. */
  keep(sectorCount: number): void {
    for (const { store } of this.persistent()) store.records.keep(sectorCount);
  }

  #promise(sectorCount: number): void {
    for (const { store } of this.persistent()) store.records.promise(sectorCount);
  }

  /** Flushes every spare that is present, all at once. */
  async flush(): Promise<void> {
    await Promise.all(this.#present().map((member) => member.device!.flush()));
  }

  #takingData(): SpareMember[] {
    return this.#present().filter(({ index }) => !this.isBehind(index));
  }

  #present(): SpareMember[] {
    return this.#members.filter((member) => member.device !== null);
  }
}
