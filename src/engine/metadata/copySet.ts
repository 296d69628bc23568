import type { BlockDevice, Clock } from '../block/blockDevice';
import { sliceSectors } from '../block/range';
import { fullnessOf, isHostFull, RemapError, reasonOf, type SectorRange } from '../errors';
import { COPY_COUNT, copySector, STRUCTURE_SECTORS } from './codec/v4';
import type { Copy } from './copy';
import { CopyCheck } from './copyCheck';
import type { MetadataState } from './metadataState';
import type { TableState } from './tableExtents';

/** A copy that couldn't be written, and why. */
export interface CopyFailure {
  readonly index: number;
  readonly sector: number;
  readonly error: unknown;
}

/** How many copies stay untouched while others are written. */
const KEPT_COPIES = 2;
/** How many copies a commit waits for; {@link CopySet.settle} writes the others later. */
const COMMITTED_COPIES = 2;

/** A copy to write, and the runs of sectors to write there, counted from its start. */
interface CopyWrite {
  readonly copy: Copy;
  readonly runs: readonly SectorRange[];
}

/** A state to commit, and the writes with which the commit begins. */
export interface CommitPlan {
  readonly state: MetadataState;
  readonly wave: readonly CopyWrite[];
}

/**
 * The five copies, and the one way to write them.
 *
 * Copies are written in waves, each ended by a flush. A wave leaves the two best intact copies alone: when five hold state
 * n, a commit writes state n+1 to two of them; the next commit leaves those two alone and writes two of the others, the
 * oldest ones. So a commit costs two copies and one flush, and a power loss at any moment leaves two intact copies of the
 * last committed state or of the one being written. The exception: when only the two best can be written, the older one
 * is written alone, and one copy is intact meanwhile. The last intact copy is never written over.
 *
 * It keeps R6, since a state counts as committed only once a flush has covered it, and R7, since {@link settle} repairs
 * the other copies.
 *
 * A copy whose write fails drops out; each later commit tries it again, {@link settle} only when asked to. Before a copy is
 * written in part it is read, unless that was done a moment ago, and written whole if it holds something else than
 * expected. So a copy that counts can be read.
 */
export class CopySet {
  readonly #spare: BlockDevice;
  readonly #check: CopyCheck;
  readonly #copies: Copy[];
  readonly #onFailure: (failure: CopyFailure) => void;
  #newest: MetadataState;

  /**
   * @param newest the state that counts
   * @param copies the five. States are compared by identity: a copy with the bytes of `newest` must have it as its `state`
   */
  constructor(
    spare: BlockDevice,
    newest: MetadataState,
    copies: Copy[],
    clock: Clock,
    onFailure: (failure: CopyFailure) => void = () => {},
  ) {
    this.#spare = spare;
    this.#check = new CopyCheck(spare, clock);
    this.#newest = newest;
    this.#copies = copies;
    this.#onFailure = onFailure;
  }

  get copies(): readonly Readonly<Copy>[] {
    return this.#copies;
  }

  /** The last state that is durable. */
  get newest(): MetadataState {
    return this.#newest;
  }

