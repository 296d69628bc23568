import { BlockError, fullnessOf, isHostFull, reasonOf, type SectorRange, withoutStack } from '../errors';
import { type BlockDevice, type ReadOptions, SECTOR_SIZE } from './blockDevice';
import { describeSectors, outcomeOfParts, type PartsOutcome } from './blockFailures';
import { Layer } from './layer';
import {
  DUST_TAG,
  type FaultOutcome,
  type MediumFault,
  outcomeOfRead,
  outcomeOfWrite,
  tagOfFault,
} from './mediumFault';
import { appendRange, checkRange, checkRequest, mergeRanges, sliceSectors, subtractRanges } from './range';
import { RangeSet, type ReadonlyRangeSet } from './rangeSet';

/** The state in which a medium begins. */
export interface MediumOptions {
  /** Its bad sectors, each tagged with its fault (see `tagOfFault`). The set belongs to the layer from then on. */
  readonly badSectors?: RangeSet;
  /** False: every request passes, as in dm-dust after `disable`. */
  readonly enabled?: boolean;
  /** dm-dust's `quiet`: nothing is logged about single sectors of this medium. */
  readonly quiet?: boolean;
  /** The image, named in messages. */
  readonly path?: string;
}

/** What changed on a medium. */
export interface MediumChange {
  /** Sectors that a write healed. Empty for a change by a call, as of {@link MediumErrors.inject}. */
  readonly healed: readonly SectorRange[];
}

/**
 * A medium with bad sectors, over the image that holds its bytes. The errors belong to the medium, so the owner of the layer
 * saves `badSectors`, `enabled` and `quiet` at each change (`onDidChange`).
 *
 * A request that touches no bad sector passes down. Otherwise exactly the bad sectors fail with `EIO` and the rest is
 * transferred. Failing sectors of a read come back as zeros, never as the bytes of the image. A discard counts as a write. A
 * `dust` sector heals when the write to it has succeeded below. While not `enabled`, every request passes down and no
 * sector heals.
 */
export class MediumErrors extends Layer {
  readonly #bad: RangeSet;
  readonly #path: string | undefined;
  readonly #listeners = new Set<(change: MediumChange) => void>();
  #enabled: boolean;
  #quiet: boolean;
  #alsoFlushed: () => Promise<void> = () => Promise.resolve();

  constructor(lower: BlockDevice, options: MediumOptions = {}) {
    super(lower);
    this.#bad = options.badSectors ?? new RangeSet();
    this.#enabled = options.enabled ?? true;
    this.#quiet = options.quiet ?? false;
    this.#path = options.path;
  }

