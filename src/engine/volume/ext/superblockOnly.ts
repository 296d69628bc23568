import type { Allocation, Doubt, FileRecord, FileSystem, Structure, WalkOptions } from '../volumeContracts';
import type { ExtBlocks } from './extBlocks';
import { ROOT_INODE } from './names';
import { SUPERBLOCK_BYTES, SUPERBLOCK_OFFSET } from './superblock';
import type { UsageRun } from './usage';

const SUPERBLOCK: Structure = {
  what: 'superblock',
  range: [SUPERBLOCK_OFFSET / 512, SUPERBLOCK_BYTES / 512],
  group: 0,
};

/** A file system with a feature that is not understood: its superblock is all that can be told. */
export class SuperblockOnly implements FileSystem {
  readonly kind;
  readonly label: string;
  readonly unitSectors: number;
  readonly sectorCount: number;
  readonly root = ROOT_INODE;
  readonly #doubt: Doubt;

  constructor(
    { superblock, reader, sectorsPerBlock }: ExtBlocks,
    readonly notes: readonly string[],
  ) {
    this.kind = superblock.features.kind;
    this.label = superblock.label;
    this.unitSectors = sectorsPerBlock * superblock.blocksPerCluster;
    this.sectorCount = Math.min(superblock.blockCount * sectorsPerBlock, reader.sectorCount);
    this.#doubt = { reason: notes.at(-1)!, ranges: [] };
  }

  async space(): Promise<{ total: number; used: null }> {
    return { total: this.sectorCount * 512, used: null };
  }

  async structureAt(sector: number): Promise<Structure | null> {
    const [first, count] = SUPERBLOCK.range;
    return sector >= first && sector < first + count ? SUPERBLOCK : null;
  }

  async *structures(): AsyncGenerator<Structure> {
    yield SUPERBLOCK;
  }

  async allocationAt(): Promise<Allocation> {
    return this.#doubt;
  }

  async *usage(): AsyncGenerator<UsageRun> {
    yield { range: [0, this.sectorCount], usage: 'unknown' };
  }

  async *files({ onDoubt }: WalkOptions & { onDoubt(doubt: Doubt): void }): AsyncGenerator<FileRecord> {
    onDoubt(this.#doubt);
    yield* [];
  }

  async pathsOf(): Promise<string[]> {
    return [];
  }

  async find(): Promise<null> {
    return null;
  }

  async *children(_id: number, onDoubt: (doubt: Doubt) => void): AsyncGenerator<never> {
    onDoubt(this.#doubt);
    yield* [];
  }
}