  /** Copies that don't hold the newest state, those that failed before included only if `retry`. */
  stale(retry = false): readonly Readonly<Copy>[] {
    return this.#copies.filter(
      (copy) => this.#isPending(copy, this.#newest) && (retry || copy.failure === undefined),
    );
  }

  /**
   * How many copies are intact, and how many of these hold an older state than the newest. One that is being
   * renewed counts as both: it was intact, and is not up to date yet.
   */
  count(): { valid: number; stale: number } {
    const valid = this.#copies.filter(({ state, isBeingRenewed }) => state !== undefined || isBeingRenewed);
    const stale = valid.filter(({ state }) => state === undefined || state.sequence < this.#newest.sequence);
    return { valid: valid.length, stale: stale.length };
  }

  /** The tables that a copy may name now: their sectors must not be reused. */
  namedTables(): TableState[] {
    return this.#copies.flatMap((copy) => copy.mayName);
  }

  /**
   * Finds out which copies a commit of the state writes first, and in which sectors; for that it reads them. Writes
   * nothing, so it may run while the payload is still being flushed. The plan is void once any copy is written.
   */
  async plan(state: MetadataState): Promise<CommitPlan> {
    return { state, wave: await this.#nextCommitWave(state, new Set(), COMMITTED_COPIES) };
  }

  /**
   * Makes a new state durable in two copies; one is enough where no other can be written.
   * @throws RemapError when no copy took it, or when the flush failed: the state may or may not be on disk then
   */
  async commit({ state, wave: firstWave }: CommitPlan): Promise<void> {
    const tried = new Set<Copy>();
    let written = 0;
    for (let wave = firstWave; wave.length > 0; ) {
      written += await this.#writeWave(wave, state);
      for (const { copy } of wave) tried.add(copy);
      const missing = COMMITTED_COPIES - written;
      wave = missing > 0 ? await this.#nextCommitWave(state, tried, missing) : [];
    }
    if (written === 0) throw this.#noCopyTook();
    this.#newest = state;
  }

  /**
   * Brings the other copies up to the newest state, those that failed before only if `retry`. A copy that can't be
   * written is told to the listener and left.
   * @throws RemapError when a flush fails
   */
  async settle(retry = false): Promise<void> {
    const tried = new Set(retry ? [] : this.#copies.filter((copy) => copy.failure !== undefined));
    for (;;) {
      const wave = this.#nextWave(this.#newest, tried);
      if (wave.length === 0) return;
      await this.#writeWave(await this.#writesOf(wave, this.#newest), this.#newest);
      for (const copy of wave) tried.add(copy);
    }
  }

  /** Puts a sector of dm-remap's scripts at the start of copy 0, which is left to them from now on. */
  async giveToScripts(sector: Uint8Array): Promise<void> {
    const copy = this.#copies[0]!;
    copy.state = undefined;
    await this.#spare.write(copy.sector, sector);
    await this.#spare.flush();
    copy.isScript = true;
    copy.mayName = [];
  }

  /**
   * Says which sectors of the metadata area hold data. The copies that they lie over aren't written until this is said
   * anew; an intact copy can be written, since it has taken the place of any data.
   * @param mustCommit gives up the copy with the least data where no commit could be made without it
   */
  protect(sectors: readonly number[], mustCommit: boolean): void {
    const counts = this.#copies.map(({ sector, state }) =>
      state ? 0 : sectors.filter((at) => at >= sector && at < sector + STRUCTURE_SECTORS).length,
    );
    for (const copy of this.#copies) copy.holdsData = counts[copy.index]! > 0;
    const intact = this.#copies.filter(({ state }) => state !== undefined);
    const canCommit = intact.length > 1 || this.#copies.some((copy) => !copy.state && !copy.holdsData);
    if (!mustCommit || canCommit) return;
    const held = this.#copies.filter(({ holdsData }) => holdsData);
    held.sort((a, b) => counts[a.index]! - counts[b.index]!)[0]!.holdsData = false;
  }

  /** Reads every copy, so that those that are damaged on disk are known as such. */
  async examineAll(): Promise<void> {
    await Promise.all(this.#copies.map((copy) => this.#check.examine(copy, true)));
  }

  /** Takes copy 0 back: the next wave writes it. */
  takeFromScripts(): void {
    this.#copies[0]!.isScript = false;
  }

  #isPending(copy: Copy, goal: MetadataState): boolean {
    return copy.state !== goal && !copy.isScript && !copy.holdsData;
  }

  /**
   * The copies to write next, the worst first: all that don't hold the goal but the two best intact ones. When only such
   * are left, the older of the two goes alone. The last intact copy is never written over.
   */
  #nextWave(goal: MetadataState, tried: ReadonlySet<Copy>): Copy[] {
    const pending = this.#copies.filter((copy) => this.#isPending(copy, goal) && !tried.has(copy));
    const kept = this.#copies
      .filter((copy) => copy.state !== undefined)
      .sort((a, b) => this.#compare(b, a, goal))
      .slice(0, KEPT_COPIES);
    const free = pending.filter((copy) => !kept.includes(copy)).sort((a, b) => this.#compare(a, b, goal));
    if (free.length > 0 || kept.length < KEPT_COPIES) return free;
    const older = kept.findLast((copy) => pending.includes(copy));
    return older ? [older] : [];
  }

  /** The next wave of a commit that still needs `count` copies. */
  #nextCommitWave(state: MetadataState, tried: ReadonlySet<Copy>, count: number): Promise<CopyWrite[]> {
    return this.#writesOf(this.#nextWave(state, tried).slice(0, count), state);
  }

  /** What to write to copies; they are checked first. */
  async #writesOf(copies: readonly Copy[], state: MetadataState): Promise<CopyWrite[]> {
    await Promise.all(copies.map((copy) => this.#check.examine(copy)));
    return copies.map((copy) => ({ copy, runs: state.runsBeyond(copy.state) }));
  }

  /** Negative when copy `a` is the one to write first. */
  #compare(a: Copy, b: Copy, goal: MetadataState): number {
    const byRank = this.#rank(a, goal) - this.#rank(b, goal);
    return byRank || Number((a.state?.sequence ?? 0n) - (b.state?.sequence ?? 0n)) || a.index - b.index;
  }

  #rank({ state }: Copy, goal: MetadataState): number {
    if (state === goal) return 3;
    if (state === this.#newest) return 2;
    return state ? 1 : 0;
  }

  /** Writes the sectors in which each copy differs, flushes, and returns how many copies hold the state now. */
  async #writeWave(wave: readonly CopyWrite[], state: MetadataState): Promise<number> {
    for (const { copy } of wave) {
      copy.isBeingRenewed = copy.state !== undefined;
      copy.state = undefined;
      nameTable(copy, state.table);
    }
    try {
      const written = await Promise.all(wave.map((write) => this.#writeCopy(write, state)));
      const good = wave.filter((_, i) => written[i]);
      if (good.length === 0) return 0;
      await this.#spare.flush();
      for (const { copy } of good) {
        copy.state = state;
        copy.mayName = [state.table];
        copy.failure = undefined;
      }
      return good.length;
    } finally {
      for (const { copy } of wave) copy.isBeingRenewed = false;
    }
  }

  async #writeCopy({ copy, runs }: CopyWrite, state: MetadataState): Promise<boolean> {
    const results = await Promise.allSettled(
      runs.map(([first, count]) =>
        this.#spare.write(copy.sector + first, sliceSectors(state.bytes, 0, first, count)),
      ),
    );
    const failed = results.find((result) => result.status === 'rejected');
    if (!failed) return true;
    const isNews = copy.failure === undefined;
    copy.failure = failed.reason;
    if (isNews) this.#onFailure({ index: copy.index, sector: copy.sector, error: failed.reason });
    return false;
  }

  #noCopyTook(): RemapError {
    const causes = this.#copies.map(({ failure }) => failure).filter((failure) => failure !== undefined);
    const cause = causes.find(isHostFull) ?? causes[0];
    const code = cause instanceof RemapError ? cause.code : 'EIO';
    const message = isHostFull(cause)
      ? `the metadata could not be written: ${reasonOf(cause)}`
      : 'the metadata could not be written: no copy took them without putting the last intact one at risk';
    return new RemapError(code, message, { failures: causes.map(String), ...fullnessOf(cause) }, { cause });
  }
}

/** Five copies of which nothing is known yet. */
export function unknownCopies(): Copy[] {
  return Array.from({ length: COPY_COUNT }, (_, index) => ({
    index,
    sector: copySector(index),
    state: undefined,
    mayName: [],
    failure: undefined,
    isBeingRenewed: false,
    isScript: false,
    holdsData: false,
  }));
}

/** Until it is known again which state a copy holds, it may name the table of the old state or of the new one. */
function nameTable(copy: Copy, table: TableState): void {
  const isNamed = copy.mayName.some(
    ({ generation, extents }) => generation === table.generation && extents.length === table.extents.length,
  );
  if (!isNamed) copy.mayName.push(table);
}
