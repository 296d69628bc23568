import type { Doubt, FilePart } from '../volumeContracts';
import type { ExtBlocks } from './extBlocks';

/** Gathers the parts of one file; runs that continue each other become one. */
export class PartList {
  readonly parts: FilePart[] = [];
  readonly doubts: Doubt[] = [];
  readonly #blocks: ExtBlocks;
  /** Blocks that the file may still have: more than the file system has are a corrupt map. */
  #blocksLeft: number;

  constructor(blocks: ExtBlocks) {
    this.#blocks = blocks;
    this.#blocksLeft = blocks.superblock.features.sharedBlocks
      ? Number.POSITIVE_INFINITY
      : blocks.superblock.blockCount;
  }

  /**
   * Adds a run of the file's content. A run outside of the file system is a doubt.
   * @param doubt says what named the run
   */
  addData(
    role: 'data' | 'unwritten',
    block: number,
    count: number,
    logicalBlock: number,
    doubt: () => Doubt,
  ): void {
    if (!this.#blocks.holds(block, count) || count > this.#blocksLeft) {
      this.addDoubt(doubt());
      return;
    }
    this.#blocksLeft -= count;
    const [sector, sectorCount] = this.#blocks.sectorsOf(block, count);
    const fileSector = logicalBlock * this.#blocks.sectorsPerBlock;
    const last = this.parts.at(-1);
    if (
      last?.role === role &&
      last.sector + last.sectorCount === sector &&
      last.fileSector + last.sectorCount === fileSector
    )
      this.parts[this.parts.length - 1] = { ...last, sectorCount: last.sectorCount + sectorCount };
    else this.parts.push({ role, sector, sectorCount, fileSector });
  }

  /** Adds a doubt, unless it says the same as the one before: a damaged block has many wrong entries. */
  addDoubt(doubt: Doubt): void {
    const last = this.doubts.at(-1);
    if (last?.reason !== doubt.reason || last.ranges[0]?.[0] !== doubt.ranges[0]?.[0])
      this.doubts.push(doubt);
  }

  /** Adds a block that the file system keeps for the file. */
  addMeta(block: number, what: string): void {
    const [sector, sectorCount] = this.#blocks.sectorsOf(block, 1);
    this.parts.push({ role: 'meta', sector, sectorCount, fileSector: 0, what });
  }
}
