import { BlockError, fullnessOf, isHostFull, reasonOf, type SectorRange, withoutStack } from '../errors';
import { type BlockDevice, type ReadOptions, SECTOR_SIZE } from './blockDevice';
import { describeSectors, outcomeOfParts, type PartsOutcome } from './blockFailures';
import { Layer } from './layer';
import { type MediumEdit, MediumEditor } from './mediumEditor';
import { DUST_TAG, type FaultOutcome, type MediumFault, outcomeOfRead, outcomeOfWrite } from './mediumFault';
import { MediumSectors, READABLE, type StateRun } from './mediumSectors';
import { describeNotRescued } from './notRescued';
import { appendRange, checkRequest, mergeRanges, sliceSectors, subtractRanges } from './range';
import type { RangeSet, ReadonlyRangeSet, TaggedRange } from './rangeSet';

/** The state in which a medium begins. */
export interface MediumOptions {
  /** Its bad sectors, each tagged with its fault (see `tagOfFault`). The set belongs to the layer from then on. */
  readonly badSectors?: RangeSet;
  /** The sectors that were never rescued, tagged with why (see `tagOfStatus`). It belongs to the layer from then on. */
  readonly notRescued?: RangeSet;
  /** The bad sectors that were made so here, tagged with what was found there. It belongs to the layer from then on. */
  readonly injected?: RangeSet;
  /** False: every request passes, as in dm-dust after `disable`. */
  readonly enabled?: boolean;
  /** dm-dust's `quiet`: nothing is logged about single sectors of this medium. */
  readonly quiet?: boolean;
  /** The image, named in messages. */
  readonly path?: string;
}

/** What changed on a medium. */
export interface MediumChange {
  /** Sectors that are something else now than they were. Empty where `enabled` or `quiet` changed. */
  readonly sectors: readonly SectorRange[];
  /** Those of them that can be read now because they were written. */
  readonly written: readonly SectorRange[];
  /** Those of them that were bad. */
  readonly healed: readonly SectorRange[];
}

/** Keeps what a medium is in a file. */
export interface MediumSaver {
  /** Whether the file says what the medium is now. */
  readonly isSettled: boolean;
  /** Flushes what lies below the medium, and resolves when the file says what the medium was at the call. */
  saved(): Promise<void>;
}

/**
 * A medium with bad sectors, over the image that holds its bytes. The errors belong to the medium, so the owner of the layer
 * saves `badSectors`, `enabled` and `quiet` at each change (`onDidChange`).
 *
 * A request that touches no bad sector passes down. Otherwise exactly the bad sectors fail with `EIO` and the rest is
 * transferred. Failing sectors of a read come back as zeros, never as the bytes of the image. A discard counts as a write. A
 * `dust` sector heals when the write to it has succeeded below. While not `enabled`, no sector is bad, and none heals.
 *
 * Sectors that were not rescued fail reads in the same way, `enabled` or not: the image doesn't hold their bytes. A write
 * to one passes down, and once it has succeeded the sector can be read.
 */
export class MediumErrors extends Layer {
  #sectors: MediumSectors;
  readonly #path: string | undefined;
  readonly #listeners = new Set<(change: MediumChange) => void>();
  #enabled: boolean;
  #quiet: boolean;
  #saver: MediumSaver | undefined;

  constructor(lower: BlockDevice, options: MediumOptions = {}) {
    super(lower);
    this.#sectors = new MediumSectors(options.badSectors, options.notRescued, options.injected);
    this.#enabled = options.enabled ?? true;
    this.#quiet = options.quiet ?? false;
    this.#path = options.path;
  }

  /** The bad sectors: the set itself, so that later changes show. */
  get badSectors(): ReadonlyRangeSet {
    return this.#sectors.bad;
  }

  /** The sectors that are not bad and were never rescued: the set itself, so that later changes show. */
  get notRescued(): ReadonlyRangeSet {
    return this.#sectors.notRescued;
  }

  /** The bad sectors that were made so here: the set itself, so that later changes show. */
  get injected(): ReadonlyRangeSet {
    return this.#sectors.injected;
  }

  /** How many sectors a clear of all would change that were not made bad here. */
  get foundCount(): number {
    return this.#sectors.foundCount;
  }

  get enabled(): boolean {
    return this.#enabled;
  }

