import type { BlockDevice } from '../block/blockDevice';
import type { Committer } from '../remap/committer';
import { MainIdentity } from './mainIdentity';

/** How many of the sectors written last the fingerprint takes into account. */
const RECENT_LIMIT = 24;

/** Keeps the fingerprint of main in the spares' metadata current, so that the device can be found from its images alone. */
export class MainIdentityKeeper {
  readonly #main: BlockDevice;
  readonly #committer: Committer;
  #saved: Uint8Array;
  #recent: number[] = [];

  /** @param saved the fingerprint as the spare has it */
  constructor(main: BlockDevice, committer: Committer, saved: Uint8Array) {
    this.#main = main;
    this.#committer = committer;
    this.#saved = saved;
  }

  /** A sector was written: the next fingerprint has it. */
  noteWrite(sector: number): void {
    if (this.#recent.includes(sector)) return;
    this.#recent = [sector, ...this.#recent].slice(0, RECENT_LIMIT);
  }

  /** Takes a new fingerprint, and commits it if it has changed. */
  async save(): Promise<void> {
    const identity = await MainIdentity.decode(this.#saved).retake(this.#main, this.#recent);
    const bytes = identity.encode();
    if (Buffer.compare(bytes, this.#saved) === 0) return;
    await this.#committer.commitExtras({ mainIdentity: bytes });
    this.#saved = bytes;
  }
}
