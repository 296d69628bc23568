import { checkedUpTo } from './checksum';
import { type DecodedStructure, decode } from './decode';
import type { StructureDescription } from './description';
import { type DiskSectors, readBytes, SECTOR_BYTES } from './diskSectors';
import type { KnownBytes } from './knownBytes';
import { areMet } from './numbers';

/** More at one sector aren't decoded: with descriptions from files there may be any number. */
const MOST_STRUCTURES = 8;

interface Found {
  readonly description: StructureDescription;
  readonly byteOffset: number;
  readonly known: KnownBytes;
}

/** The structures that a sector is part of, by what they hold. */
export async function recognizeAt(
  sector: number,
  disk: DiskSectors,
  descriptions: readonly StructureDescription[],
): Promise<DecodedStructure[]> {
  const longest = Math.max(...descriptions.map(({ byteCount }) => Math.ceil(byteCount / SECTOR_BYTES)));
  const first = Math.max(0, sector - longest + 1);
  const known = await disk.read(first, Math.min(disk.sectorCount, sector + longest) - first);
  const found = descriptions.flatMap((description) => findIn(description, known, first, sector) ?? []);
  const certain = found.filter(({ description }) => !description.isVague);
  const meant = certain.length > 0 ? certain.slice(0, MOST_STRUCTURES) : found.slice(0, 1);
  return Promise.all(meant.map((each) => decodeWhole(each, disk)));
}

/** The structure of that kind that a sector is part of; the one that begins nearest to it. */
function findIn(
  description: StructureDescription,
  known: KnownBytes,
  firstSector: number,
  sector: number,
): Found | null {
  const { byteCount, where, order } = description;
  for (let start = sector; start >= firstSector; start--) {
    if ((sector - start) * SECTOR_BYTES >= byteCount) return null;
    const within = known.from((start - firstSector) * SECTOR_BYTES);
    if (within.length >= byteCount && areMet(where, within, order)) {
      return { description, byteOffset: start * SECTOR_BYTES, known: within };
    }
  }
  return null;
}

/** Decodes a structure, for which more is read where its checksum is about more. */
async function decodeWhole(
  { description, byteOffset, known }: Found,
  disk: DiskSectors,
): Promise<DecodedStructure> {
  const { checksums = [], order } = description;
  const end = checkedUpTo(checksums, known, order);
  const whole = end > known.length ? await readBytes(disk, byteOffset, end) : known;
  return decode(description, whole, byteOffset);
}
