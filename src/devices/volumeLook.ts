import type { Task } from '../contract/task';
import {
  type DamageReport,
  DiskVolumes,
  FileContents,
  type Owner,
  OwnerMap,
  RemapError,
  type RemappedFile,
  remappedFiles,
  reportDamage,
  type SectorSource,
  type VolumeTarget,
  type WalkOptions,
} from '../engine';
import { IdleTarget } from './idleTarget';

/** Runs work that may take long where a person sees it and can cancel it. */
export type ShowsWork = (work: (task: Task) => Promise<void>) => Promise<void>;

/** What is known of the owner of a sector. */
interface OwnerLook {
  /** Null: only the files can tell, and they were not looked at. */
  readonly owner: Owner | null;
  /** Whether more can't be found. */
  readonly isFinal: boolean;
}

/** What was found in the file systems of a disk as it is now: each part is looked for when it is first asked for. */
export class VolumeLook {
  readonly #target: IdleTarget;
  readonly #end = new AbortController();
  #disk: Promise<DiskVolumes> | undefined;
  #index: Promise<void> | undefined;
  #isIndexed = false;
  /** The person doesn't want the files to be looked at. */
  #isDeclined = false;
  #damage: Promise<DamageReport> | undefined;
  #owners: Promise<OwnerMap> | undefined;
  #remapped: Promise<readonly RemappedFile[]> | undefined;

  constructor(open: () => Promise<VolumeTarget>) {
    this.#target = new IdleTarget(open);
  }

  /** The volumes of the disk. @throws as the source's reads */
  disk(): Promise<DiskVolumes> {
    this.#disk ??= this.#open().catch((error: unknown) => {
      this.#disk = undefined;
      throw error;
    });
    return this.#disk;
  }

  /**
   * The owner of a sector by the layout alone, which takes no look at the files.
   * @returns null for a disk without volumes
   */
  async quickOwnerOf(sector: number): Promise<OwnerLook | null> {
    const disk = await this.disk();
    if (!hasFileSystems(disk)) return null;
    if (this.#isIndexed) return { owner: (await disk.ownersOf([sector]))[0]!, isFinal: true };
    const owner = await disk.quickOwnerOf(sector);
    // A file may claim a sector that the bitmap calls free.
    const isFinal = this.#isDeclined || (owner !== null && owner.kind !== 'free');
    return { owner, isFinal };
  }

  /**
   * The owner of a sector, for which all files are looked at once; that goes on when this call's signal is aborted.
   * @param show has the look at the files shown, where it must be taken
   * @returns what the layout says where the person cancelled it; null for a disk without volumes
   */
  async ownerOf(sector: number, show: ShowsWork, signal?: AbortSignal): Promise<OwnerLook | null> {
    const quick = await this.quickOwnerOf(sector);
    if (!quick || quick.isFinal) return quick;
    const disk = await this.disk();
    this.#index ??= this.#makeIndex(disk, show);
    await this.#index;
    signal?.throwIfAborted();
    if (this.#isDeclined) return { ...quick, isFinal: true };
    return { owner: (await disk.ownersOf([sector], signal ? { signal } : {}))[0]!, isFinal: true };
  }

  /**
   * The owners of all sectors, for which all files are looked at once.
   * @param show has that look shown, where it must be taken
   * @returns null for a disk without volumes
   * @throws RemapError `ECANCELED` where the person cancelled it: the next call looks again
   */
  async owners(show: ShowsWork): Promise<OwnerMap | null> {
    const disk = await this.disk();
    if (!hasFileSystems(disk)) return null;
    this.#owners ??= this.#mapOwners(disk, show).catch((error: unknown) => {
      this.#owners = undefined;
      throw error;
    });
    return this.#owners;
  }

  /** What a file holds. @throws as `FileContents.open` */
  async contents(path: string, volume: number): Promise<FileContents> {
    return FileContents.open(await this.#source(), await this.disk(), path, volume);
  }

  /** Whether any sector of the disk can't be read. */
  hasUnreadable(): Promise<boolean> {
    return this.#target.use(async (target) => {
      const { bad, notRescued } = await target.unreadable();
      return bad.runCount + notRescued.runCount > 0;
    });
  }

  /** What is lost on the disk; looked for once. */
  damage(): Promise<DamageReport> {
    this.#damage ??= this.#findDamage().catch((error: unknown) => {
      this.#damage = undefined;
      throw error;
    });
    return this.#damage;
  }

  /** The files of which a spare serves sectors; looked for once. */
  remapped(): Promise<readonly RemappedFile[]> {
    this.#remapped ??= this.#findRemapped().catch((error: unknown) => {
      this.#remapped = undefined;
      throw error;
    });
    return this.#remapped;
  }

  /** Is aborted when the disk may differ from what was looked at. */
  get signal(): AbortSignal {
    return this.#end.signal;
  }

  /** Ends what is looked for: the disk may differ by now. */
  dispose(): void {
    this.#end.abort();
  }

  async #open(): Promise<DiskVolumes> {
    return DiskVolumes.open(await this.#source());
  }

  async #source(): Promise<SectorSource> {
    const sectorCount = await this.#target.use(({ source }) => source.sectorCount);
    const read = (sector: number, buffer: Uint8Array) =>
      this.#target.use(({ source }) => source.read(sector, buffer));
    return { sectorCount, read };
  }

  async #findDamage(): Promise<DamageReport> {
    const disk = await this.disk();
    const unreadable = await this.#target.use((target) => target.unreadable());
    return reportDamage(disk, unreadable, { signal: this.#end.signal });
  }

  async #mapOwners(disk: DiskVolumes, show: ShowsWork): Promise<OwnerMap> {
    let map: OwnerMap | undefined;
    let isCancelled = false;
    await show(async (task) => {
      task.signal.addEventListener('abort', () => {
        isCancelled = true;
      });
      map = await OwnerMap.build(disk, this.#walkOptions(task));
    }).catch((error: unknown) => {
      if (!isCancelled) throw error;
    });
    if (map) return map;
    throw new RemapError('ECANCELED', 'the owners of the sectors were not looked up: it was cancelled');
  }

  #walkOptions({ signal, report }: Task): WalkOptions {
    return {
      signal: AbortSignal.any([signal, this.#end.signal]),
      progress: (done) => report('Reading the files', done),
    };
  }

  async #findRemapped(): Promise<readonly RemappedFile[]> {
    const disk = await this.disk();
    const remapped = await this.#target.use(async (target) => target.remapped?.());
    return remapped ? remappedFiles(disk, remapped, { signal: this.#end.signal }) : [];
  }

  async #makeIndex(disk: DiskVolumes, show: ShowsWork): Promise<void> {
    try {
      await show((task) => disk.index(this.#walkOptions(task)));
      this.#isIndexed = true;
    } catch (error) {
      if (this.#end.signal.aborted) throw error;
      this.#isDeclined = true;
    }
  }
}

/** Whether anything can be said of its sectors. */
function hasFileSystems({ volumes }: DiskVolumes): boolean {
  return volumes.some(({ index, fileSystem }) => index !== 0 || fileSystem);
}
