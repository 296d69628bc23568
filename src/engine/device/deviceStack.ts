import type { BlockDevice, Clock } from '../block/blockDevice';
import { Flakey } from '../block/flakey';
import { seededRandom } from '../block/random';
import { formatFlakeyTable, parseFlakeyTable } from '../dmsetup/flakeyTable';
import { RemapError } from '../errors';
import type { DeviceSpec, Findings } from './deviceContracts';
import { Disk, type DiskOptions } from './disk';
import { isMainOf, isSpare } from './knownDisk';
import { ListedAnswers, type ListedBlocks } from './listedBlocks';

/** What the disks of a device are opened with. */
export interface StackOptions extends DiskOptions {
  /** What devices have answered to `listbadblocks`. Absent: nothing is known of earlier times. */
  readonly listed?: ListedAnswers;
}

/** The layers below dm-remap: they stay when the module is reloaded, as loop and flakey devices do. */
export class DeviceStack {
  readonly main: Disk;
  readonly flakey: Flakey;
  /** How its disks were opened; a spare that is added later is opened with the same options. */
  readonly options: DiskOptions;
  /** What it answered to `listbadblocks`. */
  readonly listed: ListedBlocks;
  readonly #spares: (Disk | null)[];
  #onDisplaced: ((disk: Disk) => void) | null = null;
  #onReread: (() => void) | null = null;

  private constructor(main: Disk, flakey: Flakey, spares: (Disk | null)[], options: StackOptions) {
    this.main = main;
    this.flakey = flakey;
    this.#spares = spares;
    this.options = options;
    this.listed = (options.listed ?? new ListedAnswers()).of(main.path);
  }

  /**
   * Opens every image of a device, for writing with its lock, or read-only as the device says.
   * @throws RemapError as {@link Disk.open}; `EINVAL` for flakey arguments the kernel refuses, or main used as its own
   * spare. Nothing stays open then.
   */
  static async open(spec: DeviceSpec, clock: Clock, machine: StackOptions): Promise<DeviceStack> {
    const options = { ...machine, readOnly: spec.readOnly !== undefined, isDisk: isSpare(clock) };
    const config = spec.flakey === null ? undefined : parseFlakeyTable(spec.flakey);
    const disks: Disk[] = [];
    try {
      const isDisk = isMainOf(spec.spares, clock);
      const main = await Disk.open(spec.main, { ...options, map: spec.map, isDisk });
      disks.push(main);
      const spares: (Disk | null)[] = [];
      for (const path of spec.spares) {
        const spare = await openSpare(path, options, spec.spares.length > 1);
        if (spare) disks.push(spare);
        spares.push(spare);
      }
      if (spares.every((spare) => spare === null)) {
        throw new RemapError('ENOENT', `${spec.name}: none of its spares is there`, {
          path: spec.spares[0] ?? '',
        });
      }
      const flakey = new Flakey(main.device, {
        clock,
        random: seededRandom(clock.now() >>> 0),
        ...(config ? { config } : {}),
      });
      return new DeviceStack(main, flakey, spares, options);
    } catch (error) {
      await Promise.allSettled(disks.map((disk) => disk.close()));
      throw error;
    }
  }

  /** Null where a spare of several is missing. */
  get spares(): readonly (Disk | null)[] {
    return this.#spares;
  }

  /** The first spare that is there: one always is. */
  get firstSpare(): Disk {
    return this.#spares.find((spare) => spare !== null)!;
  }

  /** How many sectors are bad on all disks together. */
  get badSectorCount(): number {
    return this.disks.reduce((sum, { medium }) => sum + medium.badSectors.sectorCount, 0);
  }

  /** How many sectors on all disks together were not rescued. */
  get notRescuedCount(): number {
    return this.disks.reduce((sum, { medium }) => sum + medium.notRescued.sectorCount, 0);
  }

  /** What the target's constructor takes. */
  get layers(): { main: BlockDevice; spares: (BlockDevice | null)[] } {
    return { main: this.flakey, spares: this.spares.map((spare) => spare?.device ?? null) };
  }

  /** The flakey layer's arguments as `dmsetup table` prints them after `<dev path> <offset>`; null when it is healthy. */
  get flakeyTable(): string | null {
    const { config } = this.flakey;
    return config ? formatFlakeyTable(config) : null;
  }

  get disks(): Disk[] {
    return [this.main, ...this.spares.filter((spare) => spare !== null)];
  }

  /** Adds another spare, which is closed with the others. */
  add(spare: Disk): void {
    this.#spares.push(spare);
    spare.whenDisplaced(this.#onDisplaced);
    spare.whenReread(this.#onReread);
  }

  /** Calls the listener for each disk whose image is displaced, now or later (R13); null: calls none. */
  whenDisplaced(listener: ((disk: Disk) => void) | null): void {
    this.#onDisplaced = listener;
    for (const disk of this.disks) disk.whenDisplaced(listener);
  }

  /** Calls the listener each time when a map that another program wrote was taken over (R14); null: calls none. */
  whenReread(listener: (() => void) | null): void {
    this.#onReread = listener;
    for (const disk of this.disks) disk.whenReread(listener);
  }

  /** Takes over what other programs wrote into the maps. Errors: {@link Disk.rereadMap}, of the first. */
  async rereadMaps(): Promise<void> {
    const results = await Promise.allSettled(this.disks.map((disk) => disk.rereadMap()));
    for (const result of results) if (result.status === 'rejected') throw result.reason;
  }

  /** What is known of its disks that was not injected here, by map. */
  get findings(): Findings[] {
    return this.disks
      .map(({ mapPath, medium }) => ({ map: mapPath, sectors: medium.foundCount }))
      .filter(({ sectors }) => sectors > 0);
  }

  /** Looks at the place of every image. What is found is told to the listener of {@link whenDisplaced}. */
  async checkPlaces(): Promise<void> {
    await Promise.allSettled(this.disks.map((disk) => disk.image.checkPlace()));
  }

  /** Takes out a spare that was added last. It stays open. */
  removeLast(): void {
    this.#spares.pop();
  }

  /** Opens spares of a pool that were missing and have come back. Errors: {@link Disk.open}. */
  async reopenMissing({ spares }: DeviceSpec): Promise<void> {
    for (const [index, path] of spares.entries()) {
      this.#spares[index] ??= await openSpare(path, this.options, spares.length > 1);
    }
  }

  /** Closes all disks, and throws the first error only then. */
  async close(): Promise<void> {
    const results = await Promise.allSettled(this.disks.map((disk) => disk.close()));
    for (const result of results) if (result.status === 'rejected') throw result.reason;
  }

  /**
   * Drops any part of what was not flushed, and closes all disks, also when one fails, which is thrown then.
   * @returns how many sectors were lost in total
   */
  async powerLoss(seed: number): Promise<number> {
    const random = seededRandom(seed);
    let dropped = 0;
    let failure: unknown;
    for (const disk of this.disks) {
      await disk.powerLoss(random).then(
        (count) => {
          dropped += count;
        },
        (error: unknown) => {
          failure ??= error;
        },
      );
    }
    if (failure) throw failure;
    return dropped;
  }
}

/** A missing spare degrades a pool; a device's only spare must be there. */
async function openSpare(path: string, options: DiskOptions, isPool: boolean): Promise<Disk | null> {
  try {
    return await Disk.open(path, options);
  } catch (error) {
    if (isPool && error instanceof RemapError && error.code === 'ENOENT') return null;
    throw error;
  }
}
