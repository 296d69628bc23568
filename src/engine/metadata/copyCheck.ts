import { type BlockDevice, type Clock, SECTOR_SIZE } from '../block/blockDevice';
import { STRUCTURE_BYTES, STRUCTURE_SECTORS } from './codec/v4';
import type { Copy } from './copy';

/** A burst of commits looks at each copy once in this time. */
const GOOD_FOR_MS = 50;

/**
 * Looks whether copies still are what they are taken for. A commit writes only the sectors that change, so that a bad or
 * damaged sector elsewhere in a copy would go unnoticed until the copy is needed.
 */
export class CopyCheck {
  readonly #spare: BlockDevice;
  readonly #clock: Clock;
  /** When each copy was last read. */
  readonly #readAt: number[] = [];
  /** One a copy, since a commit looks at two at once; made when they are needed. */
  readonly #buffers: Uint8Array[] = [];

  constructor(spare: BlockDevice, clock: Clock) {
    this.#spare = spare;
    this.#clock = clock;
  }

  /** Forgets what is known of a copy that can't be read in full, or that somebody has changed. */
  async examine(copy: Copy): Promise<void> {
    const { index, sector, state } = copy;
    if (!state || this.#isFresh(index)) return;
    this.#readAt[index] = this.#clock.now();
    if (!(await this.#isThere(index, sector, state.bytes))) copy.state = undefined;
  }

  /** A clock that was set back makes nothing fresh. */
  #isFresh(index: number): boolean {
    const ageMs = this.#clock.now() - (this.#readAt[index] ?? Number.NEGATIVE_INFINITY);
    return ageMs >= 0 && ageMs < GOOD_FOR_MS;
  }

  async #isThere(index: number, sector: number, expected: Uint8Array): Promise<boolean> {
    this.#buffers[index] ??= new Uint8Array(STRUCTURE_SECTORS * SECTOR_SIZE);
    const bytes = this.#buffers[index];
    try {
      await this.#spare.read(sector, bytes);
    } catch {
      // The write that follows tells whether the disk can be used at all.
      return false;
    }
    return Buffer.compare(bytes.subarray(0, STRUCTURE_BYTES), expected.subarray(0, STRUCTURE_BYTES)) === 0;
  }
}
