import { SECTOR_SIZE } from '../block/blockDevice';
import { mergeRanges } from '../block/range';
import { isMediumFailure } from '../errors';
import type { Doubt, SectorSource } from './volumeContracts';

/** Structures that could not be read; `doubt` says which sectors, from the start of the disk. */
export class UnreadableError extends Error {
  override readonly name = 'UnreadableError';
  constructor(
    readonly doubt: Doubt,
    options?: { cause?: unknown },
  ) {
    super(doubt.reason, options);
  }
}

/** The bytes of a kept page. */
const PAGE_SECTORS = 16;
const KEPT_PAGES = 128;
/** A longer read goes around the pages. */
const LONG_READ_SECTORS = 128;

/**
 * Reads the structures of one volume: sectors count from its start, and a small number of pages is kept. A sector that
 * can't be read fails by itself: its neighbours are read.
 */
export class VolumeReader {
  readonly #source: SectorSource;
  readonly #pages = new Map<number, Promise<Page>>();

  /**
   * @param first where the volume begins on the disk
   * @param sectorCount its length; never beyond the disk's end
   */
  constructor(
    source: SectorSource,
    readonly first: number,
    readonly sectorCount: number,
  ) {
    this.#source = source;
  }

  /**
   * Reads bytes of the volume.
   * @param what the structure that is read, for the doubt
   * @throws UnreadableError when a sector of it is unreadable, or when it lies beyond the volume's end
   */
  async bytes(byteOffset: number, length: number, what: string): Promise<Uint8Array> {
    const { bytes, unreadable } = await this.whatCanBeRead(byteOffset, length, what);
    if (unreadable.length > 0) throw this.unreadable(unreadable, what);
    return bytes;
  }

  /**
   * Reads bytes of the volume of which some may be unreadable: these are undefined. A long read (an inode table, say) is
   * one request, and keeps no page.
   * @returns with the bytes the unreadable sectors, ascending, from the start of the volume
   * @throws UnreadableError when the run lies beyond the volume's end
   */
  async whatCanBeRead(byteOffset: number, length: number, what: string): Promise<Reading> {
    const firstSector = Math.floor(byteOffset / SECTOR_SIZE);
    const endSector = Math.ceil((byteOffset + length) / SECTOR_SIZE);
    if (!(byteOffset >= 0 && length >= 0 && endSector <= this.sectorCount)) throw this.beyondEnd(what);
    if (endSector - firstSector > LONG_READ_SECTORS) {
      const { bytes, bad } = await this.#read(firstSector, endSector - firstSector);
      const skipped = byteOffset - firstSector * SECTOR_SIZE;
      return { bytes: bytes.subarray(skipped, skipped + length), unreadable: bad };
    }
    const result = new Uint8Array(length);
    const unreadable: number[] = [];
    for (let page = Math.floor(firstSector / PAGE_SECTORS); page * PAGE_SECTORS < endSector; page++) {
      const { bytes, bad } = await this.#page(page);
      const from = Math.max(byteOffset, page * PAGE_SECTORS * SECTOR_SIZE);
      const to = Math.min(byteOffset + length, (page + 1) * PAGE_SECTORS * SECTOR_SIZE);
      const at = from - page * PAGE_SECTORS * SECTOR_SIZE;
      result.set(bytes.subarray(at, at + to - from), from - byteOffset);
      for (const sector of bad) if (sector >= firstSector && sector < endSector) unreadable.push(sector);
    }
    return { bytes: result, unreadable };
  }

  /** The error for sectors, given from the start of the volume, that a structure lies in. */
  unreadable(sectors: readonly number[], what: string): UnreadableError {
    const ranges = mergeRanges(sectors.map((sector) => [this.first + sector, 1] as const));
    return new UnreadableError({ reason: `${what} can't be read`, ranges });
  }

  /** As {@link bytes}, by sectors. */
  sectors(sector: number, sectorCount: number, what: string): Promise<Uint8Array> {
    return this.bytes(sector * SECTOR_SIZE, sectorCount * SECTOR_SIZE, what);
  }

  /** A reader of a part of it. */
  part(first: number, sectorCount: number): VolumeReader {
    return new VolumeReader(this.#source, this.first + first, sectorCount);
  }

  /** A structure that leads outside the volume. */
  beyondEnd(what: string): UnreadableError {
    return new UnreadableError({ reason: `${what} lies beyond the end of the volume`, ranges: [] });
  }

  #page(page: number): Promise<Page> {
    const kept = this.#pages.get(page);
    if (kept) {
      this.#pages.delete(page);
      this.#pages.set(page, kept);
      return kept;
    }
    const start = page * PAGE_SECTORS;
    const read = this.#read(start, Math.min(PAGE_SECTORS, this.sectorCount - start));
    this.#pages.set(page, read);
    if (this.#pages.size > KEPT_PAGES) this.#pages.delete(this.#pages.keys().next().value!);
    read.catch(() => this.#pages.delete(page));
    return read;
  }

  async #read(sector: number, sectorCount: number): Promise<Page> {
    const bytes = new Uint8Array(sectorCount * SECTOR_SIZE);
    try {
      await this.#source.read(this.first + sector, bytes);
      return { bytes, bad: [] };
    } catch (error) {
      if (!isMediumFailure(error)) throw error;
      const bad = error.failed.flatMap(([at, count]) =>
        Array.from({ length: count }, (_, i) => at + i - this.first),
      );
      return { bytes, bad };
    }
  }
}

/** What a read of a structure gave. */
export interface Reading {
  readonly bytes: Uint8Array;
  readonly unreadable: readonly number[];
}

interface Page {
  readonly bytes: Uint8Array;
  /** Its sectors that could not be read, from the start of the volume. */
  readonly bad: readonly number[];
}
