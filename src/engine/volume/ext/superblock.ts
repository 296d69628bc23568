import { CRC32C_START, crc32c } from './checksums';
import { type ExtFeatures, featuresOf } from './features';

/** Where the superblock lies, from the start of the volume, for every block size; and how long it is. */
export const SUPERBLOCK_OFFSET = 1024;
export const SUPERBLOCK_BYTES = 1024;

const MAGIC = 0xef53;
const CHECKSUM_AT = 0x3fc;
const CLEAN = 1;
/** The inode size of revision 0, and its first inode that is a file's. */
const OLD_INODE_BYTES = 128;
const OLD_FIRST_INODE = 11;
const JOURNAL_COPY_TYPE = 1;
/** Descriptors are kept in memory: those of 128 TiB in blocks of 4 KiB. */
const MOST_DESCRIPTOR_BYTES = 64 * 2 ** 20;

/** What a superblock says. Block numbers count blocks of `blockSize`, from the start of the volume. */
export interface ExtSuperblock {
  readonly blockSize: number;
  readonly blockCount: number;
  /** The first block of group 0. */
  readonly firstBlock: number;
  /** The unit of the block bitmaps; 1 but with bigalloc. */
  readonly blocksPerCluster: number;
  readonly blocksPerGroup: number;
  readonly inodesPerGroup: number;
  readonly groupCount: number;
  readonly inodeSize: number;
  readonly firstInode: number;
  readonly descriptorSize: number;
  readonly reservedDescriptorBlocks: number;
  /** The descriptor block from which on descriptors lie in their meta groups. */
  readonly firstMetaBlock: number;
  readonly features: ExtFeatures;
  readonly uuid: Uint8Array;
  readonly checksumSeed: number;
  readonly label: string;
  /** Unmounted, and without errors that the kernel saw. */
  readonly clean: boolean;
  /** The group that this copy lies in. */
  readonly group: number;
  /** The groups with a backup under `sparse_super2`; 0 is none. */
  readonly backupGroups: readonly number[];
  /** Block of the multiple-mount protection; 0 is none. */
  readonly mmpBlock: number;
  /** Inodes without a path: number to name. */
  readonly ownInodes: ReadonlyMap<number, string>;
  readonly journalInode: number;
  /** A copy of the 60 bytes of the journal inode's map; null where it isn't kept. */
  readonly journalMap: Uint8Array | null;
}

/**
 * Reads a superblock. Null unless its magic, its checksum where it has one, and its geometry are right: nothing follows
 * from any other.
 */
export function parseSuperblock(bytes: Uint8Array): ExtSuperblock | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint16(0x38, true) !== MAGIC) return null;
  const features = featuresOf(view);
  if (
    features.metadataChecksums &&
    crc32c(CRC32C_START, bytes, 0, CHECKSUM_AT) !== view.getUint32(CHECKSUM_AT, true)
  )
    return null;
  const superblock = fieldsOf(view, bytes, features);
  return isPlausible(superblock, view) ? superblock : null;
}

function fieldsOf(view: DataView, bytes: Uint8Array, features: ExtFeatures): ExtSuperblock {
  const u16 = (at: number) => view.getUint16(at, true);
  const u32 = (at: number) => view.getUint32(at, true);
  const revised = u32(0x4c) > 0;
  const blockSize = 1024 * 2 ** Math.min(u32(0x18), 31);
  const clusterSize = features.bigalloc ? 1024 * 2 ** Math.min(u32(0x1c), 31) : blockSize;
  const blockCount = u32(4) + (features.has64bit ? u32(0x150) * 2 ** 32 : 0);
  const firstBlock = u32(0x14);
  const uuid = bytes.slice(0x68, 0x78);
  return {
    blockSize,
    blockCount,
    firstBlock,
    blocksPerCluster: clusterSize / blockSize,
    blocksPerGroup: u32(0x20),
    inodesPerGroup: u32(0x28),
    groupCount: Math.ceil((blockCount - firstBlock) / u32(0x20)),
    inodeSize: revised ? u16(0x58) : OLD_INODE_BYTES,
    firstInode: revised ? u32(0x54) : OLD_FIRST_INODE,
    descriptorSize: features.has64bit ? u16(0xfe) : 32,
    reservedDescriptorBlocks: features.resizeInode ? u16(0xce) : 0,
    firstMetaBlock: features.metaGroups ? u32(0x104) : Number.POSITIVE_INFINITY,
    features,
    uuid,
    checksumSeed: features.checksumSeed ? u32(0x270) : crc32c(CRC32C_START, uuid),
    label: textOf(bytes.subarray(0x78, 0x88)),
    clean: (u16(0x3a) & 3) === CLEAN,
    group: u16(0x5a),
    backupGroups: features.sparseSuper2 ? [u32(0x24c), u32(0x250)] : [],
    mmpBlock: features.multipleMountProtection ? u32(0x168) + u32(0x16c) * 2 ** 32 : 0,
    ownInodes: ownInodesOf(view, features),
    journalInode: features.journal ? u32(0xe0) : 0,
    journalMap: features.journal && bytes[0xfd] === JOURNAL_COPY_TYPE ? bytes.slice(0x10c, 0x10c + 60) : null,
  };
}

/** The names of the inodes that belong to the file system itself. */
function ownInodesOf(view: DataView, features: ExtFeatures): Map<number, string> {
  const own = new Map([
    [1, 'bad-blocks'],
    [3, 'user-quota'],
    [4, 'group-quota'],
    [5, 'boot-loader'],
    [6, 'undelete-directory'],
    [7, 'resize-inode'],
    [8, 'journal'],
    [9, 'exclude-inode'],
    [10, 'replica-inode'],
  ]);
  const name = (at: number, what: string) => {
    const inode = view.getUint32(at, true);
    if (inode !== 0) own.set(inode, what);
  };
  if (features.quota) {
    name(0x240, 'user-quota');
    name(0x244, 'group-quota');
    name(0x26c, 'project-quota');
  }
  if (features.journal) name(0xe0, 'journal');
  if (features.orphanFile) name(0x280, 'orphan-file');
  own.delete(2);
  return own;
}

function isPlausible(superblock: ExtSuperblock, view: DataView): boolean {
  const { blockSize, blocksPerCluster, blocksPerGroup, inodesPerGroup, inodeSize, groupCount } = superblock;
  const bitmapBits = 8 * blockSize;
  const firstBlock = blockSize === 1024 && !superblock.features.bigalloc ? 1 : 0;
  return (
    blockSize <= 65536 &&
    Number.isInteger(Math.log2(blocksPerCluster)) &&
    blocksPerCluster >= 1 &&
    superblock.firstBlock === firstBlock &&
    superblock.blockCount > firstBlock &&
    superblock.blockCount < 2 ** 43 &&
    blocksPerGroup > 0 &&
    blocksPerGroup % blocksPerCluster === 0 &&
    blocksPerGroup / blocksPerCluster <= bitmapBits &&
    inodesPerGroup > 0 &&
    inodesPerGroup <= bitmapBits &&
    groupCount * superblock.descriptorSize <= MOST_DESCRIPTOR_BYTES &&
    inodesPerGroup * groupCount === view.getUint32(0, true) &&
    isPowerOfTwo(inodeSize, OLD_INODE_BYTES, blockSize) &&
    isPowerOfTwo(superblock.descriptorSize, superblock.features.has64bit ? 64 : 32, Math.min(1024, blockSize))
  );
}

function isPowerOfTwo(value: number, least: number, most: number): boolean {
  return value >= least && value <= most && Number.isInteger(Math.log2(value));
}

function textOf(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
}
