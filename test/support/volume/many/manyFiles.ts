import type { SectorSource } from '../../../../src/engine/volume/volumeContracts';

const SECTOR_BYTES = 512;

/** Files are in folders of so many, which are in the root; each has one cluster or block. */
export const FILES_IN_FOLDER = 1000;

/** Writes what a run of bytes of a disk holds into zeros. */
type Fill = (bytes: Buffer, byteOffset: number) => void;

/** A disk whose units (blocks, clusters) are made when they are read: it takes no memory however large it is. */
export class MadeDisk implements SectorSource {
  sectorsRead = 0;

  /** @param fill is asked for whole units, one at a time */
  constructor(
    readonly sectorCount: number,
    private readonly unitBytes: number,
    private readonly fill: Fill,
  ) {}

  async read(sector: number, buffer: Uint8Array): Promise<void> {
    this.sectorsRead += buffer.length / SECTOR_BYTES;
    const from = sector * SECTOR_BYTES;
    const to = from + buffer.length;
    for (let unit = Math.floor(from / this.unitBytes); unit * this.unitBytes < to; unit++) {
      const start = unit * this.unitBytes;
      const bytes = this.#unit(start);
      const [first, end] = [Math.max(from, start), Math.min(to, start + this.unitBytes)];
      buffer.set(bytes.subarray(first - start, end - start), first - from);
    }
  }

  #made: { readonly start: number; readonly bytes: Buffer } | undefined;

  /** The unit made last is kept: it is mostly read in several requests. */
  #unit(start: number): Buffer {
    if (this.#made?.start !== start) {
      const bytes = Buffer.alloc(this.unitBytes);
      this.fill(bytes, start);
      this.#made = { start, bytes };
    }
    return this.#made.bytes;
  }
}

/** Names as FAT keeps them without long ones: eight letters or digits. */
export function folderName(folder: number): string {
  return `D${String(folder).padStart(7, '0')}`;
}

export function fileName(file: number): string {
  return `F${String(file).padStart(7, '0')}`;
}

/** A disk with very many files. */
export interface ManyFiles {
  readonly source: MadeDisk;
  /** The first sector of what a file holds. */
  sectorOf(file: number): number;
}