  set enabled(enabled: boolean) {
    if (enabled === this.#enabled) return;
    this.#enabled = enabled;
    this.#changed();
  }

  get quiet(): boolean {
    return this.#quiet;
  }

  set quiet(quiet: boolean) {
    if (quiet === this.#quiet) return;
    this.#quiet = quiet;
    this.#changed();
  }

  /** Calls a listener after each change that must be saved, before the call that made it returns. Answers how to stop it. */
  onDidChange(listener: (change: MediumChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Makes each flush save what changed, and fail as long as that fails. */
  flushWith(saver: MediumSaver): void {
    this.#saver = saver;
  }

  /** The states in `[first, first + sectorCount)`, ascending, without gaps. */
  statesIn(first: number, sectorCount: number): Iterable<StateRun> {
    return this.#sectors.statesIn(first, sectorCount);
  }

  /** The runs from a sector on that aren't readable, ascending. */
  unreadable(from?: number): Iterable<StateRun> {
    return this.#sectors.unreadable(from);
  }

  /** Carries out changes that are saved already: no listener is called. */
  apply({ states, enabled, quiet }: MediumEdit): void {
    for (const { first, sectorCount, tag } of states.tagged()) this.#sectors.set(first, sectorCount, tag);
    this.#enabled = enabled ?? this.#enabled;
    this.#quiet = quiet ?? this.#quiet;
  }

  /** Takes other sectors instead of its own, as they were read from a file: no listener is called. */
  replace(
    sectors: MediumSectors,
    { enabled, quiet }: { readonly enabled: boolean; readonly quiet: boolean },
  ): void {
    this.#sectors = sectors;
    this.#enabled = enabled;
    this.#quiet = quiet;
  }

  /**
   * Makes sectors bad. Sectors that are bad already get the new fault.
   * @throws BlockError `EINVAL` if a run isn't inside the device (R12). Then nothing has changed
   */
  inject(runs: readonly SectorRange[], fault: MediumFault): void {
    const editor = new MediumEditor(this);
    editor.inject(runs, fault);
    this.apply(editor);
    if (runs.length > 0) this.#changed(runs);
  }

  /** Makes the given runs readable, or all sectors. Answers how many were bad. */
  clear(runs: readonly SectorRange[] = [[0, this.sectorCount]]): number {
    const { bad, notRescued } = this.#sectors;
    const [badBefore, notRescuedBefore] = [bad.sectorCount, notRescued.sectorCount];
    for (const [first, count] of runs) this.#sectors.set(first, count, READABLE);
    const cleared = badBefore - bad.sectorCount;
    if (cleared > 0 || notRescued.sectorCount < notRescuedBefore) this.#changed(runs);
    return cleared;
  }

  protected override ownRead(
    sector: number,
    buffer: Uint8Array,
    options: ReadOptions | undefined,
  ): Promise<void> | null {
    const isTouched = this.#isTouched(sector, buffer.length / SECTOR_SIZE);
    return isTouched ? this.#readAround(sector, buffer, options) : null;
  }

  protected override ownWrite(sector: number, buffer: Uint8Array): Promise<void> | null {
    if (this.readOnly || !this.#isTouched(sector, buffer.length / SECTOR_SIZE)) return null;
    return this.#writeAround(sector, buffer.length, (first, count) =>
      this.lower.write(first, sliceSectors(buffer, sector, first, count)),
    );
  }

  protected override ownFlush(): Promise<void> | null {
    return this.#saver && !this.#saver.isSettled ? this.#saver.saved() : null;
  }

  protected override ownDiscard(sector: number, sectorCount: number): Promise<void> | null {
    if (this.readOnly || !this.#isTouched(sector, sectorCount)) return null;
    return this.#writeAround(sector, sectorCount * SECTOR_SIZE, (first, count) =>
      this.lower.discard(first, count),
    );
  }

  #isTouched(sector: number, sectorCount: number): boolean {
    const { bad, injected, notRescued } = this.#sectors;
    if (notRescued.runCount > 0 && notRescued.intersects(sector, sectorCount)) return true;
    return (this.#enabled ? bad : injected).intersects(sector, sectorCount);
  }

  /**
   * Reads from the first to the last good sector in one request, the bad ones between included: cheaper than a request for
   * each piece. The lower device is told to skip the bad ones.
   */
  async #readAround(sector: number, buffer: Uint8Array, options: ReadOptions | undefined): Promise<void> {
    const count = checkRequest(sector, buffer.length, this.sectorCount);
    const skip = options?.skip ?? [];
    const bad = this.#meet(subtractRanges(this.#badIn(sector, count), skip), outcomeOfRead).failing;
    const notRescued = withoutRanges(this.#notRescuedIn(sector, count), skip);
    const failing = mergeRanges([...bad, ...rangesOf(notRescued)]);
    if (failing.length === 0) return this.lower.read(sector, buffer, options);

    const good = subtractRanges([[sector, count]], mergeRanges([...failing, ...skip]));
    let below: PartsOutcome = { failed: [] };
    if (good.length > 0) {
      const first = good[0]![0];
      const end = good.at(-1)![0] + good.at(-1)![1];
      const span = sliceSectors(buffer, sector, first, end - first);
      const through = subtractRanges([[first, end - first]], good);
      below = await outcomeOfParts([this.lower.read(first, span, { skip: through })]);
    }
    for (const [first, failed] of failing) sliceSectors(buffer, sector, first, failed).fill(0);
    throw this.#error('read', [...bad, ...below.failed], notRescued, below.cause);
  }

  async #writeAround(
    sector: number,
    byteLength: number,
    transfer: (first: number, count: number) => Promise<void>,
  ): Promise<void> {
    const count = checkRequest(sector, byteLength, this.sectorCount);
    const { failing, passing, counted } = this.#meet(this.#badIn(sector, count), outcomeOfWrite);
    if (counted.length > 0) this.#changed(counted);
    const good = subtractRanges([[sector, count]], failing);
    const below = await outcomeOfParts(good.map(([first, length]) => transfer(first, length)));
    const written = subtractRanges(good, below.failed);
    const healed = this.#heal(subtractRanges(passing, below.failed));
    const filled = this.#fill(written);
    const readable = mergeRanges([...healed, ...filled]);
    if (readable.length > 0) this.#changed(readable, readable, healed);
    if (failing.length > 0 || below.cause) {
      throw this.#error('write', [...failing, ...below.failed], [], below.cause);
    }
  }

  /** The bad sectors of a run that count now. */
  #badIn(first: number, count: number): SectorRange[] {
    return this.#enabled ? this.#sectors.bad.overlaps(first, count) : [];
  }

  /** The sectors of a run that were never rescued, also below an injected fault that doesn't count now. */
  #notRescuedIn(first: number, count: number): TaggedRange[] {
    return this.#sectors.notRescuedIn(first, count, !this.#enabled);
  }

  /**
   * Decides for each bad sector of some runs whether the request fails there, and counts that. `failing` and `passing` are
   * those sectors; `counted` are those whose tag changed, which must be saved.
   */
  #meet(
    runs: readonly SectorRange[],
    outcomeOf: (tag: number) => FaultOutcome,
  ): { failing: SectorRange[]; passing: SectorRange[]; counted: SectorRange[] } {
    const failing: [number, number][] = [];
    const passing: [number, number][] = [];
    const counted: [number, number][] = [];
    const { bad } = this.#sectors;
    for (const run of runs) {
      for (const { first, sectorCount, tag } of [...bad.tagged(...run)]) {
        const outcome = outcomeOf(tag);
        appendRange(outcome.fails ? failing : passing, first, sectorCount);
        if (outcome.tag === tag) continue;
        bad.add(first, sectorCount, outcome.tag);
        appendRange(counted, first, sectorCount);
      }
    }
    return { failing, passing, counted };
  }

