import { type BlockDevice, type Clock, SECTOR_SIZE } from '../block/blockDevice';
import { STRUCTURE_BYTES, STRUCTURE_SECTORS } from './codec/v4';
import type { Copy } from './copy';

/** Within this time a copy isn't read again, so that a burst of commits reads each copy once. */
const GOOD_FOR_MS = 50;

/**
 * Checks that copies on disk still hold what they are taken to hold. A commit writes only the sectors that change, so a
 * bad or damaged sector elsewhere in a copy would go unnoticed until the copy is needed.
 */
export class CopyCheck {
  readonly #spare: BlockDevice;
  readonly #clock: Clock;
  /** When each copy was last read. */
  readonly #readAt: number[] = [];
  /** One for each copy, since a commit checks two at once; made on first use. */
  readonly #buffers: Uint8Array[] = [];

  constructor(spare: BlockDevice, clock: Clock) {
    this.#spare = spare;
    this.#clock = clock;
  }

  /**
   * Reads a copy, unless that was done a moment ago. If it can't be read in full, or holds other bytes than its state,
   * the state is forgotten, and the next write of the copy covers all of it.
   * @param anew reads it in any case
   */
  async examine(copy: Copy, anew = false): Promise<void> {
    const { index, sector, state } = copy;
    if (!state || (!anew && this.#isFresh(index))) return;
    this.#readAt[index] = this.#clock.now();
    if (!(await this.#isThere(index, sector, state.bytes))) copy.state = undefined;
  }

  /** After the clock was set back, no copy counts as just read. */
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
      // Whether the disk can be used at all shows in the write that follows.
      return false;
    }
    return Buffer.compare(bytes.subarray(0, STRUCTURE_BYTES), expected.subarray(0, STRUCTURE_BYTES)) === 0;
  }
}
