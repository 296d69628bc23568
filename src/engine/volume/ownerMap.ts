import type { SectorRange } from '../errors';
import type { DiskVolumes } from './diskVolumes';
import type { Volume } from './openVolume';
import type { FileRecord, FileSystem, WalkOptions } from './volumeContracts';

/**
 * To whom sectors belong, as a map shows it: to a file or folder, to a structure (of a file system or a partition table), to
 * none as they are free, or to what is not known (in use by no file that could be read, or nothing could be read). What is
 * in no file system has no kind. One that is of several kinds counts as the first of these.
 */
const OWNER_KINDS = ['structure', 'file', 'unknown', 'free'] as const;
type MappedOwner = (typeof OWNER_KINDS)[number];

/** A part of a disk, cut into equal buckets. */
interface MappedPart {
  readonly firstSector: number;
  readonly sectorCount: number;
  readonly bucketCount: number;
}

/** How many sectors of each bucket belong to a kind of owner. */
interface OwnerLayer {
  readonly kind: MappedOwner;
  readonly counts: Float64Array;
}

/** A byte each: 16 MiB at most, for a disk of any size. */
const DEFAULT_MAX_CELLS = 2 ** 24;

/** By the kinds' order: what a cell shows that has sectors of several. */
const RANKS = { structure: 4, file: 3, unknown: 2, free: 1 } as const satisfies Record<MappedOwner, number>;

/**
 * The owners of all sectors of a disk, in cells of one sector, or of more where the disk has more sectors than there may be
 * cells: then a cell shows the kind of its sectors that counts first.
 */
export class OwnerMap {
  readonly #cells: Uint8Array;
  readonly #sectorCount: number;
  /** A power of two. */
  readonly #cellSectors: number;

  private constructor(sectorCount: number, maxCells: number) {
    this.#sectorCount = sectorCount;
    this.#cellSectors = 2 ** Math.max(0, Math.ceil(Math.log2(sectorCount / maxCells)));
    this.#cells = new Uint8Array(Math.ceil(sectorCount / this.#cellSectors));
  }

  /**
   * Makes the map by one walk of the structures, the allocation and the files of each volume.
   * @throws the signal's reason once it is aborted
   */
  static async build(
    disk: DiskVolumes,
    { maxCells = DEFAULT_MAX_CELLS, ...options }: WalkOptions & { maxCells?: number } = {},
  ): Promise<OwnerMap> {
    const map = new OwnerMap(disk.sectorCount, maxCells);
    for (const { range } of disk.found.unknown) map.#mark(range, 'unknown');
    for (const volume of disk.volumes) await map.#addVolume(volume, options);
    for (const { range } of disk.found.structures) map.#mark(range, 'structure');
    return map;
  }

  /** How many sectors of each kind are in each bucket of a part; a bucket of a part of a cell has that much of it. */
  layers({ firstSector, sectorCount, bucketCount }: MappedPart): OwnerLayer[] {
    const counts = OWNER_KINDS.map(() => new Float64Array(bucketCount));
    const layerOf = (rank: number) => counts[RANKS.structure - rank]!;
    let bucket = 0;
    for (let at = firstSector, end = firstSector + sectorCount; at < end; ) {
      const startOfNext = firstSector + Math.ceil(((bucket + 1) * sectorCount) / bucketCount);
      if (at >= startOfNext) {
        bucket += 1;
        continue;
      }
      const cell = Math.floor(at / this.#cellSectors);
      const next = Math.min(end, startOfNext, (cell + 1) * this.#cellSectors);
      const rank = this.#cells[cell] ?? 0;
      if (rank > 0) layerOf(rank)[bucket]! += next - at;
      at = next;
    }
    return OWNER_KINDS.map((kind, i) => ({ kind, counts: counts[i]! }));
  }

  async #addVolume({ fileSystem, first, sectorCount }: Volume, options: WalkOptions): Promise<void> {
    if (!fileSystem) return this.#mark([first, sectorCount], 'unknown');
    const shifted = ([start, count]: SectorRange): SectorRange => [first + start, count];
    const { signal } = options;
    const quiet: WalkOptions = signal ? { signal } : {};
    for await (const { range, usage } of fileSystem.usage(quiet))
      this.#mark(shifted(range), usage === 'free' ? 'free' : 'unknown');
    await this.#addFiles(fileSystem, first, options);
    for await (const { range } of fileSystem.structures(quiet)) this.#mark(shifted(range), 'structure');
  }

  async #addFiles(fileSystem: FileSystem, first: number, options: WalkOptions): Promise<void> {
    for await (const record of fileSystem.files({ ...options, onDoubt: () => undefined }))
      for (const part of record.parts)
        this.#mark([first + part.sector, part.sectorCount], kindOf(record, part));
  }

  /** What is known better, or counts more, stays. */
  #mark([first, count]: SectorRange, kind: MappedOwner): void {
    const rank = RANKS[kind];
    const end = Math.min(first + count, this.#sectorCount);
    const last = Math.ceil(end / this.#cellSectors);
    for (let cell = Math.floor(first / this.#cellSectors); cell < last; cell++)
      if (this.#cells[cell]! < rank) this.#cells[cell] = rank;
  }
}

function kindOf(record: FileRecord, { role }: FileRecord['parts'][number]): MappedOwner {
  return record.kind === 'meta' || role === 'meta' ? 'structure' : 'file';
}