  /** Makes written sectors healthy, except those that were given another fault while the write was under way. */
  #heal(written: readonly SectorRange[]): SectorRange[] {
    const healed: [number, number][] = [];
    for (const run of written) {
      for (const { first, sectorCount, tag } of this.#sectors.bad.tagged(...run)) {
        if (tag === DUST_TAG) appendRange(healed, first, sectorCount);
      }
    }
    for (const [first, count] of healed) this.#sectors.set(first, count, READABLE);
    return healed;
  }

  /** Makes written sectors that were not rescued readable, and answers which they are. */
  #fill(written: readonly SectorRange[]): SectorRange[] {
    const filled = written.flatMap(([first, count]) => rangesOf(this.#notRescuedIn(first, count)));
    for (const [first, count] of filled) this.#sectors.fill(first, count);
    return filled;
  }

  /** @param sectors those whose state must be saved */
  #changed(
    sectors: readonly SectorRange[] = [],
    written: readonly SectorRange[] = [],
    healed: readonly SectorRange[] = [],
  ): void {
    for (const listener of this.#listeners) listener({ sectors, written, healed });
  }

  /** @param broken what the medium or the disk below refused, in any order */
  #error(
    operation: 'read' | 'write',
    broken: readonly SectorRange[],
    notRescued: readonly TaggedRange[],
    cause: BlockError | undefined,
  ): BlockError {
    const failed = mergeRanges([...broken, ...rangesOf(notRescued)]);
    const where = this.#path === undefined ? '' : ` on ${this.#path}`;
    const isBroken = broken.length > 0;
    const sectors = describeSectors(mergeRanges(broken));
    const texts = [isBroken ? `medium error${where}: cannot ${operation} ${sectors}` : `cannot read${where}`];
    if (notRescued.length > 0) texts.push(describeNotRescued(notRescued));
    const why = isHostFull(cause) ? `: ${reasonOf(cause)}` : '';
    const message = `${texts.join(isBroken ? '; ' : ': ')}${why}`;
    const details = {
      sector: failed[0]![0],
      ...(this.#path === undefined ? {} : { path: this.#path }),
      ...fullnessOf(cause),
    };
    const options = cause ? { cause } : {};
    return withoutStack(() => new BlockError(cause?.code ?? 'EIO', message, failed, details, options));
  }
}

function rangesOf(runs: readonly TaggedRange[]): SectorRange[] {
  const ranges: [number, number][] = [];
  for (const { first, sectorCount } of runs) appendRange(ranges, first, sectorCount);
  return ranges;
}

function withoutRanges(runs: readonly TaggedRange[], holes: readonly SectorRange[]): TaggedRange[] {
  return runs.flatMap(({ first, sectorCount, tag }) =>
    subtractRanges([[first, sectorCount]], holes).map((rest) => ({
      first: rest[0],
      sectorCount: rest[1],
      tag,
    })),
  );
}
