import { SECTOR_SIZE } from '../block/blockDevice';
import { BlockError, type SectorRange } from '../errors';
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
const KEPT_PAGES = 512;

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
    const firstSector = Math.floor(byteOffset / SECTOR_SIZE);
    const endSector = Math.ceil((byteOffset + length) / SECTOR_SIZE);
    if (byteOffset < 0 || endSector > this.sectorCount) throw this.beyondEnd(what);
    const result = new Uint8Array(length);
    const failed: SectorRange[] = [];
    for (let page = Math.floor(firstSector / PAGE_SECTORS); page * PAGE_SECTORS < endSector; page++) {
      const { bytes, bad } = await this.#page(page);
      const from = Math.max(byteOffset, page * PAGE_SECTORS * SECTOR_SIZE);
      const to = Math.min(byteOffset + length, (page + 1) * PAGE_SECTORS * SECTOR_SIZE);
      const at = from - page * PAGE_SECTORS * SECTOR_SIZE;
      result.set(bytes.subarray(at, at + to - from), from - byteOffset);
      for (const sector of bad)
        if (sector >= firstSector && sector < endSector) failed.push([this.first + sector, 1]);
    }
    if (failed.length > 0) throw new UnreadableError({ reason: `${what} can't be read`, ranges: failed });
    return result;
  }

  /** As {@link bytes}, by sectors. */
  sectors(sector: number, sectorCount: number, what: string): Promise<Uint8Array> {
    return this.bytes(sector * SECTOR_SIZE, sectorCount * SECTOR_SIZE, what);
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
    const read = this.#read(page);
    this.#pages.set(page, read);
    if (this.#pages.size > KEPT_PAGES) this.#pages.delete(this.#pages.keys().next().value!);
    read.catch(() => this.#pages.delete(page));
    return read;
  }

  async #read(page: number): Promise<Page> {
    const start = page * PAGE_SECTORS;
    const bytes = new Uint8Array(Math.min(PAGE_SECTORS, this.sectorCount - start) * SECTOR_SIZE);
    try {
      await this.#source.read(this.first + start, bytes);
      return { bytes, bad: [] };
    } catch (error) {
      if (!(error instanceof BlockError) || error.failed.length === 0) throw error;
      const bad = error.failed.flatMap(([at, count]) =>
        Array.from({ length: count }, (_, i) => at + i - this.first),
      );
      return { bytes, bad };
    }
  }
}

interface Page {
  readonly bytes: Uint8Array;
  /** Its sectors that could not be read, from the start of the volume. */
  readonly bad: readonly number[];
}
