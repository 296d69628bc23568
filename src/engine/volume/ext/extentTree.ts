import type { Doubt } from '../volumeContracts';
import { UnreadableError } from '../volumeReader';
import { crc32c } from './checksums';
import type { ExtBlocks } from './extBlocks';
import { MAP_BYTES } from './inode';
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

/** Walks the extents of one file. Depth and order of the nodes are checked: so every walk ends. */
export class ExtentTree {
  readonly #blocks: ExtBlocks;
  readonly #parts: PartList;
  readonly #checksumSeed: number | undefined;
  readonly #root: Node;

  /**
   * @param checksumSeed that of the inode; undefined where the inode is lost: blocks below the root are then not valid
   * @param rootBlock the block that the root lies in, for doubts
   */
  constructor(blocks: ExtBlocks, parts: PartList, checksumSeed: number | undefined, rootBlock: number) {
    this.#blocks = blocks;
    this.#parts = parts;
    this.#checksumSeed = checksumSeed;
    this.#root = { block: rootBlock, depth: MAX_DEPTH, from: 0, to: LOGICAL_END };
  }

  /**
   * Adds all extents below a root. Most files have no other node: for these nothing is waited for.
   * @param at where in the view the root begins
   */
  walk(view: DataView, at: number): void | Promise<void> {
    const depth = depthOf(view, at, MAP_BYTES);
    if (depth > MAX_DEPTH) return this.#doubt(this.#root, 'is damaged');
    if (depth === 0) return this.#takeExtents(view, at, this.#root);
    return this.#descend(this.#childrenOf(view, at, this.#root, depth - 1), this.#root);
  }

  async #descend(children: readonly Node[], parent: Node): Promise<void> {
    for (const child of children) {
      if (!this.#blocks.holds(child.block, 1)) {
        this.#parts.addDoubt(this.#outside(parent));
        continue;
      }
      this.#parts.addMeta(child.block, 'extent-tree');
      const bytes = await this.#readNode(child.block);
      if (bytes) await this.#takeNode(bytes, child);
    }
  }

  async #readNode(block: number): Promise<Uint8Array | null> {
    try {
      return await this.#blocks.read(block, `a block of the extent tree of ${this.#parts.of}`);
    } catch (error) {
      if (!(error instanceof UnreadableError)) throw error;
      this.#parts.addDoubt(error.doubt);
      return null;
    }
  }

  async #takeNode(bytes: Uint8Array, node: Node): Promise<void> {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (depthOf(view, 0, bytes.length) !== node.depth || !this.#hasRightChecksum(view, bytes))
      return this.#doubt(node, 'is damaged');
    if (node.depth === 0) return this.#takeExtents(view, 0, node);
    return this.#descend(this.#childrenOf(view, 0, node, node.depth - 1), node);
  }

  #hasRightChecksum(view: DataView, bytes: Uint8Array): boolean {
    if (!this.#blocks.superblock.features.metadataChecksums) return true;
    if (this.#checksumSeed === undefined) return false;
    const at = ENTRY_BYTES * (view.getUint16(4, true) + 1);
    return at + 4 <= bytes.length && crc32c(this.#checksumSeed, bytes, 0, at) === view.getUint32(at, true);
  }

  #takeExtents(view: DataView, start: number, node: Node): void {
    const end = start + ENTRY_BYTES * (view.getUint16(start + 2, true) + 1);
    let next = node.from;
    for (let at = start + ENTRY_BYTES; at < end; at += ENTRY_BYTES) {
      const logical = view.getUint32(at, true);
      const length = view.getUint16(at + 4, true);
      const block = view.getUint16(at + 6, true) * 2 ** 32 + view.getUint32(at + 8, true);
      const isUnwritten = length > MAX_WRITTEN;
      const count = isUnwritten ? length - MAX_WRITTEN : length;
      if (logical < next || count === 0 || logical + count > node.to) {
        this.#doubt(node, 'is not in order');
        continue;
      }
      next = logical + count;
      if (!this.#parts.addData(isUnwritten ? 'unwritten' : 'data', block, count, logical))
        this.#parts.addDoubt(this.#outside(node));
    }
  }

  #childrenOf(view: DataView, start: number, node: Node, depth: number): Node[] {
    const end = start + ENTRY_BYTES * (view.getUint16(start + 2, true) + 1);
    const children: Node[] = [];
    let next = node.from;
    for (let at = start + ENTRY_BYTES; at < end; at += ENTRY_BYTES) {
      const from = view.getUint32(at, true);
      const to = at + ENTRY_BYTES < end ? view.getUint32(at + ENTRY_BYTES, true) : node.to;
      if (from < next || to <= from || to > node.to) {
        this.#doubt(node, 'is not in order');
        continue;
      }
      next = to;
      const block = view.getUint32(at + 4, true) + view.getUint16(at + 8, true) * 2 ** 32;
      children.push({ block, depth, from, to });
    }
    return children;
  }

  #outside(node: Node): Doubt {
    return this.#blocks.doubtOf(node.block, `an extent of ${this.#parts.of} leads outside the file system`);
  }

  #doubt({ block }: Node, problem: string): void {
    this.#parts.addDoubt(this.#blocks.doubtOf(block, `the extent tree of ${this.#parts.of} ${problem}`));
  }
}

/** The depth that a node gives itself; infinite when it is no node, or has more entries than room. */
function depthOf(view: DataView, at: number, length: number): number {
  const most = view.getUint16(at + 4, true);
  const fits = view.getUint16(at + 2, true) <= most && ENTRY_BYTES * (most + 1) <= length;
  return fits && view.getUint16(at, true) === MAGIC ? view.getUint16(at + 6, true) : Number.POSITIVE_INFINITY;
}
