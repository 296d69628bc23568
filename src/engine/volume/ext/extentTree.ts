import { UnreadableError } from '../volumeReader';
import { crc32c } from './checksums';
import type { ExtBlocks } from './extBlocks';
import type { PartList } from './partList';

const MAGIC = 0xf30a;
const ENTRY_BYTES = 12;
const MAX_DEPTH = 5;
/** A longer extent is one that was never written, of so much less. */
const MAX_WRITTEN = 32768;
const LOGICAL_END = 2 ** 32;

/** A node to be read, and what its parent says of it. */
interface Node {
  readonly block: number;
  readonly depth: number;
  /** The logical blocks that it may be about. */
  readonly from: number;
  readonly to: number;
}

/** Walks the extents of one file. */
export class ExtentTree {
  readonly #blocks: ExtBlocks;
  readonly #parts: PartList;
  readonly #checksumSeed: number | undefined;
  readonly #of: string;
  /** The place of the inode: a doubt about the root is one about it. */
  readonly #rootBlock: number;

  /**
   * @param checksumSeed that of the inode; undefined where the inode is lost: blocks below the root are then not valid
   * @param of words for the file that the extents are of, for doubts
   */
  constructor(
    blocks: ExtBlocks,
    parts: PartList,
    checksumSeed: number | undefined,
    of: string,
    rootBlock: number,
  ) {
    this.#blocks = blocks;
    this.#parts = parts;
    this.#checksumSeed = checksumSeed;
    this.#of = of;
    this.#rootBlock = rootBlock;
  }

  /** Adds all extents below a root. Most files have no other node: for these nothing is waited for. */
  walk(root: Uint8Array): void | Promise<void> {
    const children = this.#take(
      root,
      { block: this.#rootBlock, depth: MAX_DEPTH, from: 0, to: LOGICAL_END },
      true,
    );
    if (children.length > 0) return this.#descend(children);
  }

  async #descend(children: readonly Node[]): Promise<void> {
    for (const child of children) {
      if (!this.#blocks.holds(child.block, 1)) {
        this.#parts.addDoubt(
          this.#blocks.doubtOf(this.#rootBlock, `an extent of ${this.#of} leads outside the file system`),
        );
        continue;
      }
      this.#parts.addMeta(child.block, 'extent-tree');
      const bytes = await this.#readNode(child.block);
      if (bytes) await this.#descend(this.#take(bytes, child, false));
    }
  }

  async #readNode(block: number): Promise<Uint8Array | null> {
    try {
      return await this.#blocks.read(block, `a block of the extent tree of ${this.#of}`);
    } catch (error) {
      if (!(error instanceof UnreadableError)) throw error;
      this.#parts.addDoubt(error.doubt);
      return null;
    }
  }

  /** Adds what a node says, and returns the nodes below it. Depth and order are checked: so every walk ends. */
  #take(bytes: Uint8Array, node: Node, isRoot: boolean): Node[] {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const count = view.getUint16(2, true);
    const most = view.getUint16(4, true);
    const depth = view.getUint16(6, true);
    const fits =
      view.getUint16(0, true) === MAGIC && count <= most && ENTRY_BYTES * (most + 1) <= bytes.length;
    if (
      !fits ||
      (isRoot ? depth > MAX_DEPTH : depth !== node.depth || !this.#hasRightChecksum(view, bytes, most))
    ) {
      this.#doubt(node.block, 'is damaged');
      return [];
    }
    return depth === 0
      ? this.#takeExtents(view, node, count)
      : this.#childrenOf(view, node, count, depth - 1);
  }

  #hasRightChecksum(view: DataView, bytes: Uint8Array, most: number): boolean {
    if (!this.#blocks.superblock.features.metadataChecksums) return true;
    if (this.#checksumSeed === undefined) return false;
    const at = ENTRY_BYTES * (most + 1);
    return at + 4 <= bytes.length && crc32c(this.#checksumSeed, bytes, 0, at) === view.getUint32(at, true);
  }

  #takeExtents(view: DataView, node: Node, count: number): Node[] {
    let next = node.from;
    for (let entry = 1; entry <= count; entry++) {
      const at = entry * ENTRY_BYTES;
      const logical = view.getUint32(at, true);
      const length = view.getUint16(at + 4, true);
      const block = view.getUint16(at + 6, true) * 2 ** 32 + view.getUint32(at + 8, true);
      const unwritten = length > MAX_WRITTEN;
      const blockCount = unwritten ? length - MAX_WRITTEN : length;
      if (logical < next || blockCount === 0 || logical + blockCount > node.to) {
        this.#doubt(node.block, 'is not in order');
        continue;
      }
      next = logical + blockCount;
      this.#parts.addData(unwritten ? 'unwritten' : 'data', block, blockCount, logical, () =>
        this.#blocks.doubtOf(node.block, `an extent of ${this.#of} leads outside the file system`),
      );
    }
    return [];
  }

  #childrenOf(view: DataView, node: Node, count: number, depth: number): Node[] {
    const children: Node[] = [];
    let next = node.from;
    for (let entry = 1; entry <= count; entry++) {
      const at = entry * ENTRY_BYTES;
      const from = view.getUint32(at, true);
      const to = entry < count ? view.getUint32(at + ENTRY_BYTES, true) : node.to;
      if (from < next || to <= from || to > node.to) {
        this.#doubt(node.block, 'is not in order');
        continue;
      }
      next = to;
      const block = view.getUint32(at + 4, true) + view.getUint16(at + 8, true) * 2 ** 32;
      children.push({ block, depth, from, to });
    }
    return children;
  }

  #doubt(block: number, problem: string): void {
    this.#parts.addDoubt(this.#blocks.doubtOf(block, `the extent tree of ${this.#of} ${problem}`));
  }
}
