import { SECTOR_SIZE } from '../../block/blockDevice';
import type { Doubt } from '../volumeContracts';
import type { VolumeReader } from '../volumeReader';

/** A window holds 4096 entries of FAT16, or all of a FAT12: no entry lies in two. */
const WINDOW_BYTES = 8192;
const KEPT_WINDOWS = 64;

/** How the entries of a FAT are written, and where. */
export interface TableShape {
  readonly entryBits: 12 | 16 | 32;
  /** The bits of an entry that name a cluster. */
  readonly mask: number;
  /** All entries, with the two before cluster 2. */
  readonly entryCount: number;
  /** Where the copies begin, in bytes, that hold the same: the one that counts first. */
  readonly copies: readonly number[];
}

/** What an entry is when no copy of it can be read. */
export const UNREADABLE_ENTRY = -1;

interface Window {
  readonly number: number;
  readonly bytes: Uint8Array;
  /** Its sectors, from its start, that could be read of no copy. */
  readonly unreadable: ReadonlySet<number>;
}

/**
 * The file allocation table of a volume: for each cluster the next one of its chain. Read in windows, of which some are
 * kept. Where a sector of the copy that counts can't be read, the next copy stands in.
 */
export class AllocationTable {
  readonly #windows = new Map<number, Window>();
  #current: Window = { number: -1, bytes: new Uint8Array(0), unreadable: new Set() };
  /** The first sector, from the start of the volume, at which the copies were seen to differ. */
  differsAt: number | null = null;
  /** Whether a copy other than the first was needed. */
  usedOtherCopy = false;

  constructor(
    readonly reader: VolumeReader,
    readonly shape: TableShape,
  ) {}

  /** The entry of a cluster, {@link UNREADABLE_ENTRY}, or undefined when it must be loaded first. */
  entryNow(cluster: number): number | undefined {
    const offset = this.#offsetOf(cluster);
    const number = Math.floor(offset / WINDOW_BYTES);
    if (this.#current.number !== number) {
      const kept = this.#windows.get(number);
      if (!kept) return undefined;
      this.#current = kept;
    }
    const { bytes, unreadable } = this.#current;
    const at = offset - number * WINDOW_BYTES;
    if (unreadable.size > 0 && this.#isUnreadable(at)) return UNREADABLE_ENTRY;
    return this.#decode(bytes, at, cluster);
  }

  /** The entry of a cluster, or {@link UNREADABLE_ENTRY}. The cluster must be one of the table. */
  async entry(cluster: number): Promise<number> {
    const now = this.entryNow(cluster);
    if (now !== undefined) return now;
    await this.load(cluster);
    return this.entryNow(cluster)!;
  }

  /** Reads the window with the entry of a cluster. */
  async load(cluster: number): Promise<void> {
    const number = Math.floor(this.#offsetOf(cluster) / WINDOW_BYTES);
    const window = await this.#read(number);
    this.#windows.set(number, window);
    if (this.#windows.size > KEPT_WINDOWS) this.#windows.delete(this.#windows.keys().next().value!);
    this.#current = window;
  }

  /** What to say of an entry that can't be read. */
  doubtOf(cluster: number): Doubt {
    return { reason: `the FAT entry of cluster ${cluster} can't be read`, ranges: this.placesOf(cluster) };
  }

  /** Where the copies of an entry are, in sectors from the start of the disk. */
  placesOf(cluster: number): [number, number][] {
    const length = this.shape.entryBits === 32 ? 4 : 2;
    return this.shape.copies.map((copy) => {
      const first = Math.floor((copy + this.#offsetOf(cluster)) / SECTOR_SIZE);
      const last = Math.floor((copy + this.#offsetOf(cluster) + length - 1) / SECTOR_SIZE);
      return [this.reader.first + first, last - first + 1];
    });
  }

  #offsetOf(cluster: number): number {
    if (this.shape.entryBits === 12) return cluster + Math.floor(cluster / 2);
    return cluster * (this.shape.entryBits / 8);
  }

  #isUnreadable(at: number): boolean {
    const last = at + (this.shape.entryBits === 32 ? 3 : 1);
    const { unreadable } = this.#current;
    return unreadable.has(Math.floor(at / SECTOR_SIZE)) || unreadable.has(Math.floor(last / SECTOR_SIZE));
  }

  #decode(bytes: Uint8Array, at: number, cluster: number): number {
    const low = bytes[at]! | (bytes[at + 1]! << 8);
    if (this.shape.entryBits === 12) return cluster % 2 === 0 ? low & 0xfff : low >> 4;
    if (this.shape.entryBits === 16) return low;
    return ((low | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) & this.shape.mask) >>> 0;
  }

  /** Joins the copies of a window: each sector is of the first copy of which it can be read. */
  async #read(number: number): Promise<Window> {
    const start = number * WINDOW_BYTES;
    const length = Math.min(WINDOW_BYTES, this.#byteLength() - start);
    const sectors = Math.ceil(length / SECTOR_SIZE);
    const bytes = new Uint8Array(length);
    const missing = new Set(Array.from({ length: sectors }, (_, sector) => sector));
    for (const copy of this.shape.copies) {
      const { read, bad } = await this.#readCopy(copy + start, length);
      for (let sector = 0; sector < sectors; sector++) {
        if (bad.has(sector)) continue;
        const part = read.subarray(sector * SECTOR_SIZE, (sector + 1) * SECTOR_SIZE);
        const kept = bytes.subarray(sector * SECTOR_SIZE, (sector + 1) * SECTOR_SIZE);
        if (missing.delete(sector)) {
          kept.set(part);
          if (copy !== this.shape.copies[0]) this.usedOtherCopy = true;
        } else if (this.differsAt === null && Buffer.compare(part, kept) !== 0) {
          this.differsAt = Math.floor((copy + start) / SECTOR_SIZE) + sector;
        }
      }
    }
    return { number, bytes, unreadable: missing };
  }

  async #readCopy(byteOffset: number, length: number): Promise<{ read: Uint8Array; bad: Set<number> }> {
    const first = Math.floor(byteOffset / SECTOR_SIZE);
    const within = Math.max(0, Math.min(length, this.reader.sectorCount * SECTOR_SIZE - byteOffset));
    const { bytes, unreadable } =
      within > 0
        ? await this.reader.whatCanBeRead(byteOffset, within, 'the FAT')
        : { bytes: new Uint8Array(0), unreadable: [] };
    const bad = new Set(unreadable.map((sector) => sector - first));
    for (let at = within; at < length; at += SECTOR_SIZE) bad.add(Math.floor(at / SECTOR_SIZE));
    return { read: bytes, bad };
  }

  #byteLength(): number {
    const { entryBits, entryCount } = this.shape;
    return entryBits === 12 ? Math.ceil(entryCount * 1.5) : entryCount * (entryBits / 8);
  }
}
