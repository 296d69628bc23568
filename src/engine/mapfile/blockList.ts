import { SECTOR_SIZE } from '../block/blockDevice';
import { RangeSet } from '../block/rangeSet';
import { RemapError } from '../errors';
import { LineScanner } from './lineScanner';

/** The unit of `badblocks` unless it is told another with `-b`. */
export const BADBLOCKS_BLOCK_SIZE = 1024;

/** What the numbers of a list mean. */
export interface BlockListOptions {
  /** The file's name, for errors. */
  readonly path: string;
  /** Bytes of a block: a multiple of 512. */
  readonly blockSize: number;
  /** Refuses a block that isn't wholly inside a device of this size. */
  readonly sectorCount?: number;
  /** The tag of the sectors; absent: they always fail. */
  readonly tag?: number;
}

/**
 * Reads a list: decimal numbers of bad blocks, one a line, in any order. `badblocks` writes such lists, dm-dust answers one to
 * `listbadblocks`, and `ddrescuelog -l` prints one. As in e2fsprogs, lines without a number and text after a number are
 * ignored. Two differences: a number followed by other characters (`0x10`, `12a`) is an error, and numbers may have more than
 * 32 bits.
 *
 * @throws RemapError `EINVAL` with `details.path` and `details.line`
 */
export function parseBlockList(bytes: Uint8Array, options: BlockListOptions): RangeSet {
  const scanner = new LineScanner(bytes, options.path);
  const blocks = new BlockUnit(options);
  const sectors = new RangeSet();
  while (scanner.nextLine()) {
    scanner.skipBlanks();
    const block = scanner.decimal();
    if (Number.isNaN(block)) continue;
    if (!scanner.skipBlanks())
      throw scanner.invalid(`'${scanner.text.trim()}' is not a decimal block number`);
    const [first, count] = blocks.sectorsOf(block, scanner);
    sectors.add(first, count, options.tag);
  }
  return sectors;
}

/** Converts block numbers of a file into sectors of a device. */
export class BlockUnit {
  readonly #sectorsPerBlock: number;
  readonly #sectorCount: number;

  constructor({
    blockSize,
    sectorCount = Number.MAX_SAFE_INTEGER,
  }: Pick<BlockListOptions, 'blockSize' | 'sectorCount'>) {
    this.#sectorsPerBlock = checkBlockSize(blockSize) / SECTOR_SIZE;
    this.#sectorCount = sectorCount;
  }

  /** @throws RemapError `EINVAL` naming the scanner's line if the block isn't inside the device */
  sectorsOf(block: number, scanner: LineScanner): [first: number, sectorCount: number] {
    const first = block * this.#sectorsPerBlock;
    if (first + this.#sectorsPerBlock <= this.#sectorCount) return [first, this.#sectorsPerBlock];
    const number = Number.isFinite(block) ? block : scanner.largeInteger;
    const size = this.#sectorsPerBlock * SECTOR_SIZE;
    throw scanner.invalid(
      `block ${number} of ${size} bytes is outside the device, which has ${this.#sectorCount} sectors`,
    );
  }
}

function checkBlockSize(blockSize: number): number {
  if (Number.isSafeInteger(blockSize) && blockSize > 0 && blockSize % SECTOR_SIZE === 0) return blockSize;
  throw new RemapError('EINVAL', `a block of ${blockSize} bytes is not a whole number of 512-byte sectors`, {
    blockSize,
  });
}
