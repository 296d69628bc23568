import type { ExtSuperblock } from './superblock';

/** A run of blocks that the layout gives to a structure of a group. */
export interface FixedRun {
  readonly what: 'boot-area' | 'superblock' | 'group-descriptors' | 'reserved-gdt' | 'mmp';
  readonly block: number;
  readonly count: number;
}

/** Where the groups lie, and what of each follows from the superblock alone. */
export class GroupLayout {
  readonly #superblock: ExtSuperblock;
  /** How many blocks the table of descriptors has. */
  readonly descriptorBlocks: number;
  readonly #descriptorsPerBlock: number;

  constructor(superblock: ExtSuperblock) {
    this.#superblock = superblock;
    this.#descriptorsPerBlock = superblock.blockSize / superblock.descriptorSize;
    this.descriptorBlocks = Math.ceil(superblock.groupCount / this.#descriptorsPerBlock);
  }

  groupOf(block: number): number {
    return Math.floor((block - this.#superblock.firstBlock) / this.#superblock.blocksPerGroup);
  }

  firstBlockOf(group: number): number {
    return this.#superblock.firstBlock + group * this.#superblock.blocksPerGroup;
  }

  /** The blocks of a group: the last one may be shorter. */
  blockCountOf(group: number): number {
    return Math.min(this.#superblock.blocksPerGroup, this.#superblock.blockCount - this.firstBlockOf(group));
  }

  /** True when a copy of the superblock lies in the group. */
  hasSuperblock(group: number): boolean {
    const { sparseSuper, sparseSuper2 } = this.#superblock.features;
    if (group === 0) return true;
    if (sparseSuper2) return this.#superblock.backupGroups.includes(group);
    return !sparseSuper || group === 1 || [3, 5, 7].some((base) => isPower(group, base));
  }

  /** The structures of a group that follow from the layout, ascending. */
  fixedRuns(group: number): FixedRun[] {
    const runs: FixedRun[] = [];
    let next = this.firstBlockOf(group);
    const add = (what: FixedRun['what'], count: number) => {
      if (count > 0) runs.push({ what, block: next, count });
      next += count;
    };
    if (group === 0) add('boot-area', this.#bootBlocks());
    const hasSuperblock = this.hasSuperblock(group);
    if (hasSuperblock) add('superblock', 1);
    if (this.#isMetaGroup(group)) add('group-descriptors', this.#isDescriptorGroup(group) ? 1 : 0);
    else if (hasSuperblock) {
      add('group-descriptors', Math.min(this.descriptorBlocks, this.#superblock.firstMetaBlock));
      add('reserved-gdt', this.#superblock.reservedDescriptorBlocks);
    }
    const { mmpBlock } = this.#superblock;
    if (mmpBlock > 0 && this.groupOf(mmpBlock) === group)
      runs.push({ what: 'mmp', block: mmpBlock, count: 1 });
    return runs;
  }

  /** The blocks that hold a block of the table of descriptors: the first one, then its copies. */
  *descriptorPlaces(index: number): Generator<number> {
    const { groupCount, firstMetaBlock } = this.#superblock;
    if (index < firstMetaBlock) {
      for (let group = 0; group < groupCount; group++)
        if (this.hasSuperblock(group)) yield this.#afterSuperblock(group) + index;
      return;
    }
    const first = index * this.#descriptorsPerBlock;
    for (const group of new Set([first, first + 1, first + this.#descriptorsPerBlock - 1]))
      if (group < groupCount) yield this.#afterSuperblock(group);
  }

  /** The block after the copy of the superblock in a group, or the group's first block where there is no copy. */
  #afterSuperblock(group: number): number {
    const boot = group === 0 ? this.#bootBlocks() : 0;
    return this.firstBlockOf(group) + boot + (this.hasSuperblock(group) ? 1 : 0);
  }

  /** Blocks of group 0 before the superblock: only blocks of 1 KiB that are counted from 0 have one. */
  #bootBlocks(): number {
    return this.#superblock.blockSize === 1024 && this.#superblock.firstBlock === 0 ? 1 : 0;
  }

  /** True when the descriptors of a group lie in its meta group, not after the superblock. */
  #isMetaGroup(group: number): boolean {
    return Math.floor(group / this.#descriptorsPerBlock) >= this.#superblock.firstMetaBlock;
  }

  #isDescriptorGroup(group: number): boolean {
    const place = group % this.#descriptorsPerBlock;
    return place === 0 || place === 1 || place === this.#descriptorsPerBlock - 1;
  }
}

function isPower(value: number, base: number): boolean {
  let power = base;
  while (power < value) power *= base;
  return power === value;
}
