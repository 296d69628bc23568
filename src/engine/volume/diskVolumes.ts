import { checkRange } from '../block/range';
import { RemapError } from '../errors';
import { ClaimIndex } from './claimIndex';
import { walkClaims } from './claimWalk';
import { type FileSystemOpener, OPENERS } from './fileSystems';
import { type FoundVolumes, findVolumes } from './findVolumes';
import type { Volume } from './openVolume';
import { type KnownClaims, type Owner, OwnerRules } from './owner';
import type { Records, SectorSource, WalkOptions } from './volumeContracts';

/** A volume as it is listed. Sectors count from the start of the disk, sizes are in bytes. */
export interface VolumeInfo {
  /** The number of the partition; 0: the disk has no partition table. */
  readonly index: number;
  readonly first: number;
  readonly count: number;
  /** The file system, or the format that is not looked into; `unrecognized`, `unknown`. */
  readonly kind: string;
  readonly label: string;
  readonly used: number | null;
  readonly total: number | null;
  readonly notes: readonly string[];
  /** What the partition table says: the type, and the name in a GPT. */
  readonly type: string;
  readonly name: string;
}

/**
 * The volumes of a disk, looked at and never written. What is found is as of now: a disk that is written meanwhile is to be
 * opened again. Errors are those of the source's reads, except that unreadable sectors make answers less exact.
 */
export class DiskVolumes {
  readonly #indexes = new Map<Volume, ClaimIndex | 'tooLarge'>();

  private constructor(
    readonly sectorCount: number,
    readonly found: FoundVolumes,
  ) {}

  /** Reads the partition table and what each file system says of itself: a few MiB at most. */
  static async open(
    source: SectorSource,
    openers: readonly FileSystemOpener[] = OPENERS,
  ): Promise<DiskVolumes> {
    return new DiskVolumes(source.sectorCount, await findVolumes(source, openers));
  }

  get volumes(): readonly Volume[] {
    return this.found.volumes;
  }

  /** The volumes in the order of their numbers. */
  list(): Promise<VolumeInfo[]> {
    return Promise.all(this.volumes.map((volume) => this.#describe(volume)));
  }

  /**
   * Walks all files once, so that {@link ownersOf} answers in milliseconds afterwards; without it each call walks. A volume
   * with too many files for the memory that an index may take stays without.
   */
  async index(options: WalkOptions = {}): Promise<void> {
    for (const volume of this.volumes) {
      if (volume.fileSystem && !this.#indexes.has(volume))
        this.#indexes.set(volume, (await ClaimIndex.build(volume.fileSystem, options)) ?? 'tooLarge');
    }
  }

  /**
   * What needs no look at the files: where in the layout a sector is, or that it is free. A file that claims a free sector
   * all the same is told by {@link ownersOf} alone.
   * @returns null when only the files can tell
   * @throws BlockError `EINVAL` for a sector beyond the end
   */
  async quickOwnerOf(sector: number): Promise<Owner | null> {
    checkRange(sector, 1, this.sectorCount);
    const place = this.#place(sector);
    return isVolume(place) ? rulesOf(place).quickOwner(sector - place.first) : place;
  }

  /**
   * The records that a sector is part of, and where their volume begins on the disk; null: none that are known. What the
   * sector holds isn't looked at.
   */
  recordsAt(sector: number): { readonly records: Records; readonly first: number } | null {
    const volume = this.volumes.find(({ first, sectorCount }) => isIn(sector, [first, sectorCount]));
    const records = volume?.fileSystem?.recordsAt?.(sector - volume.first);
    return volume && records ? { records, first: volume.first } : null;
  }

  /**
   * The owners of sectors, in the order in which they are asked for.
   * @throws BlockError `EINVAL` for a sector beyond the end
   */
  async ownersOf(sectors: readonly number[], options: WalkOptions = {}): Promise<Owner[]> {
    for (const sector of sectors) checkRange(sector, 1, this.sectorCount);
    const places = sectors.map((sector) => this.#place(sector));
    const known = new Map<Volume, KnownClaims>();
    for (const volume of new Set(places.filter(isVolume))) {
      const asked = sectors.filter((_, i) => places[i] === volume).map((sector) => sector - volume.first);
      known.set(volume, await this.#claims(volume, asked, options));
    }
    const owners: Owner[] = [];
    for (const [i, place] of places.entries()) {
      if (!isVolume(place)) owners.push(place);
      else owners.push(await rulesOf(place).owner(sectors[i]! - place.first, known.get(place)!));
    }
    return owners;
  }

  async #claims(volume: Volume, sectors: readonly number[], options: WalkOptions): Promise<KnownClaims> {
    const index = this.#indexes.get(volume);
    if (index instanceof ClaimIndex) return index;
    return walkClaims(
      volume.fileSystem!,
      [...new Set(sectors)].sort((a, b) => a - b),
      options,
    );
  }

  /** The volume that a sector is in, if it is looked into; else all that can be said. */
  #place(sector: number): Volume | Owner {
    const { structures, unknown, volumes } = this.found;
    const structure = structures.find(({ range }) => isIn(sector, range));
    if (structure) return { sector, kind: 'meta', what: structure.what };
    const volume = volumes.find(({ first, sectorCount }) => isIn(sector, [first, sectorCount]));
    if (volume?.fileSystem) return volume;
    if (volume) return { sector, kind: 'unknown', volume: volume.index, why: volume.why };
    const place = unknown.find(({ range }) => isIn(sector, range));
    return place ? { sector, kind: 'unknown', why: place.reason } : { sector, kind: 'outside' };
  }

  async #describe(volume: Volume): Promise<VolumeInfo> {
    const { index, first, count, kind, fileSystem, type, name, notes } = volume;
    const space = (await fileSystem?.space()) ?? { total: null, used: null };
    const allNotes = [...new Set([...this.found.notes, ...notes, ...(fileSystem?.notes ?? [])])];
    return {
      index,
      first,
      count,
      kind,
      label: fileSystem?.label ?? '',
      ...space,
      notes: allNotes,
      type,
      name,
    };
  }
}

function isVolume(place: Volume | Owner): place is Volume {
  return 'fileSystem' in place;
}

function isIn(sector: number, [first, count]: readonly [number, number]): boolean {
  return sector >= first && sector < first + count;
}

function rulesOf({ fileSystem, index, first }: Volume): OwnerRules {
  return new OwnerRules(fileSystem!, index, first);
}

/** The volume that has a number. @throws RemapError `EINVAL` when there is none */
export function volumeOf({ volumes }: DiskVolumes, index: number): Volume {
  const volume = volumes.find((one) => one.index === index);
  if (volume) return volume;
  const numbers = volumes.map((one) => one.index).join(', ');
  throw new RemapError('EINVAL', `there is no volume ${index}: the disk has ${numbers || 'none'}`, {
    volume: index,
  });
}
