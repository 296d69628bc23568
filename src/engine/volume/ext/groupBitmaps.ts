import type { Doubt } from '../volumeContracts';
import { UnreadableError } from '../volumeReader';
import { crc32c } from './checksums';
import type { Descriptors, GroupDescriptor } from './descriptors';
import type { ExtBlocks } from './extBlocks';
import type { GroupStructures } from './groupStructures';

const KEPT_BITMAPS = 64;

/** The bits of one group, or why they can't be known. */
type Bits = Uint8Array | Doubt;

/** The bitmaps of blocks and of inodes, each read when it is asked for; a few are kept. */
export class GroupBitmaps {
  readonly #blocks: ExtBlocks;
  readonly #descriptors: Descriptors;
  readonly #structures: GroupStructures;
  readonly #kept = new Map<string, Promise<Bits>>();

  constructor(blocks: ExtBlocks, descriptors: Descriptors, structures: GroupStructures) {
    this.#blocks = blocks;
    this.#descriptors = descriptors;
    this.#structures = structures;
  }

  /** The bits of a group's clusters: 1 is used. */
  ofClusters(group: number): Promise<Bits> {
    return this.#keep(`c${group}`, () => this.#clusterBits(group));
  }

  /** The bits of a group's inodes: 1 is in use. */
  ofInodes(group: number): Promise<Bits> {
    return this.#keep(`i${group}`, () => this.#inodeBits(group));
  }

  #keep(key: string, read: () => Promise<Bits>): Promise<Bits> {
    const kept = this.#kept.get(key);
    if (kept) return kept;
    const bits = read().catch((error: unknown) => {
      if (error instanceof UnreadableError) return error.doubt;
      this.#kept.delete(key);
      throw error;
    });
    this.#kept.set(key, bits);
    if (this.#kept.size > KEPT_BITMAPS) this.#kept.delete(this.#kept.keys().next().value!);
    return bits;
  }

  async #clusterBits(group: number): Promise<Bits> {
    const descriptor = this.#descriptors.of(group);
    if (!descriptor) return this.#descriptors.doubtOf(group);
    const what = `the block bitmap of group ${group}`;
    if (descriptor.blocksUninitialised) {
      if (descriptor.source === 'backup')
        return this.#blocks.doubtOf(descriptor.blockBitmap, staleReason(what));
      return this.#impliedBits(group);
    }
    const { blocksPerGroup, blocksPerCluster } = this.#blocks.superblock;
    return this.#read(
      descriptor,
      descriptor.blockBitmap,
      blocksPerGroup / blocksPerCluster,
      descriptor.blockBitmapSum,
      what,
    );
  }

  async #inodeBits(group: number): Promise<Bits> {
    const descriptor = this.#descriptors.of(group);
    if (!descriptor) return this.#descriptors.doubtOf(group);
    const { inodesPerGroup } = this.#blocks.superblock;
    const what = `the inode bitmap of group ${group}`;
    if (descriptor.inodesUninitialised) {
      if (descriptor.source === 'backup')
        return this.#blocks.doubtOf(descriptor.inodeBitmap, staleReason(what));
      return new Uint8Array(Math.ceil(inodesPerGroup / 8));
    }
    return this.#read(descriptor, descriptor.inodeBitmap, inodesPerGroup, descriptor.inodeBitmapSum, what);
  }

  async #read(
    descriptor: GroupDescriptor,
    block: number,
    bitCount: number,
    sum: number,
    what: string,
  ): Promise<Bits> {
    const { superblock } = this.#blocks;
    const bytes = await this.#blocks.read(block, what);
    if (superblock.features.metadataChecksums) {
      const crc = crc32c(superblock.checksumSeed, bytes, 0, Math.floor(bitCount / 8));
      const kept = superblock.descriptorSize >= 64 ? crc : crc & 0xffff;
      if (kept !== sum) {
        const stale = descriptor.source === 'backup';
        return this.#blocks.doubtOf(block, stale ? staleReason(what) : `${what} has a wrong checksum`);
      }
    }
    return bytes.subarray(0, Math.ceil(bitCount / 8));
  }

  /** The bits of a group whose bitmap was never written: used is what its structures cover. */
  #impliedBits(group: number): Bits {
    const { layout, superblock } = this.#blocks;
    const [unknown] = this.#structures.unknownGroups;
    if (unknown !== undefined && superblock.features.flexGroups) return this.#descriptors.doubtOf(unknown);
    const bits = new Uint8Array(Math.ceil(superblock.blocksPerGroup / superblock.blocksPerCluster / 8));
    const first = layout.firstBlockOf(group);
    for (const run of this.#structures.runsIn(group)) {
      const from = Math.max(0, run.block - first);
      const to = Math.min(run.block + run.count - first, superblock.blocksPerGroup);
      const end = Math.ceil(to / superblock.blocksPerCluster);
      for (let bit = Math.floor(from / superblock.blocksPerCluster); bit < end; bit++)
        bits[bit >>> 3] = bits[bit >>> 3]! | (1 << (bit & 7));
    }
    return bits;
  }
}

/** True when a bit is set. */
export function bitOf(bits: Uint8Array, bit: number): boolean {
  return (bits[bit >>> 3]! & (1 << (bit & 7))) !== 0;
}

function staleReason(what: string): string {
  return `the descriptor that says whether ${what} is right can't be read`;
}
