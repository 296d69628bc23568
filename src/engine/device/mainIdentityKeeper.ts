import type { BlockDevice, Clock } from '../block/blockDevice';
import type { Committer } from '../remap/committer';
import { type IdentityMatch, type IdentitySample, MainIdentity } from './mainIdentity';

/** How many of the sectors written last the fingerprint takes into account. */
const RECENT_LIMIT = 24;

/** Sampled sectors that were soon written again, of which it remembers so many: they would tell nothing for long. */
const BUSY_LIMIT = 512;

/** So often at most a fingerprint is saved because of writes, unless main would not fit it any more. */
const MIN_AGE_MS = 5000;

/**
 * Keeps the fingerprint of main in the spares' metadata current, so that the device can be found from its images alone, and
 * another main is noticed. While main doesn't fit the saved fingerprint, none is saved, until {@link accept} says that it
 * is the right one.
 */
export class MainIdentityKeeper {
  readonly #main: BlockDevice;
  readonly #committer: Committer;
  readonly #clock: Clock;
  #saved: Uint8Array;
  #savedAt: number;
  #recent: number[] = [];
  /** The sectors of the saved fingerprint, and those of them that were written since. */
  #sampled: readonly IdentitySample[] = [];
  readonly #overwritten = new Set<number>();
  readonly #busy = new Set<number>();
  #isDoubtful = false;

  /** @param saved the fingerprint as the spare has it */
  constructor(main: BlockDevice, committer: Committer, clock: Clock, saved: Uint8Array) {
    this.#main = main;
    this.#committer = committer;
    this.#clock = clock;
    this.#saved = saved;
    this.#savedAt = clock.now();
    this.#noteSamples();
  }

  /** Whether so many of the sampled sectors were written that after a crash main would not fit any more, or soon. */
  get isOutdated(): boolean {
    if (this.#isDoubtful) return false;
    const isDue = this.#overwritten.size * 4 > this.#sampled.length;
    return this.#isLost || (isDue && this.#clock.now() - this.#savedAt >= MIN_AGE_MS);
  }

  /** Sectors were written: the next fingerprint has the first of them, unless it is written all the time. */
  noteWrite(sector: number, count = 1): void {
    for (const sample of this.#sampled) {
      if (sample.sector >= sector && sample.sector < sector + count) this.#noteBusy(sample.sector);
    }
    if (this.#recent.includes(sector) || this.#busy.has(sector)) return;
    this.#recent = [sector, ...this.#recent].slice(0, RECENT_LIMIT);
  }

  /** Compares main with the fingerprint that is saved. */
  async check(): Promise<IdentityMatch> {
    const match = await MainIdentity.decode(this.#saved).match(this.#main);
    this.#isDoubtful = !match.fits;
    return match;
  }

  /** This main is the right one, though it may not fit: the next {@link save} says so. */
  accept(): void {
    this.#isDoubtful = false;
  }

  /** Takes a new fingerprint, and commits it if it has changed. */
  async save(): Promise<void> {
    if (this.#isDoubtful) return;
    this.#savedAt = this.#clock.now();
    const kept = this.#sampled.filter(({ sector }) => !this.#busy.has(sector));
    const identity = await new MainIdentity(kept).retake(this.#main, this.#recent);
    const bytes = identity.encode();
    if (Buffer.compare(bytes, this.#saved) !== 0) {
      await this.#committer.commitExtras({ mainIdentity: bytes });
      this.#saved = bytes;
    }
    this.#noteSamples();
  }

  /** Whether main doesn't fit what is saved, as {@link MainIdentity.match} has it. */
  get #isLost(): boolean {
    const written = this.#sampled.filter(({ sector }) => this.#overwritten.has(sector));
    return written.length * 2 > this.#sampled.length || nonZero(written) * 2 > nonZero(this.#sampled);
  }

  #noteBusy(sector: number): void {
    this.#overwritten.add(sector);
    this.#busy.add(sector);
    this.#recent = this.#recent.filter((each) => each !== sector);
    const [oldest] = this.#busy;
    if (this.#busy.size > BUSY_LIMIT) this.#busy.delete(oldest!);
  }

  #noteSamples(): void {
    this.#sampled = MainIdentity.decode(this.#saved).samples;
    this.#overwritten.clear();
  }
}

function nonZero(samples: readonly IdentitySample[]): number {
  return samples.filter(({ checksum }) => checksum !== 0).length;
}
