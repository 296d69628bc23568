import type { Structure } from '../volumeContracts';
import { type Descriptors, type GroupPart, tableBlocksOf } from './descriptors';
import type { ExtBlocks } from './extBlocks';

/** A run of blocks that a structure of a group covers. */
export interface StructureRun {
  readonly what: string;
  readonly group: number;
  readonly block: number;
  readonly count: number;
}

const PARTS: readonly GroupPart[] = ['block-bitmap', 'inode-bitmap', 'inode-table'];

/**
 * Which block belongs to which structure. With flexible groups the bitmaps and the table of a group may lie in any group, so
 * all of them are ordered by their place.
 */
export class GroupStructures {
  readonly #blocks: ExtBlocks;
  readonly #descriptors: Descriptors;
  readonly #tableBlocks: number;
  /** The first blocks of the parts, ascending, and for each which part of which group it is: group * 3 + part. */
  readonly #starts: Float64Array;
  readonly #parts: Uint32Array;

  constructor(blocks: ExtBlocks, descriptors: Descriptors) {
    this.#blocks = blocks;
    this.#descriptors = descriptors;
    this.#tableBlocks = tableBlocksOf(blocks);
    const starts: number[] = [];
    const parts: number[] = [];
    for (let group = 0; group < blocks.superblock.groupCount; group++) {
      const descriptor = descriptors.of(group);
      if (!descriptor) continue;
      starts.push(descriptor.blockBitmap, descriptor.inodeBitmap, descriptor.inodeTable);
      parts.push(group * 3, group * 3 + 1, group * 3 + 2);
    }
    const order = Uint32Array.from(starts.keys()).sort((a, b) => starts[a]! - starts[b]!);
    this.#starts = Float64Array.from(order, (at) => starts[at]!);
    this.#parts = Uint32Array.from(order, (at) => parts[at]!);
  }

  /** The structure that a sector of the volume lies in; null where there is none that is known. */
  structureAt(sector: number): Structure | null {
    const block = Math.floor(sector / this.#blocks.sectorsPerBlock);
    const run = this.#runAt(block);
    return run ? this.#structureOf(run) : null;
  }

  /** All that {@link structureAt} names, group by group. */
  *all(signal?: AbortSignal): Generator<Structure> {
    const { firstBlock, groupCount } = this.#blocks.superblock;
    if (firstBlock > 0) yield this.#structureOf(bootRun(firstBlock));
    for (let group = 0; group < groupCount; group++) {
      signal?.throwIfAborted();
      for (const run of this.#blocks.layout.fixedRuns(group)) yield this.#structureOf({ ...run, group });
      const descriptor = this.#descriptors.of(group);
      if (!descriptor) continue;
      const { blockBitmap, inodeBitmap, inodeTable } = descriptor;
      yield this.#structureOf({ what: 'block-bitmap', group, block: blockBitmap, count: 1 });
      yield this.#structureOf({ what: 'inode-bitmap', group, block: inodeBitmap, count: 1 });
      yield this.#structureOf({ what: 'inode-table', group, block: inodeTable, count: this.#tableBlocks });
    }
  }

  #structureOf({ what, group, block, count }: StructureRun): Structure {
    const range = this.#blocks.sectorsOf(block, count);
    return what === 'boot-area' ? { what, range } : { what, range, group };
  }

  /** All known structures that have a block in the group. */
  *runsIn(group: number): Generator<StructureRun> {
    const { layout } = this.#blocks;
    const first = layout.firstBlockOf(group);
    const end = first + layout.blockCountOf(group);
    for (const run of layout.fixedRuns(group)) yield { ...run, group };
    for (let at = this.#firstFrom(first - this.#tableBlocks); at < this.#starts.length; at++) {
      const run = this.#run(at);
      if (run.block >= end) return;
      if (run.block + run.count > first) yield run;
    }
  }

  #runAt(block: number): StructureRun | undefined {
    const { layout, superblock } = this.#blocks;
    if (block < superblock.firstBlock) return bootRun(superblock.firstBlock);
    if (block >= superblock.blockCount) return;
    const group = layout.groupOf(block);
    const fixed = layout.fixedRuns(group).find((run) => covers(run, block));
    if (fixed) return { ...fixed, group };
    for (let at = this.#firstFrom(block - this.#tableBlocks + 1); at < this.#starts.length; at++) {
      const run = this.#run(at);
      if (run.block > block) return;
      if (covers(run, block)) return run;
    }
    return;
  }

  #run(at: number): StructureRun {
    const part = this.#parts[at]!;
    const what = PARTS[part % 3]!;
    const count = what === 'inode-table' ? this.#tableBlocks : 1;
    return { what, group: Math.floor(part / 3), block: this.#starts[at]!, count };
  }

  /** The place in the order of the first part that begins at or after a block. */
  #firstFrom(block: number): number {
    let low = 0;
    let high = this.#starts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#starts[middle]! < block) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Groups of which it isn't known where their parts lie. */
  get unknownGroups(): readonly number[] {
    return this.#descriptors.unknownGroups;
  }
}

function bootRun(count: number): StructureRun {
  return { what: 'boot-area', group: 0, block: 0, count };
}

function covers(run: { readonly block: number; readonly count: number }, block: number): boolean {
  return block >= run.block && block < run.block + run.count;
}
