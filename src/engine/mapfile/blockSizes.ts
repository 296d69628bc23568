import { SECTOR_SIZE } from '../block/blockDevice';
import { detectFormat } from './badSectorFile';
import { BADBLOCKS_BLOCK_SIZE, blockNumbers } from './blockList';
import { LineScanner } from './lineScanner';

/** The usual sizes of a block: of a sector and of dm-dust, of badblocks, and of `badblocks -b 4096`. */
const USUAL_SIZES = [BADBLOCKS_BLOCK_SIZE, SECTOR_SIZE, 4096];

/** A size in a file's name, such as `badblocks-b4096.txt`. */
const SIZE_IN_NAME = /(?:^|[^0-9])(512|1024|4096)(?:[^0-9]|$)/;

/**
 * The usual block sizes in which a list of bare numbers can be meant, the likeliest first: the one that the file's name
 * has, that of sectors where all numbers come in aligned groups as the sectors of larger blocks do, else that of
 * badblocks. Sizes with which a block would lie outside the device are left out. Null for a file whose format has a
 * unit of its own.
 *
 * @throws RemapError `EINVAL` as `parseBadSectors`, but for blocks outside the device
 */
export function likelyBlockSizes(
  bytes: Uint8Array,
  { path, sectorCount }: { readonly path: string; readonly sectorCount: number },
): number[] | null {
  if (detectFormat(bytes, path) !== 'blocks') return null;
  const { largest, isGrouped } = surveyOf(blockNumbers(new LineScanner(bytes, path)));
  const named = Number(SIZE_IN_NAME.exec(path.replace(/^.*[\\/]/, ''))?.[1]);
  const likely = named || (isGrouped ? SECTOR_SIZE : BADBLOCKS_BLOCK_SIZE);
  const sizes = [likely, ...USUAL_SIZES.filter((size) => size !== likely)];
  return sizes.filter((size) => ((largest + 1) * size) / SECTOR_SIZE <= sectorCount);
}

/** The sectors of a block of 4096 bytes. */
const GROUP = 8;

/** The largest number, and whether all come in whole groups that begin at a multiple of {@link GROUP}. */
function surveyOf(numbers: Iterable<number>): { largest: number; isGrouped: boolean } {
  let largest = 0;
  let inGroup = 0;
  let isGrouped = true;
  let previous = Number.NaN;
  for (const number of numbers) {
    largest = Math.max(largest, number);
    const goesOn = inGroup > 0 && number === previous + 1;
    isGrouped &&= goesOn || (inGroup === 0 && number % GROUP === 0);
    inGroup = (inGroup + 1) % GROUP;
    previous = number;
  }
  return { largest, isGrouped: isGrouped && inGroup === 0 && !Number.isNaN(previous) };
}
