import type { BlockDevice, Clock } from '../block/blockDevice';
import type { Committer } from '../remap/committer';
import { type IdentityMatch, MainIdentity } from './mainIdentity';

/** How many of the sectors written last the fingerprint takes into account. */
const RECENT_LIMIT = 24;

/** So often at most a fingerprint is saved because of writes. */
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
  #sampled: ReadonlySet<number> = new Set();
  readonly #overwritten = new Set<number>();
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

  /** Whether so many of the sampled sectors were written that after a crash main would not fit any more. */
  get isOutdated(): boolean {
    const isDue = this.#overwritten.size * 4 > this.#sampled.size;
    return isDue && !this.#isDoubtful && this.#clock.now() - this.#savedAt >= MIN_AGE_MS;
  }

  /** Sectors were written: the next fingerprint has the first of them. */
  noteWrite(sector: number, count = 1): void {
    for (const sampled of this.#sampled) {
      if (sampled >= sector && sampled < sector + count) this.#overwritten.add(sampled);
    }
    if (this.#recent.includes(sector)) return;
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
    const identity = await MainIdentity.decode(this.#saved).retake(this.#main, this.#recent);
    const bytes = identity.encode();
    if (Buffer.compare(bytes, this.#saved) !== 0) {
      await this.#committer.commitExtras({ mainIdentity: bytes });
      this.#saved = bytes;
    }
    this.#noteSamples();
  }

  #noteSamples(): void {
    this.#sampled = new Set(MainIdentity.decode(this.#saved).samples.map(({ sector }) => sector));
    this.#overwritten.clear();
  }
}
