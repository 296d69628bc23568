import type { NumberType, RecordDescription } from '../description';

/** The kinds of an inode, by the upper four bits of its mode. */
const KINDS = {
  0: 'none',
  1: 'pipe',
  2: 'character device',
  4: 'folder',
  6: 'block device',
  8: 'file',
  10: 'symbolic link',
  12: 'socket',
} as const;
const INODE_FLAGS = {
  2: 'undeletable',
  8: 'synchronous',
  16: 'immutable',
  32: 'append only',
  64: 'no dump',
  128: 'no access time',
  2048: 'encrypted',
  4096: 'indexed folder',
  16384: 'journalled data',
  262144: 'huge',
  524288: 'extents',
  1048576: 'verity',
  2097152: 'holds an extended attribute',
  268435456: 'inline data',
  536870912: 'inherits the project',
  1073741824: 'case folding',
} as const;
const GROUP_FLAGS = { 1: 'inodes not initialised', 2: 'blocks not initialised', 4: 'table zeroed' } as const;

/** An inode of ext2, ext3 or ext4. An older one has only the first 128 bytes. */
export const extInode: RecordDescription = {
  name: 'Inode',
  byteCount: 160,
  order: 'little',
  summary: ['Kind', 'Size (low)'],
  unused: [{ at: 0x00, type: 'u16', oneOf: [0] }],
  fields: [
    { at: 0x00, name: 'Kind', type: 'u16', bits: [12, 4], values: KINDS },
    { at: 0x00, name: 'Permissions', type: 'u16', bits: [0, 12], isOctal: true },
    { at: 0x02, name: 'Owner (low)', type: 'u16' },
    { at: 0x04, name: 'Size (low)', type: 'u32', unit: 'bytes' },
    { at: 0x08, name: 'Read', type: 'time32' },
    { at: 0x0c, name: 'Inode changed', type: 'time32' },
    { at: 0x10, name: 'Contents changed', type: 'time32' },
    { at: 0x14, name: 'Deleted', type: 'time32' },
    { at: 0x18, name: 'Group (low)', type: 'u16' },
    { at: 0x1a, name: 'Links', type: 'u16' },
    {
      at: 0x1c,
      name: 'Blocks (low)',
      type: 'u32',
      meaning: 'In units of 512 bytes, unless the file is huge',
    },
    { at: 0x20, name: 'Flags', type: 'u32', isHex: true, flags: INODE_FLAGS },
    {
      at: 0x28,
      name: 'Map',
      type: 'bytes',
      byteCount: 60,
      meaning: 'The root of the extents, numbers of blocks, or the contents themselves',
    },
    { at: 0x64, name: 'Generation', type: 'u32', isHex: true },
    { at: 0x68, name: 'Extended attributes’ block (low)', type: 'u32' },
    { at: 0x6c, name: 'Size (high)', type: 'u32' },
    { at: 0x76, name: 'Extended attributes’ block (high)', type: 'u16' },
    { at: 0x78, name: 'Owner (high)', type: 'u16' },
    { at: 0x7a, name: 'Group (high)', type: 'u16' },
    { at: 0x7c, name: 'Checksum (low)', type: 'u16', isHex: true },
    { at: 0x80, name: 'Bytes beyond 128', type: 'u16' },
    { at: 0x82, name: 'Checksum (high)', type: 'u16', isHex: true },
    { at: 0x90, name: 'Made', type: 'time32' },
  ],
};

/**
 * The descriptor of a group of ext2, ext3 or ext4. One of 32 bytes has only the lower halves.
 * @param blockBytes the size of a block
 * @param start where the volume begins on the disk, in bytes
 */
export function extGroupDescriptor(blockBytes: number, start: number): RecordDescription {
  const block = (at: number, name: string) =>
    ({ at, name: `${name} (low)`, type: 'u32', link: { times: blockBytes, plus: start } }) as const;
  const high = (at: number, name: string, type: NumberType = 'u16') =>
    ({ at, name: `${name} (high)`, type }) as const;
  return {
    name: 'Group',
    byteCount: 64,
    order: 'little',
    summary: ['Inode table (low)'],
    fields: [
      block(0x00, 'Block bitmap'),
      block(0x04, 'Inode bitmap'),
      block(0x08, 'Inode table'),
      { at: 0x0c, name: 'Free blocks (low)', type: 'u16' },
      { at: 0x0e, name: 'Free inodes (low)', type: 'u16' },
      { at: 0x10, name: 'Folders (low)', type: 'u16' },
      { at: 0x12, name: 'Flags', type: 'u16', flags: GROUP_FLAGS },
      { at: 0x18, name: 'Checksum of the block bitmap (low)', type: 'u16', isHex: true },
      { at: 0x1a, name: 'Checksum of the inode bitmap (low)', type: 'u16', isHex: true },
      {
        at: 0x1c,
        name: 'Unused inodes (low)',
        type: 'u16',
        meaning: 'At the end of the table, never used',
      },
      { at: 0x1e, name: 'Checksum', type: 'u16', isHex: true },
      high(0x20, 'Block bitmap', 'u32'),
      high(0x24, 'Inode bitmap', 'u32'),
      high(0x28, 'Inode table', 'u32'),
      high(0x2c, 'Free blocks'),
      high(0x2e, 'Free inodes'),
      high(0x30, 'Folders'),
      high(0x32, 'Unused inodes'),
      high(0x38, 'Checksum of the block bitmap'),
      high(0x3a, 'Checksum of the inode bitmap'),
    ],
  };
}
