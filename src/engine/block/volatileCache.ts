import { MergedRuns } from '../concurrency/mergedRuns';
import { SerialQueue } from '../concurrency/serialQueue';
import { BlockError, type SectorRange } from '../errors';
import { type BlockDevice, type ReadOptions, SECTOR_SIZE } from './blockDevice';
import { Layer } from './layer';
import type { Random } from './random';
import { appendRange, checkRange, checkRequest, countSectors, mergeRanges, subtractRanges } from './range';
import type { Piece, RangeMap } from './rangeMap';
import { randomSurvival, type SurvivalMode } from './survival';
import { copyPiece, costOf, Unflushed, type UnflushedWrite } from './unflushed';
import { writeDown } from './writeDown';

const DEFAULT_LIMIT_BYTES = 16 * 1024 * 1024;

/** What a power loss did to the sectors that were written since the last flush. */
export interface PowerLossReport {
  readonly mode: SurvivalMode;
  /** How many of them hold the latest version written to them. */
  readonly survived: number;
  /** How many of them hold an earlier version: the latest flushed one, or one after it. */
  readonly dropped: number;
  readonly droppedSectors: readonly SectorRange[];
}

/**
 * The volatile write cache of a disk: answers writes from memory, and a power loss drops any of them that no flush has
 * covered. Reads of sectors that it keeps nothing of pass down.
 *
 * * Writes and discards are kept until a flush. Once `limitBytes` are reached, further ones pass down, which doesn't
 *   flush them; before a write to sectors of which something is kept, all that is kept is written down.
 * * A flush writes everything down in ascending runs and then flushes the disk below (R6). What the disk below refuses
 *   is reported by the flush with the exact sectors, stays readable, and is tried again by the next flush.
 * * `close` flushes. After {@link powerLoss} every request is answered with `ENODEV`, also those in flight that wait for
 *   the cache. A request in flight that has passed down may still succeed.
 */
export class VolatileCache extends Layer {
  readonly #unflushed = new Unflushed();
  readonly #flushes = new MergedRuns(() => this.#flush());
  readonly #limitBytes: number;
  #powerLoss: Promise<PowerLossReport> | undefined;
  /** Writing down runs one at a time, so that no version of a sector overtakes a later one. */
  readonly #writeDowns = new SerialQueue();

  constructor(lower: BlockDevice, options: { readonly limitBytes?: number } = {}) {
    super(lower);
    this.#limitBytes = options.limitBytes ?? DEFAULT_LIMIT_BYTES;
  }

  /** How many sectors a power loss could take back to an earlier version. */
  get unflushedSectorCount(): number {
    return this.#unflushed.sectorCount;
  }

  /** The sectors that a power loss could take back, ascending. */
  get unflushedRuns(): SectorRange[] {
    const pieces = this.#unflushed.piecesOf(this.#unflushed.writes);
    return mergeRanges(pieces.map(([first, count]) => [first, count]));
  }

  protected override ownRead(
    sector: number,
    buffer: Uint8Array,
    options: ReadOptions | undefined,
  ): Promise<void> | null {
    const isKept =
      this.#unflushed.sectorCount > 0 && this.#unflushed.touches(sector, buffer.length / SECTOR_SIZE);
    return isKept ? this.#readOverlaid(sector, buffer, options) : null;
  }

  protected override ownWrite(sector: number, buffer: Uint8Array): Promise<void> | null {
    const isKept =
      this.#hasRoom(buffer.length) || this.#unflushed.touches(sector, buffer.length / SECTOR_SIZE);
    return isKept ? this.#keep(sector, buffer) : null;
  }

  protected override ownFlush(): Promise<void> {
    return this.#flushes.run();
  }

  protected override async ownDiscard(sector: number, sectorCount: number): Promise<void> {
    this.#checkWritable();
    checkRange(sector, sectorCount, this.sectorCount);
    if (this.#hasRoom(costOf({ bytes: null, sectorCount }))) this.#unflushed.add(sector, sectorCount, null);
    else await this.#discardBelow(sector, sectorCount);
  }

  protected override async finish(): Promise<void> {
    if (this.#powerLoss) await this.#powerLoss;
    else await this.#flushes.run();
  }

  /**
   * Simulates a power loss: for each unflushed sector `random` decides which of its versions reached the medium, if any (see
   * {@link SurvivalMode}). These are written to the disk below and the rest is dropped. All further requests are refused;
   * close the device afterwards, and the disk below with it. A second call gives the same report.
   */
  powerLoss(random: Random): Promise<PowerLossReport> {
    this.#powerLoss ??= this.#losePower(random);
    return this.#powerLoss;
  }

  #checkWritable(): void {
    if (this.readOnly) throw new BlockError('EROFS', 'the device is read-only', []);
  }

  /** For a request that has waited: a disk without power doesn't answer, even if the request succeeded below. */
  #checkPower(): void {
    if (this.#powerLoss) throw new BlockError('ENODEV', POWER_LOST, []);
  }

  async #keep(sector: number, buffer: Uint8Array): Promise<void> {
    this.#checkWritable();
    const count = checkRequest(sector, buffer.length, this.sectorCount);
    if (!this.#hasRoom(buffer.length)) {
      await this.#writeDown();
      this.#checkPower();
    }
    if (this.#hasRoom(buffer.length) || this.#unflushed.touches(sector, count)) {
      this.#unflushed.add(sector, count, new Uint8Array(buffer));
    } else {
      await this.lower.write(sector, buffer);
      this.#checkPower();
    }
  }

