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
  readonly #rootBlock: number;
  /** A block of pointers is read once: so every walk ends. */
  readonly #seen = new Set<number>();

  /** @param rootBlock the block that the map lies in, for doubts */
  constructor(blocks: ExtBlocks, parts: PartList, rootBlock: number) {
    this.#blocks = blocks;
    this.#parts = parts;
    this.#rootBlock = rootBlock;
  }

  /**
   * Adds all blocks of a map of 15 pointers. Small files have only direct ones: for these nothing is waited for.
   * @param at where in the view the map begins
   */
  walk(view: DataView, at: number): void | Promise<void> {
    this.#takePointers(view, at, DIRECT_POINTERS, 0, this.#rootBlock);
    const trees = Array.from({ length: LEVELS }, (_, tree) =>
      view.getUint32(at + (DIRECT_POINTERS + tree) * 4, true),
    );
    if (trees.some((pointer) => pointer !== 0)) return this.#walkTrees(trees);
  }

  async #walkTrees(trees: readonly number[]): Promise<void> {
    const perBlock = this.#blocks.superblock.blockSize / 4;
    let logical = DIRECT_POINTERS;
    for (const [index, pointer] of trees.entries()) {
      if (pointer !== 0) await this.#walkTree(pointer, index + 1, logical, this.#rootBlock);
      logical += perBlock ** (index + 1);
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
    if (level === 1) return this.#takePointers(view, 0, count, logical, block);
    for (let at = 0; at < count; at++) {
      const pointer = view.getUint32(at * 4, true);
      if (pointer !== 0) await this.#walkTree(pointer, level - 1, logical + at * count ** (level - 1), block);
    }
  }

  async #read(block: number): Promise<Uint8Array | null> {
    try {
      return await this.#blocks.read(block, `an indirect block of ${this.#parts.of}`);
    } catch (error) {
      if (!(error instanceof UnreadableError)) throw error;
      this.#parts.addDoubt(error.doubt);
      return null;
    }
  }

  #takePointers(view: DataView, start: number, count: number, logical: number, place: number): void {
    for (let at = 0; at < count; at++) {
      const pointer = view.getUint32(start + at * 4, true);
      if (pointer !== 0 && !this.#parts.addData('data', pointer, 1, logical + at))
        this.#parts.addDoubt(this.#outside(place));
    }
  }

  #outside(place: number): Doubt {
    return this.#blocks.doubtOf(place, `a block number of ${this.#parts.of} leads outside the file system`);
  }
}
