import { mergeRanges, sliceSectors, subtractRanges } from '../block/range';
import type { RangeLock } from '../concurrency/rangeLock';
import { isMediumFailure, RemapError, type SectorRange } from '../errors';
import { failedSectors } from './plannedRequests';
import { giveBackPlacements, type Payload } from './spareWriter';
import type { Failure } from './subRequests';
import { commitPlacements, type RepairContext, remapPayloads } from './writeRepair';

/** Reads sectors of the device as the table maps them now; returns those that failed. */
export type ReadSectors = (
  first: number,
  count: number,
  buffer: Uint8Array,
) => Promise<readonly SectorRange[]>;

/** How often a failed read is tried again before it is answered with EIO. */
export const RETRIES = 2;

/**
 * Deals with failed reads (R3). A sector that a retry can read is rescued: copied to the spare and remapped. For the
 * others no entry is made, so that their data are read again when the medium heals.
 */
export class ReadRescue {
  readonly #context: RepairContext;
  readonly #lock: RangeLock;
  readonly #read: ReadSectors;

  constructor(context: RepairContext, lock: RangeLock, read: ReadSectors) {
    this.#context = context;
    this.#lock = lock;
    this.#read = read;
  }

  /**
   * Tries the failed sectors of a read again, into a buffer that starts at sector `base`.
   * @param moves whether those that can be read then are moved to the spare
   * @returns the sectors that stay unreadable
   */
  async retry(
    failure: Failure,
    base: number,
    buffer: Uint8Array,
    moves = true,
  ): Promise<readonly SectorRange[]> {
    const failed = failedSectors(failure);
    const release = await this.#lock.hold(failed);
    try {
      let unreadable = failed;
      for (let i = 0; i < RETRIES && unreadable.length > 0; i++) {
        unreadable = await this.#readAll(unreadable, base, buffer);
      }
      if (moves) await this.#rescue(subtractRanges(failed, unreadable), failure, base, buffer);
      return unreadable;
    } finally {
      release();
    }
  }

  /**
   * Remaps a sector that need not have failed, with the data it holds.
   * @param spareSector a particular sector of the first spare; absent: the next free one
   * @throws RemapError `EEXIST` when it is remapped already, `EIO` when its data can't be had, `ENOSPC`, `EINVAL` when
   * the spare sector isn't free
   */
  async remapNow(sector: number, spareSector?: number): Promise<void> {
    const buffer = new Uint8Array(512);
    const release = await this.#lock.hold([[sector, 1]]);
    try {
      if (this.#context.table.slotOf(sector) !== -1) {
        throw new RemapError('EEXIST', `sector ${sector} is remapped already`, { sector });
      }
      let unreadable: readonly SectorRange[] = [[sector, 1]];
      for (let i = 0; i <= RETRIES && unreadable.length > 0; i++) {
        unreadable = await this.#readAll(unreadable, sector, buffer);
      }
      if (unreadable.length > 0) {
        const hint = 'write to the sector and it is remapped with the new data';
        throw new RemapError('EIO', `sector ${sector} can't be read, so there are no data to move; ${hint}`, {
          sector,
        });
      }
      if (spareSector !== undefined) return await this.#moveTo(sector, spareSector, buffer);
      const { unplaced } = await remapPayloads(this.#context, [{ original: sector, bytes: buffer }]);
      const code = unplaced[0]?.code;
      if (code === undefined) return;
      const details = code === 'ENOSPC' ? { sector, full: 'spare' as const } : { sector };
      throw new RemapError(code, `sector ${sector} found no place on the spare`, details);
    } finally {
      release();
    }
  }

  async #moveTo(original: number, spare: number, bytes: Uint8Array): Promise<void> {
    const member = this.#context.pool.member(0);
    if (!member.device || !this.#context.pool.claim(member, spare)) {
      throw new RemapError('EINVAL', `spare sector ${spare} is not free for data`, { sector: spare });
    }
    try {
      await member.device.write(spare, bytes);
    } catch (error) {
      giveBackPlacements(this.#context.pool, [{ member: member.index, spare }]);
      this.#context.pool.keep(1);
      if (!isMediumFailure(error)) throw error;
      member.allocator.markBad(spare);
      this.#context.observer.spareSectorFailed(member.index, spare);
      throw new RemapError(
        'EIO',
        `spare sector ${spare} can't be written`,
        { sector: spare },
        { cause: error },
      );
    }
    await commitPlacements(this.#context, [{ original, member: member.index, spare }]);
  }

  async #readAll(ranges: readonly SectorRange[], base: number, buffer: Uint8Array): Promise<SectorRange[]> {
    const failed: SectorRange[] = [];
    for (const [first, count] of ranges) {
      const again = await this.#read(first, count, sliceSectors(buffer, base, first, count));
      for (const run of again) failed.push(run);
    }
    return mergeRanges(failed);
  }

  /**
   * Moves sectors that a retry has read. The read succeeds even if there is no place on the spare or the commit fails,
   * since the caller has its data; the observer is told of the failure.
   */
  async #rescue(
    rescued: readonly SectorRange[],
    failure: Failure,
    base: number,
    buffer: Uint8Array,
  ): Promise<void> {
    const payloads: Payload[] = [];
    for (const [first, count] of rescued) {
      for (let original = first; original < first + count; original++) {
        if (!this.#isWhereItFailed(original, failure)) continue;
        payloads.push({ original, bytes: sliceSectors(buffer, base, original, 1) });
      }
    }
    if (payloads.length === 0) return;
    await remapPayloads(this.#context, payloads).catch((error) => {
      if (!(error instanceof RemapError)) throw error;
    });
  }

  /** False when another request has remapped the sector since it failed: then the retry has read its new place. */
  #isWhereItFailed(original: number, failure: Failure): boolean {
    const slot = this.#context.table.slotOf(original);
    if (slot === -1) return true;
    const spare = this.#context.table.spareOf(slot);
    return failure.pieces.some(
      (piece) =>
        spare - piece.at === original - piece.original && spare >= piece.at && spare < piece.at + piece.count,
    );
  }
}
