import { SECTOR_SIZE } from '../block/blockDevice';
import { appendRange } from '../block/range';
import { isMediumFailure, RemapError, type SectorRange } from '../errors';
import { type DiskVolumes, volumeOf } from './diskVolumes';
import { requireFileSystem } from './openVolume';
import type { FilePart, FileRecord, SectorSource } from './volumeContracts';

/** Sectors of a file, counted from its start. */
export interface ContentsRead {
  /** Whole sectors; zeros where they can't be read, and past the file's end. */
  readonly bytes: Uint8Array;
  /** Those that can't be read, or whose place on the disk isn't known; ascending. */
  readonly unreadable: readonly SectorRange[];
}

/** What a file holds, read as it is asked for: zeros stand only where the file has zeros, or is said to be unreadable. */
export class FileContents {
  private constructor(
    private readonly source: SectorSource,
    /** In bytes. */
    readonly size: number,
    private readonly parts: readonly FilePart[],
    /** The contents, where the file's own record holds them. */
    private readonly inline: Uint8Array | undefined,
    /** What no part covers: a hole, or (true) a part that couldn't be read. */
    private readonly isPartial: boolean,
  ) {}

  /**
   * @param source the disk that `disk` was opened on
   * @param path from the root of the volume; `path:stream` for a stream of NTFS
   * @throws RemapError `ENOENT` when the volume has no such file; `EINVAL` for a wrong volume, a folder, and for a file
   * that is compressed or encrypted; UnreadableError when what would tell can't be read
   */
  static async open(
    source: SectorSource,
    disk: DiskVolumes,
    path: string,
    index: number,
  ): Promise<FileContents> {
    const volume = volumeOf(disk, index);
    const record = await requireFileSystem(volume).find(path);
    if (!record) throw new RemapError('ENOENT', `no file ${path} is on volume ${index}`, { path });
    const own = record.parts.filter((part) => part.role !== 'meta' && part.stream === undefined);
    const { size, kind, encoding, inline } = record;
    if (size === null || kind === 'dir') throw cannotGive(path, whyNot(record));
    if (encoding || own.some(({ role }) => role === 'packed'))
      throw cannotGive(path, `it is ${encoding ?? 'compressed'}`);
    const parts = own.map((part) => ({ ...part, sector: volume.first + part.sector }));
    return new FileContents(source, size, parts, inline, record.doubts.length > 0);
  }

  get sectorCount(): number {
    return Math.ceil(this.size / SECTOR_SIZE);
  }

  /** Reads sectors of the file; those that can't be read are in the answer, not an error. */
  async read(first: number, count: number): Promise<ContentsRead> {
    const bytes = new Uint8Array(count * SECTOR_SIZE);
    if (this.inline) {
      bytes.set(this.inline.subarray(first * SECTOR_SIZE, (first + count) * SECTOR_SIZE));
      return { bytes, unreadable: [] };
    }
    const isBad = new Uint8Array(count).fill(this.isPartial ? 1 : 0);
    for (const part of this.parts) {
      const from = Math.max(first, part.fileSector);
      const to = Math.min(first + count, part.fileSector + part.sectorCount);
      if (from >= to) continue;
      isBad.fill(0, from - first, to - first);
      if (part.role === 'unwritten') continue;
      const sector = part.sector + from - part.fileSector;
      const failed = await this.#read(
        sector,
        bytes.subarray((from - first) * SECTOR_SIZE, (to - first) * SECTOR_SIZE),
      );
      for (const [at, length] of failed) {
        const place = from - first + at - sector;
        isBad.fill(1, place, place + length);
        bytes.fill(0, place * SECTOR_SIZE, (place + length) * SECTOR_SIZE);
      }
    }
    const inFile = Math.max(0, this.size - first * SECTOR_SIZE);
    if (inFile < bytes.length) bytes.fill(0, inFile);
    const unreadable: [number, number][] = [];
    isBad.forEach((bad, i) => {
      if (bad) appendRange(unreadable, first + i, 1);
    });
    return { bytes, unreadable };
  }

  /** @returns the sectors of the disk that can't be read */
  async #read(sector: number, buffer: Uint8Array): Promise<readonly SectorRange[]> {
    const isThere = sector + buffer.length / SECTOR_SIZE <= this.source.sectorCount;
    if (!isThere) return [[sector, buffer.length / SECTOR_SIZE]];
    try {
      await this.source.read(sector, buffer);
      return [];
    } catch (error) {
      if (!isMediumFailure(error)) throw error;
      return error.failed;
    }
  }
}

function whyNot({ kind }: FileRecord): string {
  return kind === 'dir' ? 'it is a folder' : 'where it lies is not known';
}

function cannotGive(path: string, why: string): RemapError {
  return new RemapError('EINVAL', `the contents of ${path} can't be given: ${why}`, { path });
}
