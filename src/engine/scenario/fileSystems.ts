import { SECTOR_SIZE } from '../block/blockDevice';
import type { SectorRange } from '../errors';

/** What a file system is made, judged and known by. */
export interface FileSystemKind {
  /** As the kernel and `mount` call it. */
  readonly name: string;
  readonly title: string;
  /** Its programs, each with the Debian package that has it. */
  readonly programs: Readonly<Record<string, string>>;
  /** Makes it over the first bytes of a disk. */
  make(disk: string, byteLength: number): readonly [string, ...string[]];
  /** Its own checker, for people. */
  readonly checkerName: string;
  /** Its own checker, which changes nothing; status 0: no error. */
  check(disk: string): readonly [string, ...string[]];
  /** Says by its output whether the next mount has a journal to replay. */
  askJournal(disk: string): readonly [string, ...string[]];
  readonly journalFound: RegExp;
  /** A sector that each change of the file system writes, and the first one that a mount reads. */
  readonly superblockSector: number;
  /** Whether a replay of its journal first reads what it is to write, though it may never have been written. */
  readonly replayReadsUnwritten: boolean;
  /**
   * Its journal, of which a mount reads more than was ever written.
   * @param head the first 4 KiB of the disk
   */
  journal(head: Buffer): readonly SectorRange[];
}

const ext4: FileSystemKind = {
  name: 'ext4',
  title: 'ext4',
  programs: { 'mkfs.ext4': 'e2fsprogs', e2fsck: 'e2fsprogs' },
  make: (disk, byteLength) => ['mkfs.ext4', '-q', '-F', '-b', '4096', disk, String(byteLength / 4096)],
  checkerName: 'e2fsck -fn',
  check: (disk) => ['e2fsck', '-fn', disk],
  askJournal: (disk) => ['e2fsck', '-fn', disk],
  journalFound: /skipping journal recovery/,
  superblockSector: 2,
  replayReadsUnwritten: false,
  journal: ext4Journal,
};

const xfs: FileSystemKind = {
  name: 'xfs',
  title: 'XFS',
  programs: { 'mkfs.xfs': 'xfsprogs', xfs_repair: 'xfsprogs' },
  make: (disk, byteLength) => ['mkfs.xfs', '-q', '-f', '-d', `size=${byteLength}`, disk],
  checkerName: 'xfs_repair -n',
  check: (disk) => ['xfs_repair', '-n', disk],
  askJournal: (disk) => ['xfs_repair', '-n', disk],
  journalFound: /valuable metadata changes in a log/,
  superblockSector: 0,
  replayReadsUnwritten: true,
  journal: xfsJournal,
};

const btrfs: FileSystemKind = {
  name: 'btrfs',
  title: 'btrfs',
  programs: { 'mkfs.btrfs': 'btrfs-progs', btrfs: 'btrfs-progs' },
  make: (disk, byteLength) => ['mkfs.btrfs', '-q', '-f', '-b', String(byteLength), disk],
  checkerName: 'btrfs check',
  // Without `--force` it asks the mounts of all loop devices first, and fails where one of another program is just going.
  check: (disk) => ['btrfs', 'check', '--readonly', '--force', disk],
  askJournal: (disk) => ['btrfs', 'inspect-internal', 'dump-super', disk],
  journalFound: /^log_root\s+[1-9]/m,
  superblockSector: 128,
  replayReadsUnwritten: false,
  journal: () => [],
};

export const FILE_SYSTEM_KINDS: readonly FileSystemKind[] = [ext4, xfs, btrfs];

/** The superblock, at byte 1024, keeps a copy of the map of the journal's inode: the root of its extent tree. */
function ext4Journal(head: Buffer): SectorRange[] {
  const superblock = head.subarray(1024);
  const sectorsPerBlock = (1024 << superblock.readUInt32LE(0x18)) / SECTOR_SIZE;
  const root = superblock.subarray(0x10c);
  return Array.from({ length: root.readUInt16LE(2) }, (_, i) => {
    const extent = root.subarray(12 + 12 * i);
    const start = extent.readUInt16LE(6) * 2 ** 32 + extent.readUInt32LE(8);
    return [start * sectorsPerBlock, extent.readUInt16LE(4) * sectorsPerBlock] as const;
  });
}

/** The superblock names the log by its allocation group and the block in it. All numbers are big-endian. */
function xfsJournal(head: Buffer): SectorRange[] {
  const sectorsPerBlock = head.readUInt32BE(4) / SECTOR_SIZE;
  const groupBits = BigInt(head.readUInt8(124));
  const start = head.readBigUInt64BE(48);
  const group = Number(start >> groupBits);
  const block = group * head.readUInt32BE(84) + Number(start & ((1n << groupBits) - 1n));
  return [[block * sectorsPerBlock, head.readUInt32BE(96) * sectorsPerBlock]];
}
