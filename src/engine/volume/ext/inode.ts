import { crc32c, crc32cOfU32 } from './checksums';
import type { ExtSuperblock } from './superblock';

const FLAG = { encrypted: 0x800, indexed: 0x1000, extents: 0x80000, eaInode: 0x200000, inline: 0x10000000 };
/** Where an inode ends that has no extra fields. */
export const OLD_INODE_END = 128;
/** Where the map is: an extent root, block numbers, a link's text or inline data. */
export const MAP_AT = 0x28;
export const MAP_BYTES = 60;
const SUM_LOW_AT = 0x7c;
const SUM_HIGH_AT = 0x82;

/** What an inode is of; `none`: its mode names nothing. */
export type InodeType = 'file' | 'dir' | 'symlink' | 'special' | 'none';

/** By the upper four bits of the mode. */
const TYPES: readonly InodeType[] = Array.from({ length: 16 }, (_, bits) => {
  const named: Readonly<Record<number, InodeType>> = { 4: 'dir', 8: 'file', 10: 'symlink' };
  return named[bits] ?? ([1, 2, 6, 12].includes(bits) ? 'special' : 'none');
});

/**
 * An inode as it is on disk: its fields are read when they are asked for, from the bytes of a run of inodes. There are
 * millions of them, and views of parts of these bytes would cost more than all else.
 */
export class ExtInode {
  readonly type: InodeType;
  readonly #flags: number;

  /**
   * @param view of the run of inodes that was read
   * @param at where in it the inode begins
   * @param byteOffset where that is on the volume
   * @param checksumSeed of its extent and directory blocks
   */
  constructor(
    readonly superblock: ExtSuperblock,
    readonly number: number,
    readonly view: DataView,
    readonly at: number,
    readonly byteOffset: number,
    readonly checksumSeed: number,
  ) {
    this.type = TYPES[view.getUint16(at, true) >>> 12]!;
    this.#flags = view.getUint32(at + 0x20, true);
  }

  get size(): number {
    const hasHigh = this.type === 'file' || (this.type === 'dir' && this.superblock.features.hugeDirectories);
    return this.#u32(4) + (hasHigh ? this.#u32(0x6c) * 2 ** 32 : 0);
  }

  get links(): number {
    return this.view.getUint16(this.at + 0x1a, true);
  }

  get isDeleted(): boolean {
    return this.#u32(0x14) !== 0;
  }

  /** In 512-byte units, or in blocks, by its flags: only whether it is more than that of attributes is of interest. */
  get spaceUsed(): number {
    return this.#u32(0x1c);
  }

  /** The block of its extended attributes; 0 is none. */
  get xattrBlock(): number {
    const high = this.superblock.features.has64bit ? this.view.getUint16(this.at + 0x76, true) : 0;
    return this.#u32(0x68) + high * 2 ** 32;
  }

  get isEncrypted(): boolean {
    return (this.#flags & FLAG.encrypted) !== 0;
  }

  get isIndexed(): boolean {
    return (this.#flags & FLAG.indexed) !== 0;
  }

  get hasExtents(): boolean {
    return (this.#flags & FLAG.extents) !== 0;
  }

  get isInline(): boolean {
    return (this.#flags & FLAG.inline) !== 0;
  }

  /** True when it holds an extended attribute of another inode. */
  get holdsAttribute(): boolean {
    return (this.#flags & FLAG.eaInode) !== 0;
  }

  /** Its bytes, for what is read of few inodes. */
  bytes(from = 0, to = this.superblock.inodeSize): Uint8Array {
    return new Uint8Array(this.view.buffer, this.view.byteOffset + this.at + from, to - from);
  }

  #u32(at: number): number {
    return this.view.getUint32(this.at + at, true);
  }
}

/** Reads an inode from a run of inodes; null when its checksum is wrong. The bytes are as before afterwards. */
export function parseInode(
  superblock: ExtSuperblock,
  number: number,
  view: DataView,
  bytes: Uint8Array,
  at: number,
  byteOffset: number,
): ExtInode | null {
  if (!superblock.features.metadataChecksums)
    return new ExtInode(superblock, number, view, at, byteOffset, 0);
  const generation = view.getUint32(at + 0x64, true);
  const seed = crc32cOfU32(crc32cOfU32(superblock.checksumSeed, number), generation);
  const { inodeSize } = superblock;
  if (!hasRightChecksum(view, bytes, at, inodeSize, seed) && !isBlank(bytes, at, inodeSize)) return null;
  return new ExtInode(superblock, number, view, at, byteOffset, seed);
}

/** Whether an inode has the checksum that it must have; null where it needs none, as one that was never written. */
export function isInodeRight(superblock: ExtSuperblock, number: number, inode: Uint8Array): boolean | null {
  // The checksum's own bytes are taken as zero for a moment.
  const bytes = Uint8Array.from(inode);
  if (!superblock.features.metadataChecksums || isBlank(bytes, 0, bytes.length)) return null;
  return parseInode(superblock, number, new DataView(bytes.buffer), bytes, 0, 0) !== null;
}

/** The checksum is over the inode with its two fields of it taken as zero; the upper one is not always there. */
function hasRightChecksum(
  view: DataView,
  bytes: Uint8Array,
  at: number,
  length: number,
  seed: number,
): boolean {
  const hasHigh = length > OLD_INODE_END && view.getUint16(at + 0x80, true) >= 4;
  const low = view.getUint16(at + SUM_LOW_AT, true);
  const high = hasHigh ? view.getUint16(at + SUM_HIGH_AT, true) : 0;
  view.setUint16(at + SUM_LOW_AT, 0);
  if (hasHigh) view.setUint16(at + SUM_HIGH_AT, 0);
  const crc = crc32c(seed, bytes, at, at + length);
  view.setUint16(at + SUM_LOW_AT, low, true);
  if (hasHigh) view.setUint16(at + SUM_HIGH_AT, high, true);
  return hasHigh ? crc === low + high * 2 ** 16 : (crc & 0xffff) === low;
}

/** An inode that was never written has no checksum. */
function isBlank(bytes: Uint8Array, at: number, length: number): boolean {
  for (let place = at; place < at + length; place++) if (bytes[place] !== 0) return false;
  return true;
}
