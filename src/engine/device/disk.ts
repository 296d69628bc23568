import { dirname } from 'node:path';
import { type BlockDevice, SECTOR_SIZE } from '../block/blockDevice';
import { findEmptyRuns } from '../block/dataRuns';
import { type OpenImageOptions, openImage } from '../block/image';
import type { ImageDevice } from '../block/imageDevice';
import type { Displacement } from '../block/imagePlace';
import type { MediumEditor } from '../block/mediumEditor';
import { MediumErrors } from '../block/mediumErrors';
import { PlaceWatch } from '../block/placeWatch';
import type { Random } from '../block/random';
import { mergeRanges, subtractRanges } from '../block/range';
import { ReadAhead } from '../block/readAhead';
import { VolatileCache } from '../block/volatileCache';
import { dustHealed } from '../dmsetup/dustMessages';
import { isDisplaced, RemapError, type SectorRange } from '../errors';
import { type EditOutcome, MediumKeeper, type PreparedEdit } from '../mapfile/mediumKeeper';
import { RescueMapFile } from '../mapfile/rescueMapFile';
import type { KernelLog } from './kernelLog';

/** The mapfile beside an image: its medium errors are kept there. */
export function mapfilePath(imagePath: string): string {
  return `${imagePath}.map`;
}

export interface DiskOptions {
  /** Size of the volatile write cache in bytes. Absent: the usual one; 0: no cache. */
  readonly cacheBytes?: number | undefined;
  /** Where the rescue map is. Absent: beside the image, as {@link mapfilePath} names it. */
  readonly map?: string | undefined;
  /** The image is opened read-only and without a lock. What would change its medium must be refused then. */
  readonly readOnly?: boolean;
  /** As `OpenImageOptions.isDisk`. */
  readonly isDisk?: OpenImageOptions['isDisk'];
  /** Told of the bad sectors that a write heals. */
  readonly log: KernelLog;
}

/** The layers over an image. */
interface DiskLayers {
  readonly disk: BlockDevice;
  readonly cache: VolatileCache | null;
  readonly medium: MediumErrors;
}

/**
 * A disk as the machine has it: an image, its volatile write cache, and the medium's bad sectors, which are kept in the
 * mapfile beside the image. Holds the image's lock while open, unless it is read-only.
 */
export class Disk {
  readonly path: string;
  readonly image: ImageDevice;
  /** The image with what the write cache holds over it; without its bad sectors. */
  readonly cached: BlockDevice;
  readonly medium: MediumErrors;
  /** Null for a disk without a cache: every write that it answers is in the image. */
  readonly #cache: VolatileCache | null;
  readonly #map: RescueMapFile;
  readonly #keeper: MediumKeeper;
  readonly #watch: PlaceWatch;
  #isSaved = false;
  #onReread: (() => void) | null = null;

