import { stat } from 'node:fs/promises';
import { type BlockDevice, SECTOR_SIZE } from '../block/blockDevice';
import { openImage } from '../block/image';
import { MediumErrors } from '../block/mediumErrors';
import type { Random } from '../block/random';
import { ReadAhead } from '../block/readAhead';
import { VolatileCache } from '../block/volatileCache';
import { MergedRuns } from '../concurrency/mergedRuns';
import { dustHealed } from '../dmsetup/dustMessages';
import { loadMedium, saveMedium } from '../mapfile/mapfileIo';
import type { KernelLog } from './kernelLog';

/** The mapfile beside an image: its medium errors are kept there. */
export function mapfilePath(imagePath: string): string {
  return `${imagePath}.map`;
}

export interface DiskOptions {
  /** Size of the volatile write cache in bytes. Absent: the usual one; 0: no cache. */
  readonly cacheBytes?: number | undefined;
  /** Opened without a lock, and never written: neither the image nor its mapfile. */
  readonly readOnly?: boolean;
  /** Told of the bad sectors that a write heals. */
  readonly log: KernelLog;
}

/**
 * A disk as the machine has it: an image, its volatile write cache, and the medium's bad sectors, which are kept in the
 * mapfile beside the image. Holds the image's lock while open, unless it is read-only.
 */
export class Disk {
  readonly path: string;
  readonly medium: MediumErrors;
  /** Null for a disk without a cache: every write that it answers is in the image. */
  readonly #cache: VolatileCache | null;
  /** Writes the mapfile, one write at a time; calls during a write are served by one more. */
  readonly #saves = new MergedRuns(() => saveMedium(mapfilePath(this.path), this.medium));
  /** Resolves when the newest save has ended, also when it failed. */
  #lastSave: Promise<void> = Promise.resolve();
  /** Why the last save failed; kept until {@link saved} has thrown it, or a save succeeds. */
  #saveFailure: unknown = null;

  private constructor(
    path: string,
    /** Bytes of the image after its last whole sector, which no request reaches. */
    readonly surplusBytes: number,
    cache: VolatileCache | null,
    medium: MediumErrors,
    log: KernelLog,
  ) {
    this.path = path;
    this.#cache = cache;
    this.medium = medium;
    medium.flushWith(() => this.saved());
    medium.onDidChange(({ healed }) => {
      if (!medium.readOnly) this.#save();
      if (!medium.quiet) log.sectors(healed, (sector) => log.foreign(dustHealed(sector)));
    });
  }

  /**
   * Opens an image with its mapfile.
   * @throws RemapError `ENOENT`, `EACCES`, `EROFS`; `EINVAL` for a file that is no usable image, or with the line of a damaged
   * mapfile; `EBUSY` for an image that is open already
   */
  static async open(path: string, options: DiskOptions): Promise<Disk> {
    const { readOnly = false } = options;
    const image = await openImage(path, { readOnly, lock: !readOnly });
    try {
      const disk = new ReadAhead(image);
      const cache = newCache(disk, readOnly ? 0 : options.cacheBytes);
      const state = await loadMedium(mapfilePath(path), image.sectorCount);
      const surplusBytes = (await stat(path)).size % SECTOR_SIZE;
      const medium = new MediumErrors(cache ?? disk, { ...state, path });
      return new Disk(path, surplusBytes, cache, medium, options.log);
    } catch (error) {
      await image.close();
      throw error;
    }
  }

  get sectorCount(): number {
    return this.medium.sectorCount;
  }

  /** What the next layer is built over. */
  get device(): BlockDevice {
    return this.medium;
  }

  /**
   * Resolves when the mapfile says what the medium does now.
   * @throws RemapError the error of the last save, only once
   */
  async saved(): Promise<void> {
    await this.#lastSave;
    const failure = this.#saveFailure;
    this.#saveFailure = null;
    if (failure) throw failure;
  }

  /** Flushes, and closes the image even when that fails. */
  async close(): Promise<void> {
    try {
      await this.medium.flush();
    } finally {
      await this.medium.close();
    }
  }

  /** Drops any part of what was not flushed, and closes the image. Returns how many sectors were lost. */
  async powerLoss(random: Random): Promise<number> {
    const dropped = (await this.#cache?.powerLoss(random))?.dropped ?? 0;
    await this.saved().catch(() => undefined);
    await this.medium.close();
    return dropped;
  }

  #save(): void {
    this.#lastSave = this.#saves.run().then(
      () => {
        this.#saveFailure = null;
      },
      (error: unknown) => {
        this.#saveFailure = error;
      },
    );
  }
}

function newCache(disk: BlockDevice, limitBytes: number | undefined): VolatileCache | null {
  if (limitBytes === 0) return null;
  return new VolatileCache(disk, limitBytes === undefined ? {} : { limitBytes });
}
