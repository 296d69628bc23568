import { crc32c, crc32cOfU32 } from './checksums';
import type { ExtSuperblock } from './superblock';

const TYPE_MASK = 0xf000;
const TYPES: Readonly<Record<number, InodeType>> = {
  4096: 'special',
  8192: 'special',
  16384: 'dir',
  24576: 'special',
  32768: 'file',
  40960: 'symlink',
  49152: 'special',
};
const FLAG = { encrypted: 0x800, indexed: 0x1000, extents: 0x80000, eaInode: 0x200000, inline: 0x10000000 };
/** Where an inode ends that has no extra fields. */
export const OLD_INODE_END = 128;
const SUM_LOW_AT = 0x7c;
const SUM_HIGH_AT = 0x82;

/** What an inode is of; `none`: its mode names nothing. */
export type InodeType = 'file' | 'dir' | 'symlink' | 'special' | 'none';

/** An inode as it is on disk. */
export interface ExtInode {
  readonly number: number;
  /** Its bytes: the map, and what lies in it (inline data, attributes). */
  readonly bytes: Uint8Array;
  /** Where these lie, from the start of the volume, in bytes. */
  readonly byteOffset: number;
  readonly type: InodeType;
  readonly size: number;
  readonly links: number;
  readonly deleted: boolean;
  /** In 512-byte units, or in blocks, by its flags: only zero is of interest. */
  readonly spaceUsed: number;
  /** The block of its extended attributes; 0 is none. */
  readonly xattrBlock: number;
  readonly encrypted: boolean;
  readonly indexed: boolean;
  readonly extents: boolean;
  readonly inline: boolean;
  /** It holds an extended attribute of another inode. */
  readonly holdsAttribute: boolean;
  /** The seed of the checksums of its extent and directory blocks. */
  readonly checksumSeed: number;
}

/** Reads an inode; null when its checksum is wrong. Its bytes are as before afterwards. */
export function parseInode(
  superblock: ExtSuperblock,
  number: number,
  bytes: Uint8Array,
  byteOffset: number,
): ExtInode | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { features } = superblock;
  const mode = view.getUint16(0, true);
  const links = view.getUint16(0x1a, true);
  let checksumSeed = 0;
  if (features.metadataChecksums) {
    checksumSeed = crc32cOfU32(crc32cOfU32(superblock.checksumSeed, number), view.getUint32(0x64, true));
    const isBlank = mode === 0 && links === 0 && bytes.every((byte) => byte === 0);
    if (!isBlank && !hasRightChecksum(view, bytes, checksumSeed)) return null;
  }
  const type = TYPES[mode & TYPE_MASK] ?? 'none';
  const flags = view.getUint32(0x20, true);
  const has = (flag: number) => (flags & flag) !== 0;
  const highSize =
    type === 'file' || (type === 'dir' && features.hugeDirectories) ? view.getUint32(0x6c, true) : 0;
  return {
    number,
    bytes,
    byteOffset,
    type,
    size: view.getUint32(4, true) + highSize * 2 ** 32,
    links,
    deleted: view.getUint32(0x14, true) !== 0,
    spaceUsed: view.getUint32(0x1c, true),
    xattrBlock: view.getUint32(0x68, true) + (features.has64bit ? view.getUint16(0x76, true) * 2 ** 32 : 0),
    encrypted: has(FLAG.encrypted),
    indexed: has(FLAG.indexed),
    extents: has(FLAG.extents),
    inline: has(FLAG.inline),
    holdsAttribute: has(FLAG.eaInode),
    checksumSeed,
  };
}

/** The 60 bytes in which an inode keeps its map: an extent root, block numbers, a link's text or inline data. */
export function mapBytes(inode: ExtInode): Uint8Array {
  return inode.bytes.subarray(0x28, 0x28 + 60);
}

/** The checksum is over the inode with its two fields of it taken as zero; the upper one is not always there. */
function hasRightChecksum(view: DataView, bytes: Uint8Array, seed: number): boolean {
  const hasHigh = bytes.length > OLD_INODE_END && view.getUint16(0x80, true) >= 4;
  const low = view.getUint16(SUM_LOW_AT, true);
  const high = hasHigh ? view.getUint16(SUM_HIGH_AT, true) : 0;
  view.setUint16(SUM_LOW_AT, 0);
  if (hasHigh) view.setUint16(SUM_HIGH_AT, 0);
  const crc = crc32c(seed, bytes);
  view.setUint16(SUM_LOW_AT, low, true);
  if (hasHigh) view.setUint16(SUM_HIGH_AT, high, true);
  return hasHigh ? crc === low + high * 2 ** 16 : (crc & 0xffff) === low;
}
