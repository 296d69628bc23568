import { SECTOR_SIZE } from '../../block/blockDevice';
import type { SectorRange } from '../../errors';
import type { Doubt } from '../volumeContracts';
import type { VolumeReader } from '../volumeReader';
import { GroupLayout } from './groupLayout';
import type { ExtSuperblock } from './superblock';

/** The blocks of a file system, by their numbers: what all its structures are read through. */
export class ExtBlocks {
  readonly layout: GroupLayout;
  readonly sectorsPerBlock: number;

  constructor(
    readonly reader: VolumeReader,
    readonly superblock: ExtSuperblock,
  ) {
    this.layout = new GroupLayout(superblock);
    this.sectorsPerBlock = superblock.blockSize / SECTOR_SIZE;
  }

  /** True when a run lies where blocks of files and groups may lie. */
  holds(block: number, count: number): boolean {
    return block > 0 && block >= this.superblock.firstBlock && block + count <= this.superblock.blockCount;
  }

  /**
   * Reads a block.
   * @throws UnreadableError when it can't be read, or is outside of the file system
   */
  async read(block: number, what: string): Promise<Uint8Array> {
    if (!this.holds(block, 1)) throw this.reader.beyondEnd(what);
    return this.reader.bytes(block * this.superblock.blockSize, this.superblock.blockSize, what);
  }

  /** The sectors of a run of blocks, from the start of the volume. */
  sectorsOf(block: number, count: number): SectorRange {
    return [block * this.sectorsPerBlock, count * this.sectorsPerBlock];
  }

  /** A doubt about what a block says. */
  doubtOf(block: number, reason: string): Doubt {
    return { reason, ranges: [[this.reader.first + block * this.sectorsPerBlock, this.sectorsPerBlock]] };
  }
}
