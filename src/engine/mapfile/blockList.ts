import { SECTOR_SIZE } from '../block/blockDevice';
import { RangeSet } from '../block/rangeSet';
import { RemapError } from '../errors';
import { LineScanner } from './lineScanner';

/** The unit of `badblocks` unless it is told another with `-b`. */
export const BADBLOCKS_BLOCK_SIZE = 1024;

/** What dm-dust answers to `listbadblocks` when there are none. */
export const NO_BLOCKS = 'No blocks in badblocklist';

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
 * Reads a list: one decimal number of a bad block a line, in any order. `badblocks` writes such lists, dm-dust answers
 * one to `listbadblocks`, and `ddrescuelog -l` prints one. Empty lines and lines that begin with `#` are read over. A
 * line with anything else is refused: e2fsprogs would take the first number of a log or a table for a bad block.
 * Numbers may have more than 32 bits.
 *
 * @throws RemapError `EINVAL` with `details.path` and `details.line`
 */
export function parseBlockList(bytes: Uint8Array, options: BlockListOptions): RangeSet {
  const scanner = new LineScanner(bytes, options.path);
  const blocks = new BlockUnit(options);
  const sectors = new RangeSet();
  for (const block of blockNumbers(scanner)) {
    const [first, count] = blocks.sectorsOf(block, scanner);
    sectors.add(first, count, options.tag);
  }
  return sectors;
}

/** The numbers of a list, infinity for those that are no safe integers. Errors: {@link parseBlockList}. */
export function* blockNumbers(scanner: LineScanner): Generator<number> {
  while (scanner.nextEntry()) {
    const block = scanner.decimal();
    scanner.skipBlanks();
    if (!Number.isNaN(block) && scanner.isAtEnd) yield block;
    else if (scanner.text.trim() !== NO_BLOCKS) throw notOneNumber(scanner);
  }
}

function notOneNumber(scanner: LineScanner): RemapError {
  const text = scanner.text.trim().slice(0, 80);
  return scanner.invalid(
    `a list has one decimal block number on a line, and nothing else; this is '${text}'`,
  );
}

/** Converts block numbers of a file into sectors of a device. */
export class BlockUnit {
  readonly #sectorsPerBlock: number;
  readonly #sectorCount: number;
  readonly #firstSector: number;

  /** @param firstSector the sector of the device where block 0 begins; negative: it begins before the device */
  constructor(
    { blockSize, sectorCount = Number.MAX_SAFE_INTEGER }: Pick<BlockListOptions, 'blockSize' | 'sectorCount'>,
    firstSector = 0,
  ) {
    this.#sectorsPerBlock = checkBlockSize(blockSize) / SECTOR_SIZE;
    this.#sectorCount = sectorCount;
    this.#firstSector = firstSector;
  }

  /** @throws RemapError `EINVAL` naming the scanner's line if the block isn't inside the device */
  sectorsOf(block: number, scanner: LineScanner): [first: number, sectorCount: number] {
    const first = this.#firstSector + block * this.#sectorsPerBlock;
    if (first >= 0 && first + this.#sectorsPerBlock <= this.#sectorCount)
      return [first, this.#sectorsPerBlock];
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
