import { describeError } from '../contract/errorSentences';
import { compareDisks, RangeSet, type SectorRange, type VolumeTarget } from '../engine';
import { type ComparedView, comparedSectors, targetOf } from './comparedView';
import { Differences } from './differences';

/** So many sectors (256 MiB) are compared before what changed meanwhile is looked at. */
const STEP_SECTORS = 2 ** 19;
/** Of fewer sectors than this (16 MiB) holes are not looked for: reading is faster. */
const LARGE_SECTORS = 2 ** 15;

/** How far a comparison has come. `failed`: reading failed, and it goes on when something changes. */
export type ScanState = 'looking' | 'stopped' | 'done' | 'failed';

type Targets = readonly [VolumeTarget, VolumeTarget];

/**
 * Looks for all differences of two views, a part at a time, and again where one of them changed. Memory doesn't grow with the
 * views: see {@link Differences}.
 */
export class ComparisonScan {
  differences = new Differences();
  state: ScanState = 'done';
  /** Why it failed, in a sentence. */
  failure = '';
  /** What is still to be compared, in sectors from where both sides begin. */
  readonly #pending = new RangeSet();
  /** What changed while a part is compared. */
  readonly #changed = new RangeSet();
  /** The part that is compared now: where it begins, and how many of its sectors are done. */
  #done = 0;
  #running: AbortController | null = null;
  /** Both sides with their holes, as of so many changes. */
  #withHoles: { readonly targets: Targets; readonly changeCount: number } | null = null;
  #changeCount = 0;

  constructor(
    private readonly sides: readonly [ComparedView, ComparedView],
    private readonly onProgress: () => void,
  ) {}

  /** How many sectors both sides have. */
  get sectorCount(): number {
    return Math.min(...this.sides.map(comparedSectors));
  }

  /** How much is compared, 0 to 1. */
  get fraction(): number {
    const left = Math.max(0, this.#pending.sectorCount - this.#done);
    return this.sectorCount === 0 ? 1 : 1 - Math.min(1, left / this.sectorCount);
  }

  /** The first sector that is not compared yet, from where both sides begin. */
  get nextSector(): number {
    return this.#pending.next(0) ?? this.sectorCount;
  }

  /** Compares everything anew. */
  restart(): void {
    this.stop();
    this.differences = new Differences();
    this.#pending.clear();
    this.#changed.clear();
    this.#withHoles = null;
    if (this.sectorCount > 0) this.#pending.add(0, this.sectorCount);
    this.goOn();
  }

  /** Compares sectors anew, unless the person stopped it: then once it goes on. */
  changed(ranges: readonly SectorRange[]): void {
    this.#changeCount++;
    for (const [first, count] of ranges) {
      const start = Math.max(0, first);
      const end = Math.min(first + count, this.sectorCount);
      if (end > start) (this.#running ? this.#changed : this.#pending).add(start, end - start);
    }
    if (this.state !== 'stopped') this.goOn();
  }

  stop(): void {
    if (this.state === 'done' || this.state === 'failed') return;
    this.#running?.abort();
    this.#running = null;
    this.#done = 0;
    this.#takeChanges();
    this.state = 'stopped';
    this.onProgress();
  }

  goOn(): void {
    if (this.#running) return;
    const running = new AbortController();
    this.#running = running;
    this.state = 'looking';
    this.onProgress();
    void this.#run(running);
  }

  async #run(running: AbortController): Promise<void> {
    let state: ScanState = 'done';
    try {
      for (let part = this.#nextPart(); part; part = this.#nextPart()) {
        await this.#compare(part, await this.#targets(part, running.signal), running.signal);
        if (this.#running !== running) return;
        this.#pending.remove(...part);
        this.#done = 0;
        this.#takeChanges();
        if (!this.differences.isFull) continue;
        state = 'stopped';
        break;
      }
    } catch (error) {
      if (this.#running !== running) return;
      state = 'failed';
      this.failure = describeError(error).message;
      this.#takeChanges();
    }
    this.#running = null;
    this.#done = 0;
    this.state = state;
    this.onProgress();
  }

  #nextPart(): SectorRange | null {
    const first = this.#pending.next(0);
    if (first === undefined) return null;
    const [, count] = this.#pending.runOf(first)!;
    return [first, Math.min(count, STEP_SECTORS)];
  }

  #takeChanges(): void {
    for (const run of this.#changed) this.#pending.add(...run);
    this.#changed.clear();
  }

  async #targets([, sectorCount]: SectorRange, signal: AbortSignal): Promise<Targets> {
    const [one, other] = this.sides;
    const isLarge = sectorCount >= LARGE_SECTORS;
    const changeCount = this.#changeCount;
    if (isLarge && this.#withHoles?.changeCount === changeCount) return this.#withHoles.targets;
    const targets = await Promise.all([targetOf(one, isLarge, signal), targetOf(other, isLarge, signal)]);
    if (isLarge) this.#withHoles = { targets, changeCount };
    return targets;
  }

  async #compare([first, sectorCount]: SectorRange, targets: Targets, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const [one, other] = this.sides;
    const { differences } = this;
    differences.clear(first, sectorCount);
    const whileRunning = (act: () => void) => {
      if (!signal.aborted) act();
    };
    await compareDisks(...targets, {
      signal,
      part: { first: one.firstSector + first, second: other.firstSector + first, sectorCount },
      onProgress: (fraction) =>
        whileRunning(() => {
          this.#done = Math.floor(fraction * sectorCount);
          this.onProgress();
        }),
      onDiffering: (at, count) => whileRunning(() => differences.addDiffering(first + at, count)),
      onUnreadable: (at, count) => whileRunning(() => differences.addUnknown(first + at, count)),
    });
  }
}
