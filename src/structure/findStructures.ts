import type { DecodedStructure } from './decode';
import type { StructureDescription } from './description';
import { type DiskSectors, SECTOR_BYTES } from './diskSectors';
import { recognizeAt } from './recognize';

/** A part of a disk in which structures are looked for, in sectors. */
export interface Extent {
  readonly first: number;
  readonly count: number;
}

/** Where structures begin, in sectors from the start of what they are about. */
const FROM_START = [
  // Tables, boot sectors and most superblocks, and what is kept of them in the next sectors.
  0, 1, 2, 3, 6, 8, 12, 16,
  // The second header of LUKS2, by its size; the superblocks of btrfs.
  32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 131_072, 536_870_912,
  // dm-remap's copies.
  768,
];
/** The groups of ext with a copy of the superblock; how many sectors a group has with blocks of 1, 2 and 4 KiB. */
const GROUPS = [1, 3, 5, 7, 9, 25, 27, 49, 81, 125, 243, 343];
const GROUP_SECTORS = [16_384, 65_536, 262_144];
/** From the end: the backup of a GPT, by the unit of the table, and of a boot sector of NTFS. */
const FROM_END = [1, 8];
const PAGE_SECTORS = 8;
const MD_UNIT_SECTORS = 128;

/** Every place in an extent where a structure may begin, ascending. */
function placesIn({ first, count }: Extent): number[] {
  const copies = GROUP_SECTORS.flatMap((sectors) => GROUPS.map((group) => group * sectors));
  const aligned = (from: number, unit: number) => from - (from % unit);
  const places = [
    ...FROM_START,
    ...copies,
    // With blocks of 1 KiB the first group begins after the boot block.
    ...GROUPS.map((group) => group * GROUP_SECTORS[0]! + 2),
    ...FROM_END.map((back) => count - back),
    aligned(count - 2 * PAGE_SECTORS, PAGE_SECTORS),
    aligned(count, MD_UNIT_SECTORS) - MD_UNIT_SECTORS,
  ];
  const within = places.filter((place) => place >= 0 && place < count);
  return [...new Set(within)].sort((a, b) => a - b).map((place) => first + place);
}

/**
 * The structures that begin at a usual place of the disk or of one of its volumes, ascending. What can't be read isn't
 * found, and what stands anywhere else neither.
 * @param report is told how much is done, from 0 to 1
 */
export async function findStructures(
  disk: DiskSectors,
  extents: readonly Extent[],
  descriptions: readonly StructureDescription[],
  report: (done: number) => void = () => {},
): Promise<DecodedStructure[]> {
  const places = [...new Set(extents.flatMap(placesIn))].sort((a, b) => a - b);
  const found: DecodedStructure[] = [];
  for (const [index, place] of places.entries()) {
    if (place >= disk.sectorCount) break;
    report(index / places.length);
    const here = await recognizeAt(place, disk, descriptions);
    found.push(...here.filter(({ byteOffset }) => byteOffset === place * SECTOR_BYTES));
  }
  return found;
}