  #hasRoom(byteCount: number): boolean {
    return this.#unflushed.byteCount + byteCount <= this.#limitBytes;
  }

  async #readOverlaid(sector: number, buffer: Uint8Array, options: ReadOptions | undefined): Promise<void> {
    const count = checkRequest(sector, buffer.length, this.sectorCount);
    // Taken before the read: a piece may be written down and dropped while the disk below reads the older bytes.
    const pieces = this.#unflushed.pieces(sector, count);
    const cached = mergeRanges(pieces.map(([first, length]) => [first, length]));
    let failure: unknown;
    if (subtractRanges([[sector, count]], cached).length > 0) {
      const skip = mergeRanges([...(options?.skip ?? []), ...cached]);
      try {
        await this.lower.read(sector, buffer, { skip });
      } catch (error) {
        failure = error;
      }
      this.#checkPower();
    }
    for (const piece of pieces) copyPiece(buffer, sector, piece);
    if (failure) throw failure;
  }

  async #flush(): Promise<void> {
    const refused = await this.#writeDown();
    this.#checkPower();
    // Flushes even if sectors were refused, so that the others become durable. If the flush fails, its error is the one to
    // report: nothing is known to be durable then. The refused sectors stay kept, and the next flush tries them again.
    await this.lower.flush();
    this.#checkPower();
    if (refused) throw refused;
  }

  /** Writes down all that is kept at the moment when it begins. Resolves to the error with the sectors that were refused. */
  #writeDown(): Promise<BlockError | undefined> {
    return this.#writeDowns.run(async () => {
      const writes = [...this.#unflushed.writes];
      const refused = await writeDown(this.lower, this.#unflushed.piecesOf(writes), {
        onAnswer: (pieces, failed) => this.#unflushed.noteWrittenDown(pieces, failed),
        goOn: () => this.#powerLoss === undefined,
      });
      this.#unflushed.release(writes);
      return refused;
    });
  }

  /** Used for a discard that the cache has no room for, or that is too large to be remembered sector by sector. */
  #discardBelow(sector: number, sectorCount: number): Promise<void> {
    return this.#writeDowns.run(async () => {
      this.#checkPower();
      const pieces = this.#unflushed.pieces(sector, sectorCount);
      const refused = await this.lower.discard(sector, sectorCount).catch((error: unknown) => {
        if (!(error instanceof BlockError)) throw error;
        return error;
      });
      this.#unflushed.noteWrittenDown(pieces, refused ? refused.failed : []);
      this.#checkPower();
      if (refused) throw refused;
    });
  }

  async #losePower(random: Random): Promise<PowerLossReport> {
    this.refuseAll(POWER_LOST);
    return this.#writeDowns.run(async () => {
      const { writes } = this.#unflushed;
      const endNumber = (writes[writes.length - 1]?.number ?? -1) + 1;
      const survival = randomSurvival(random, writes[0]?.number ?? 0, endNumber);
      const survivors = this.#unflushed.survivors(survival.survives);
      const refused: SectorRange[] = [];
      await writeDown(this.lower, survivors.pieces(0, this.sectorCount), {
        onAnswer: (_pieces, failed) => {
          for (const run of failed) refused.push(run);
        },
        goOn: () => true,
      });
      const latest = this.#unflushed.pieces(0, this.sectorCount);
      const droppedSectors = mergeRanges([...refused, ...differing(latest, survivors)]);
      const dropped = countSectors(droppedSectors);
      return {
        mode: survival.mode,
        survived: this.#unflushed.sectorCount - dropped,
        dropped,
        droppedSectors,
      };
    });
  }
}

const POWER_LOST = 'the device has lost its power';

/** The sectors whose latest version didn't survive. */
function differing(
  latest: readonly Piece<UnflushedWrite>[],
  survivors: RangeMap<UnflushedWrite>,
): [number, number][] {
  const ranges: [number, number][] = [];
  for (const [first, sectorCount, write] of latest) {
    for (let sector = first; sector < first + sectorCount; sector++) {
      if (survivors.get(sector) !== write) appendRange(ranges, sector, 1);
    }
  }
  return ranges;
}
