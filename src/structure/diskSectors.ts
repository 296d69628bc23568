import type { KnownBytes } from './knownBytes';

export const SECTOR_BYTES = 512;

/** What structures are looked for on. */
export interface DiskSectors {
  /** Whole sectors; a shorter one at the end of a file has no structure. */
  readonly sectorCount: number;
  /** Reads sectors that are on the disk. */
  read(firstSector: number, sectorCount: number): Promise<KnownBytes>;
}

/** Bytes of a disk, as far as they are on it. */
export async function readBytes(disk: DiskSectors, from: number, byteCount: number): Promise<KnownBytes> {
  const first = Math.floor(from / SECTOR_BYTES);
  const end = Math.min(disk.sectorCount, Math.ceil((from + byteCount) / SECTOR_BYTES));
  const known = await disk.read(first, Math.max(0, end - first));
  return known.from(from - first * SECTOR_BYTES, from - first * SECTOR_BYTES + byteCount);
}
