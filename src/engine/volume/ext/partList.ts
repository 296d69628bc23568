import type { Doubt, FilePart } from '../volumeContracts';
import type { ExtBlocks } from './extBlocks';

/** Gathers the parts of one file; runs that continue each other become one. */
export class PartList {
  readonly parts: FilePart[] = [];
  readonly doubts: Doubt[] = [];
  readonly #blocks: ExtBlocks;
  /** Blocks that the file may still have: more than the file system has are a corrupt map. */
  #blocksLeft: number;

  /** @param inode the number of the file's inode; undefined for the journal without its inode */
  constructor(
    blocks: ExtBlocks,
    readonly inode?: number,
  ) {
    this.#blocks = blocks;
    this.#blocksLeft = blocks.superblock.features.sharedBlocks
      ? Number.POSITIVE_INFINITY
      : blocks.superblock.blockCount;
  }

  /** The file in words, for doubts. */
  get of(): string {
    return this.inode === undefined ? 'the journal' : `inode ${this.inode}`;
  }

  /** Adds a run of the file's content; false, and adds nothing, when the run is outside of the file system. */
  addData(role: 'data' | 'unwritten', block: number, count: number, logicalBlock: number): boolean {
    if (!this.#blocks.holds(block, count) || count > this.#blocksLeft) return false;
    this.#blocksLeft -= count;
    const perBlock = this.#blocks.sectorsPerBlock;
    const sector = block * perBlock;
    const sectorCount = count * perBlock;
    const fileSector = logicalBlock * perBlock;
    const last = this.parts[this.parts.length - 1];
    if (
      last?.role === role &&
      last.sector + last.sectorCount === sector &&
      last.fileSector + last.sectorCount === fileSector
    )
      this.parts[this.parts.length - 1] = { ...last, sectorCount: last.sectorCount + sectorCount };
    else this.parts.push({ role, sector, sectorCount, fileSector });
    return true;
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
