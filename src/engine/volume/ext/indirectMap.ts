import type { Doubt } from '../volumeContracts';
import { UnreadableError } from '../volumeReader';
import type { ExtBlocks } from './extBlocks';
import type { PartList } from './partList';

const DIRECT_POINTERS = 12;
const LEVELS = 3;

/** Walks the block numbers of one file that has no extents: 12 direct ones, then three trees of 1 to 3 levels. */
export class IndirectMap {
  readonly #blocks: ExtBlocks;
  readonly #parts: PartList;
  readonly #of: string;
  readonly #rootBlock: number;
  /** A block of pointers is read once: so every walk ends. */
  readonly #seen = new Set<number>();

  /** @param of words for the file that the blocks are of, for doubts */
  constructor(blocks: ExtBlocks, parts: PartList, of: string, rootBlock: number) {
    this.#blocks = blocks;
    this.#parts = parts;
    this.#of = of;
    this.#rootBlock = rootBlock;
  }

  /** Adds all blocks of a map of 15 pointers. Small files have only direct ones: for these nothing is waited for. */
  walk(map: Uint8Array): void | Promise<void> {
    const view = new DataView(map.buffer, map.byteOffset, map.byteLength);
    this.#takePointers(view, DIRECT_POINTERS, 0, this.#rootBlock);
    for (let level = 1; level <= LEVELS; level++)
      if (view.getUint32((DIRECT_POINTERS + level - 1) * 4, true) !== 0) return this.#walkTrees(view);
  }

  async #walkTrees(view: DataView): Promise<void> {
    const perBlock = this.#blocks.superblock.blockSize / 4;
    let logical = DIRECT_POINTERS;
    for (let level = 1; level <= LEVELS; level++) {
      const pointer = view.getUint32((DIRECT_POINTERS + level - 1) * 4, true);
      if (pointer !== 0) await this.#walkTree(pointer, level, logical, this.#rootBlock);
      logical += perBlock ** level;
    }
  }

  async #walkTree(block: number, level: number, logical: number, parent: number): Promise<void> {
    if (!this.#blocks.holds(block, 1) || this.#seen.has(block)) {
      this.#parts.addDoubt(this.#outside(parent));
      return;
    }
    this.#seen.add(block);
    this.#parts.addMeta(block, 'indirect');
    const bytes = await this.#read(block);
    if (!bytes) return;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const count = bytes.length / 4;
    if (level === 1) return this.#takePointers(view, count, logical, block);
    for (let at = 0; at < count; at++) {
      const pointer = view.getUint32(at * 4, true);
      if (pointer !== 0) await this.#walkTree(pointer, level - 1, logical + at * count ** (level - 1), block);
    }
  }

  async #read(block: number): Promise<Uint8Array | null> {
    try {
      return await this.#blocks.read(block, `an indirect block of ${this.#of}`);
    } catch (error) {
      if (!(error instanceof UnreadableError)) throw error;
      this.#parts.addDoubt(error.doubt);
      return null;
    }
  }

  #takePointers(view: DataView, count: number, logical: number, place: number): void {
    for (let at = 0; at < count; at++) {
      const pointer = view.getUint32(at * 4, true);
      if (pointer !== 0) this.#parts.addData('data', pointer, 1, logical + at, () => this.#outside(place));
    }
  }

  #outside(place: number): Doubt {
    return this.#blocks.doubtOf(place, `a block number of ${this.#of} leads outside the file system`);
  }
}
