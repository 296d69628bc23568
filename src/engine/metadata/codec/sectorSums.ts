import { SECTOR_SIZE } from '../../block/blockDevice';
import { crc32le, crcThroughZeros } from '../crc';
import { CHECKSUM_OFFSET, STRUCTURE_BYTES, STRUCTURE_SECTORS, v4Header } from './v4';

/**
 * The structure's checksum, joined from those of its sectors: a commit changes a few of 165, and summing all of them anew
 * would take longer than everything else it does (FORMAT.md, section 3).
 */

const LAST_BYTES = STRUCTURE_BYTES - (STRUCTURE_SECTORS - 1) * SECTOR_SIZE;

const throughSector = crcThroughZeros(SECTOR_SIZE);
const throughLast = crcThroughZeros(LAST_BYTES);

/** The checksums of all sectors of a structure. */
export function sumSectors(structure: Uint8Array): Uint32Array {
  return Uint32Array.from({ length: STRUCTURE_SECTORS }, (_, sector) => sumSector(structure, sector));
}

/** The checksum of one sector, without the checksum field and without bytes after the structure. */
export function sumSector(structure: Uint8Array, sector: number): number {
  const start = sector * SECTOR_SIZE;
  const bytes = structure.subarray(start, Math.min(start + SECTOR_SIZE, STRUCTURE_BYTES));
  if (sector > 0) return crc32le(bytes);
  return crc32le(bytes.subarray(0, CHECKSUM_OFFSET), bytes.subarray(CHECKSUM_OFFSET + 4));
}

/** Stamps a structure whose sectors have these checksums. */
export function sealFromSums(structure: Uint8Array, sums: Uint32Array): void {
  let crc = 0;
  for (let sector = 0; sector < STRUCTURE_SECTORS - 1; sector++) crc = throughSector(crc) ^ sums[sector]!;
  crc = throughLast(crc >>> 0) ^ sums[STRUCTURE_SECTORS - 1]!;
  v4Header.put(structure, 'metadata_checksum', crc >>> 0);
}
