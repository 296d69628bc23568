import type { FileSystemKind } from '../volumeContracts';

const INCOMPAT = {
  recover: 0x4,
  journalDevice: 0x8,
  metaGroups: 0x10,
  extents: 0x40,
  has64bit: 0x80,
  mmp: 0x100,
  flexGroups: 0x200,
  checksumSeed: 0x2000,
  encrypt: 0x10000,
  casefold: 0x20000,
};
/** filetype, ea_inode, dirdata, largedir and inline_data need no case here, or are seen in the inode. */
const OTHER_INCOMPAT = 0x2 | 0x400 | 0x1000 | 0x4000 | 0x8000;
const UNDERSTOOD = Object.values(INCOMPAT).reduce((all, bit) => all | bit, OTHER_INCOMPAT);
/** What ext3 has too, and ext2 or ext3 may have of what can be ignored by readers. */
const EXT3_INCOMPAT = 0x2 | INCOMPAT.recover | INCOMPAT.metaGroups | INCOMPAT.journalDevice;
const EXT3_RO_COMPAT = 0x1 | 0x2 | 0x4;

/** The features of a file system that decide how it is read. */
export interface ExtFeatures {
  readonly kind: FileSystemKind & ('ext2' | 'ext3' | 'ext4');
  /** Bits of the incompatible features that are not understood: nothing but the superblock can be told. */
  readonly foreign: number;
  readonly journal: boolean;
  /** The volume is a journal for another file system, and holds no files. */
  readonly journalDevice: boolean;
  readonly needsRecovery: boolean;
  readonly resizeInode: boolean;
  readonly sparseSuper: boolean;
  readonly sparseSuper2: boolean;
  readonly orphanFile: boolean;
  /** Directory entries say the kind of what they name. */
  readonly fileTypes: boolean;
  readonly metaGroups: boolean;
  readonly has64bit: boolean;
  readonly multipleMountProtection: boolean;
  readonly flexGroups: boolean;
  readonly checksumSeed: boolean;
  /** Descriptors have a checksum of one of the two kinds; only then do the flags for uninitialised groups count. */
  readonly descriptorChecksums: boolean;
  readonly metadataChecksums: boolean;
  readonly bigalloc: boolean;
  readonly quota: boolean;
  /** Several files may own a block. */
  readonly sharedBlocks: boolean;
  readonly hugeDirectories: boolean;
}

/** The features that a superblock names. */
export function featuresOf(view: DataView): ExtFeatures {
  const compat = view.getUint32(0x5c, true);
  const incompat = view.getUint32(0x60, true);
  const roCompat = view.getUint32(0x64, true);
  const metadataChecksums = (roCompat & 0x400) !== 0;
  return {
    kind: kindOf(compat, incompat, roCompat),
    foreign: (incompat & ~UNDERSTOOD) >>> 0,
    journal: (compat & 0x4) !== 0,
    journalDevice: (incompat & INCOMPAT.journalDevice) !== 0,
    needsRecovery: (incompat & INCOMPAT.recover) !== 0,
    resizeInode: (compat & 0x10) !== 0,
    sparseSuper: (roCompat & 0x1) !== 0,
    sparseSuper2: (compat & 0x200) !== 0,
    orphanFile: (compat & 0x1000) !== 0,
    fileTypes: (incompat & 0x2) !== 0,
    metaGroups: (incompat & INCOMPAT.metaGroups) !== 0,
    has64bit: (incompat & INCOMPAT.has64bit) !== 0,
    multipleMountProtection: (incompat & INCOMPAT.mmp) !== 0,
    flexGroups: (incompat & INCOMPAT.flexGroups) !== 0,
    checksumSeed: (incompat & INCOMPAT.checksumSeed) !== 0,
    descriptorChecksums: metadataChecksums || (roCompat & 0x10) !== 0,
    metadataChecksums,
    bigalloc: (roCompat & 0x200) !== 0,
    quota: (roCompat & 0x100) !== 0,
    sharedBlocks: (roCompat & 0x4000) !== 0,
    hugeDirectories: (incompat & 0x4000) !== 0,
  };
}

function kindOf(compat: number, incompat: number, roCompat: number): 'ext2' | 'ext3' | 'ext4' {
  if ((incompat & ~EXT3_INCOMPAT) !== 0 || (roCompat & ~EXT3_RO_COMPAT) !== 0) return 'ext4';
  return (compat & 0x4) !== 0 ? 'ext3' : 'ext2';
}
