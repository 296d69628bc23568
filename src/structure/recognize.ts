import { STRUCTURES } from './catalog';
import { type DecodedStructure, decode } from './decode';
import { areMet } from './numbers';

const SECTOR_BYTES = 512;
/** How many sectors before a sector may belong to a structure that it is part of. */
export const SECTORS_BEFORE = Math.ceil(Math.max(...STRUCTURES.map(({ byteCount }) => byteCount)) / 512) - 1;
/** How many sectors from it on are of use: the checksum of a LUKS2 header is about 16 KiB. */
export const SECTORS_FROM = 32;

/**
 * The structures that a sector is part of.
 * @param bytes whole sectors that can be read, without gaps, with that sector in them
 * @param firstSector the sector that they begin with
 */
export function recognizeAt(sector: number, bytes: Uint8Array, firstSector: number): DecodedStructure[] {
  const found = STRUCTURES.flatMap((description) => {
    for (let start = sector; start >= firstSector; start--) {
      if ((sector - start) * SECTOR_BYTES >= description.byteCount) return [];
      const within = bytes.subarray((start - firstSector) * SECTOR_BYTES);
      if (within.length >= description.byteCount && areMet(description.where, within, description.order)) {
        return [{ description, decoded: decode(description, within, start * SECTOR_BYTES) }];
      }
    }
    return [];
  });
  const certain = found.filter(({ description }) => !description.isVague);
  return (certain.length > 0 ? certain : found.slice(0, 1)).map(({ decoded }) => decoded);
}
