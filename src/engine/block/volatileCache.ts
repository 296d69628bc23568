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

const DEFAULT_LIMIT_BYTES = 32 * 1024 * 1024;

/** What a power loss did to the sectors that were written since the last flush. */
export interface PowerLossReport {
  readonly mode: SurvivalMode;
  /** How many sectors hold the latest version written to them. */
  readonly survived: number;
  /** How many do not: they hold an earlier version, the latest flushed one at least. */
  readonly dropped: number;
  readonly droppedSectors: readonly SectorRange[];
}

/**
 * The volatile write cache of a disk: answers writes from memory, and a power loss drops any of them that no flush has
 * covered. Without one (or with nothing in it) it is as if it weren't there: requests go straight through.
 *
 * * Writes and discards are kept until a flush, or until `limitBytes` are reached; what comes then goes straight down,
 *   which is no flush. Only where it overlaps what is kept, all of that is written down first.
 * * A flush writes everything down in ascending runs and then flushes the disk below (R6). What the disk below refuses
 *   is reported by the flush with the exact sectors, stays readable, and is tried again by the next flush.
 * * `close` flushes. After {@link powerLoss} every call is answered with `ENODEV`, also those in flight that wait for
 *   the cache; a request in flight that went straight through may still succeed.
 */
export class VolatileCache extends Layer {
  readonly #unflushed = new Unflushed();
  readonly #flushes = new MergedRuns(() => this.#flush());
  readonly #limitBytes: number;
  #powerLoss: Promise<PowerLossReport> | undefined;
  /** What changes the disk below runs one at a time, so that no version of a sector overtakes another. */
  readonly #writeDowns = new SerialQueue();

  constructor(lower: BlockDevice, options: { readonly limitBytes?: number } = {}) {
    super(lower);
    this.#limitBytes = options.limitBytes ?? DEFAULT_LIMIT_BYTES;
  }

  /** How many sectors a power loss could take back to an earlier version. */
  get unflushedSectorCount(): number {
    return this.#unflushed.sectorCount;
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
   * The power goes: for each unflushed sector `random` decides which of its versions reached the medium, if any (see
   * {@link SurvivalMode}); these are written to the disk below, the rest is dropped, and the device is dead. Close it
   * afterwards, and the disk below with it. A further call gives the same report.
   */
  powerLoss(random: Random): Promise<PowerLossReport> {
    this.#powerLoss ??= this.#losePower(random);
    return this.#powerLoss;
  }

  #checkWritable(): void {
    if (this.readOnly) throw new BlockError('EROFS', 'the device is read-only', []);
  }

  /** For a request that waited: whatever became of it, a disk without power answers nothing. */
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
    // As of now: a piece may be written down and forgotten while the disk below reads what was there before.
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
    // Also after a refusal, so that the other sectors are durable. If it fails, nothing is known to be durable, which is
    // the worse news; the refused sectors stay, and come up again at the next flush.
    await this.lower.flush();
    this.#checkPower();
    if (refused) throw refused;
  }

  /** Writes down all that is kept when its turn comes. Resolves to what the disk below refused. */
  #writeDown(): Promise<BlockError | undefined> {
    return this.#writeDowns.run(async () => {
      const writes = [...this.#unflushed.writes];
      const refused = await writeDown(this.lower, this.#unflushed.piecesOf(writes), {
        onAnswer: (pieces, failed) => this.#unflushed.settle(pieces, failed),
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
      this.#unflushed.settle(pieces, refused ? refused.failed : []);
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
        onAnswer: (_pieces, failed) => refused.push(...failed),
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

/** The sectors whose latest version isn't the one that survived. */
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
