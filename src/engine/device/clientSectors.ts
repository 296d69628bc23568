import { type BlockDevice, SECTOR_SIZE } from '../block/blockDevice';
import { checkRange, sliceSectors, subtractRanges } from '../block/range';
import { BlockError, isMediumFailure, type SectorRange } from '../errors';
import { ChangedSectors } from './changedSectors';
import type { SectorView } from './deviceContracts';
import type { DeviceParts } from './deviceParts';
import { zerosOf } from './sectorAllocation';
import { type SectorExtent, sectorStates } from './sectorStates';

/** So many runs of states are asked for at a time. */
const STATE_RUNS = 65_536;

/** Zeros are written in pieces of this many sectors. */
const ZERO_PIECE_SECTORS = 2048;

/**
 * A device, or read-only one of its images with the faults of its medium, as programs outside use it: no request flushes
 * by itself, and the events that tell the views what was written are gathered. Errors: as {@link BlockDevice}; `ENOENT`
 * for a spare that is missing.
 */
export class ClientSectors {
  readonly #parts: DeviceParts;
  readonly #view: SectorView;
  readonly #member: number;
  readonly #changed: ChangedSectors;

  constructor(parts: DeviceParts, view: SectorView, member: number) {
    this.#parts = parts;
    this.#view = view;
    this.#member = member;
    this.#changed = new ChangedSectors((sectors) => parts.events.sectorsChanged(sectors));
  }

  get sectorCount(): number {
    return this.#parts.origins.sectorCount(this.#view, this.#member);
  }

  /** Whether every write is refused with `EROFS`. */
  get readOnly(): boolean {
    return this.#view !== 'device' || this.#parts.target.readOnly;
  }

  /** Reads `buffer.length / 512` sectors; the failing ones are in the error, and the others in the buffer. */
  read(sector: number, buffer: Uint8Array): Promise<void> {
    if (this.#view === 'device') return this.#parts.target.read(sector, buffer);
    return this.#readImage(sector, buffer);
  }

  /** Writes `buffer.length / 512` sectors. Durable only after the next flush. */
  write(sector: number, buffer: Uint8Array): Promise<void> {
    return this.#change(sector, buffer.length / SECTOR_SIZE, (target) => target.write(sector, buffer));
  }

  /**
   * The run reads as zeros afterwards. Sectors that don't take a discard are written, so that they are repaired as any
   * write is (R2).
   */
  zero(sector: number, sectorCount: number): Promise<void> {
    return this.#change(sector, sectorCount, async (target) => {
      try {
        await target.discard(sector, sectorCount);
      } catch (error) {
        if (!isMediumFailure(error)) throw error;
        for (const run of error.failed) await writeZeros(target, run);
      }
    });
  }

  /** Makes durable what was answered before the call (R6). Nothing is written to an image, so there is nothing to do there. */
  async flush(): Promise<void> {
    if (this.#view !== 'device') return;
    await this.#parts.target.flush();
    await this.#parts.renewIdentity();
  }

  /**
   * What is true of the sectors from `first` on, as `SectorStateBit` has it: at most `limit` runs, and no more sectors than
   * asked for.
   */
  async states(first: number, sectorCount: number, limit: number): Promise<SectorExtent[]> {
    return sectorStates(this.#parts, this.#view, this.#member, [first, sectorCount], limit);
  }

  /**
   * Which of the sectors from `first` on are holes or zeros, as NBD's `base:allocation` has it: at most `limit` runs, and no
   * more sectors than asked for.
   */
  async allocation(first: number, sectorCount: number, limit: number): Promise<SectorExtent[]> {
    const { stack, target } = this.#parts;
    const disk = this.#view === 'spare' ? stack.spares[this.#member] : stack.main;
    const corrupts = this.#view === 'device' && stack.flakeyTable !== null;
    if (!disk || corrupts || disk.image.isFullyAllocated) return [{ sectorCount, flags: 0 }];
    // What fails or lies elsewhere isn't what the image has there.
    const isData = (from: number, count: number): boolean => {
      const [state] = sectorStates(this.#parts, this.#view, this.#member, [from, count], 1);
      return state!.flags !== 0 || state!.sectorCount < count;
    };
    const read = async (from: number, buffer: Uint8Array): Promise<boolean> => {
      const { revision } = target.table;
      await disk.cached.read(from, buffer);
      // A sector may have been moved back to main meanwhile, after it was read there.
      return target.table.revision === revision;
    };
    return zerosOf(read, [first, sectorCount], limit, isData);
  }

  /**
   * The runs that read as zeros for certain, ascending: holes of the image, without sectors that fail, lie elsewhere, hold
   * metadata or were written and not flushed. Null where that can't be known. Nothing is read.
   */
  async emptyRuns(): Promise<SectorRange[] | null> {
    const { stack } = this.#parts;
    const disk = this.#view === 'spare' ? stack.spares[this.#member] : stack.main;
    const corrupts = this.#view === 'device' && stack.flakeyTable !== null;
    const holes = disk && !corrupts ? await disk.emptyRuns() : null;
    return holes && subtractRanges(holes, await this.#special());
  }

  /** The runs of which anything is known, ascending. */
  async #special(): Promise<SectorRange[]> {
    const special: SectorRange[] = [];
    for (let at = 0; at < this.sectorCount; ) {
      for (const { sectorCount, flags } of await this.states(at, this.sectorCount - at, STATE_RUNS)) {
        if (flags !== 0) special.push([at, sectorCount]);
        at += sectorCount;
      }
    }
    return special;
  }

  async #readImage(sector: number, buffer: Uint8Array): Promise<void> {
    return this.#parts.layerOf(this.#view, this.#member).read(sector, buffer);
  }

  async #change(
    sector: number,
    sectorCount: number,
    change: (target: BlockDevice) => Promise<void>,
  ): Promise<void> {
    if (this.#view !== 'device') throw this.#readOnlyError(sector, sectorCount);
    checkRange(sector, sectorCount, this.sectorCount);
    try {
      await change(this.#parts.target);
    } finally {
      this.#parts.mainIdentity.noteWrite(sector, sectorCount);
      this.#changed.note(sector, sectorCount);
    }
  }

  #readOnlyError(sector: number, sectorCount: number): BlockError {
    const message = `the images of ${this.#parts.spec.name} are read-only for clients: write to the device`;
    return new BlockError('EROFS', message, [[sector, sectorCount]]);
  }
}

async function writeZeros(target: BlockDevice, [first, count]: SectorRange): Promise<void> {
  const zeros = new Uint8Array(Math.min(count, ZERO_PIECE_SECTORS) * SECTOR_SIZE);
  for (let at = 0; at < count; at += ZERO_PIECE_SECTORS) {
    const length = Math.min(ZERO_PIECE_SECTORS, count - at);
    await target.write(first + at, sliceSectors(zeros, 0, 0, length));
  }
}