  /** The bad sectors: the set itself, so that later changes show. */
  get badSectors(): ReadonlyRangeSet {
    return this.#bad;
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

  /** Makes each flush also call and await this, and fail when it fails: for saving the bad sectors. */
  flushWith(also: () => Promise<void>): void {
    this.#alsoFlushed = also;
  }

  /**
   * Makes sectors bad. Sectors that are bad already get the new fault.
   * @throws BlockError `EINVAL` if a run isn't inside the device (R12). Then nothing has changed
   */
  inject(runs: Iterable<SectorRange>, fault: MediumFault): void {
    const tag = tagOfFault(fault);
    const checked = [...runs];
    for (const [first, count] of checked) checkRange(first, count, this.sectorCount);
    for (const [first, count] of checked) this.#bad.add(first, count, tag);
    if (checked.length > 0) this.#changed();
  }

  /** As {@link inject}, for a set whose tags are the faults, such as a list read from a file. */
  injectAll(badSectors: ReadonlyRangeSet): void {
    const last = badSectors.previous(Number.MAX_SAFE_INTEGER);
    if (last === undefined) return;
    checkRange(last, 1, this.sectorCount);
    for (const { first, sectorCount, tag } of badSectors.tagged()) this.#bad.add(first, sectorCount, tag);
    this.#changed();
  }

  /** Makes the given runs healthy again, or all sectors. Answers how many were bad. */
  clear(runs?: Iterable<SectorRange>): number {
    const before = this.#bad.sectorCount;
    if (runs) for (const [first, count] of runs) this.#bad.remove(first, count);
    else this.#bad.clear();
    const cleared = before - this.#bad.sectorCount;
    if (cleared > 0) this.#changed();
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

  protected override async ownFlush(): Promise<void> {
    await Promise.all([this.lower.flush(), this.#alsoFlushed()]);
  }

  protected override ownDiscard(sector: number, sectorCount: number): Promise<void> | null {
    if (this.readOnly || !this.#isTouched(sector, sectorCount)) return null;
    return this.#writeAround(sector, sectorCount * SECTOR_SIZE, (first, count) =>
      this.lower.discard(first, count),
    );
  }

  #isTouched(sector: number, sectorCount: number): boolean {
    return this.#enabled && this.#bad.intersects(sector, sectorCount);
  }

  /**
   * Reads from the first to the last good sector in one request, the bad ones between included: cheaper than a request for
   * each piece. The lower device is told to skip the bad ones.
   */
  async #readAround(sector: number, buffer: Uint8Array, options: ReadOptions | undefined): Promise<void> {
    const count = checkRequest(sector, buffer.length, this.sectorCount);
    const skip = options?.skip ?? [];
    const failing = this.#meet(
      subtractRanges(this.#bad.overlaps(sector, count), skip),
      outcomeOfRead,
    ).failing;
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
    throw this.#error('read', failing, below);
  }

  async #writeAround(
    sector: number,
    byteLength: number,
    transfer: (first: number, count: number) => Promise<void>,
  ): Promise<void> {
    const count = checkRequest(sector, byteLength, this.sectorCount);
    const { failing, passing, counted } = this.#meet(this.#bad.overlaps(sector, count), outcomeOfWrite);
    if (counted) this.#changed();
    const good = subtractRanges([[sector, count]], failing);
    const below = await outcomeOfParts(good.map(([first, length]) => transfer(first, length)));
    const healed = this.#heal(subtractRanges(passing, below.failed));
    if (healed.length > 0) this.#changed(healed);
    if (failing.length > 0 || below.cause) throw this.#error('write', failing, below);
  }

  /**
   * Decides for each bad sector of some runs whether the request fails there, and counts that. `failing` and `passing` are
   * those sectors; `counted` is true if the tag of any sector changed, which must be saved.
   */
  #meet(
    runs: readonly SectorRange[],
    outcomeOf: (tag: number) => FaultOutcome,
  ): { failing: SectorRange[]; passing: SectorRange[]; counted: boolean } {
    const failing: [number, number][] = [];
    const passing: [number, number][] = [];
    let counted = false;
    for (const run of runs) {
      for (const { first, sectorCount, tag } of [...this.#bad.tagged(...run)]) {
        const outcome = outcomeOf(tag);
        appendRange(outcome.fails ? failing : passing, first, sectorCount);
        if (outcome.tag === tag) continue;
        this.#bad.add(first, sectorCount, outcome.tag);
        counted = true;
      }
    }
    return { failing, passing, counted };
  }

  /** Makes written sectors healthy, except those that were given another fault while the write was under way. */
  #heal(written: readonly SectorRange[]): SectorRange[] {
    const healed: [number, number][] = [];
    for (const run of written) {
      for (const { first, sectorCount, tag } of this.#bad.tagged(...run)) {
        if (tag === DUST_TAG) appendRange(healed, first, sectorCount);
      }
    }
    for (const [first, count] of healed) this.#bad.remove(first, count);
    return healed;
  }

  #changed(healed: readonly SectorRange[] = []): void {
    for (const listener of this.#listeners) listener({ healed });
  }

  #error(operation: 'read' | 'write', failing: readonly SectorRange[], below: PartsOutcome): BlockError {
    const failed = mergeRanges([...failing, ...below.failed]);
    const where = this.#path === undefined ? '' : ` on ${this.#path}`;
    const why = isHostFull(below.cause) ? `: ${reasonOf(below.cause)}` : '';
    const message = `medium error${where}: cannot ${operation} ${describeSectors(failed)}${why}`;
    const details = {
      sector: failed[0]![0],
      ...(this.#path === undefined ? {} : { path: this.#path }),
      ...fullnessOf(below.cause),
    };
    const options = below.cause ? { cause: below.cause } : {};
    return withoutStack(() => new BlockError(below.cause?.code ?? 'EIO', message, failed, details, options));
  }
}