  private constructor(
    image: ImageDevice,
    map: RescueMapFile,
    { disk, cache, medium }: DiskLayers,
    log: KernelLog,
  ) {
    this.path = image.path;
    this.image = image;
    this.cached = cache ?? disk;
    this.#cache = cache;
    this.medium = medium;
    this.#map = map;
    this.#keeper = new MediumKeeper(map, medium, {
      lower: this.cached,
      check: () => this.#refuseIfDisplaced(),
      onReread: () => this.#onReread?.(),
    });
    this.#watch = new PlaceWatch(image.place, () => this.#keeper.follow());
    medium.onDidChange(({ healed }) => {
      if (!medium.quiet) log.sectors(healed, (sector) => log.foreign(dustHealed(sector)));
    });
  }

  /**
   * Opens an image with its mapfile.
   * @throws RemapError `ENOENT`, `EACCES`, `EROFS`; `EINVAL` for a file that is no usable image, or with the line of a damaged
   * mapfile; `EBUSY` for an image that is open already
   */
  static async open(path: string, options: DiskOptions): Promise<Disk> {
    const { readOnly = false, isDisk } = options;
    const image = await openImage(path, { readOnly, lock: !readOnly, isDisk });
    try {
      if (image.hasWeakLock) options.log.warnOnce(weakLocks(dirname(path)));
      const disk = new ReadAhead(image);
      const cache = newCache(disk, readOnly ? 0 : options.cacheBytes);
      const map = new RescueMapFile(options.map ?? mapfilePath(path), image.sectorCount);
      const medium = new MediumErrors(cache ?? disk, { ...(await map.readMedium()), path });
      return new Disk(image, map, { disk, cache, medium }, options.log);
    } catch (error) {
      await image.close();
      throw error;
    }
  }

  get sectorCount(): number {
    return this.medium.sectorCount;
  }

  /** Bytes of the image after its last whole sector, which no request reaches. */
  get surplusBytes(): number {
    return this.image.place.byteLength % SECTOR_SIZE;
  }

  /** What the next layer is built over. */
  get device(): BlockDevice {
    return this.medium;
  }

  /** Where the rescue map is, or would be. */
  get mapPath(): string {
    return this.#map.path;
  }

  /** What is said of a map that has another size than the image; null: nothing. */
  get mapNote(): string | null {
    return this.#map.sizeNote;
  }

  /**
   * Resolves when the data that were written are durable and the mapfile says what the medium is.
   * @throws RemapError why it couldn't be saved: it fails as long as it can't
   */
  saved(): Promise<void> {
    return this.#keeper.saved();
  }

  /**
   * The runs that read as zeros by the holes of the image, without what isn't flushed. Null where that can't be known: the
   * file system doesn't tell, or the image is displaced.
   */
  async emptyRuns(): Promise<SectorRange[] | null> {
    const before = this.#cache?.unflushedRuns ?? [];
    const holes = await findEmptyRuns(this.path).catch(() => null);
    if (!holes || this.displacement) return null;
    const whole = holes.flatMap(([first, count]): SectorRange[] =>
      first < this.sectorCount ? [[first, Math.min(count, this.sectorCount - first)]] : [],
    );
    return subtractRanges(whole, mergeRanges([...before, ...(this.#cache?.unflushedRuns ?? [])]));
  }

  /** Changes the medium and its mapfile, both or neither. Errors: {@link MediumKeeper.prepare}. */
  edit(build: (editor: MediumEditor) => void): Promise<EditOutcome> {
    return this.#keeper.edit(build);
  }

  /** Prepares such a change, to be made together with those of other disks. Errors: {@link MediumKeeper.prepare}. */
  prepareEdit(build: (editor: MediumEditor) => void): Promise<PreparedEdit> {
    return this.#keeper.prepare(build);
  }

  /** Takes over what another program wrote into the mapfile; answers whether it had. Errors: {@link MediumKeeper.reread}. */
  rereadMap(): Promise<boolean> {
    return this.#keeper.reread();
  }

  /** Calls the listener each time when another program's mapfile was taken over; null: calls none. One listener at a time. */
  whenReread(listener: (() => void) | null): void {
    this.#onReread = listener;
  }

  /** What became of the image, if it is displaced (R13). */
  get displacement(): Displacement | null {
    return this.image.place.displacement;
  }

  /** Whether what a displaced image holds is in another file too. */
  get isSaved(): boolean {
    return this.#isSaved;
  }

  /** Calls the listener once the image is displaced, at once if it is; null: calls none. One listener at a time. */
  whenDisplaced(listener: ((disk: Disk) => void) | null): void {
    this.image.place.whenDisplaced(listener && (() => listener(this)));
  }

  /** The image was saved under another name. Only of one that is displaced that is all: any other goes on. */
  noteSaved(): void {
    this.#isSaved = this.displacement !== null;
  }

  /**
   * Flushes, and closes the image even when that fails.
   * @throws RemapError `ESTALE` for a displaced image that was not saved: what was written to it is gone with it
   */
  async close(): Promise<void> {
    this.#watch.stop();
    try {
      await this.medium.flush().finally(() => this.#keeper.close().finally(() => this.medium.close()));
    } catch (error) {
      if (!this.displacement || !isDisplaced(error)) throw error;
      if (!this.#isSaved) throw this.#lossError(this.displacement, error);
    }
  }

  /** Drops any part of what was not flushed, and closes the image. Returns how many sectors were lost. */
  async powerLoss(random: Random): Promise<number> {
    this.#watch.stop();
    const dropped = (await this.#cache?.powerLoss(random))?.dropped ?? 0;
    await this.#keeper.abandon();
    await this.medium.close();
    return dropped;
  }

  #lossError({ path, reason, happened }: Displacement, cause: unknown): RemapError {
    const message = `${reason}, and was closed without being saved: what was written to it is lost, unless another name leads to it`;
    return new RemapError('ESTALE', message, { path, happened }, { cause });
  }

  /** The map beside a displaced image may be that of another image. */
  #refuseIfDisplaced(): void {
    if (this.displacement) throw this.image.place.refusal([]);
  }
}

function weakLocks(folder: string): string {
  return `The file system of ${folder} has no hard links: its locks are weaker, and one that a crash cuts short must be deleted by hand`;
}

function newCache(disk: BlockDevice, limitBytes: number | undefined): VolatileCache | null {
  if (limitBytes === 0) return null;
  return new VolatileCache(disk, limitBytes === undefined ? {} : { limitBytes });
}
