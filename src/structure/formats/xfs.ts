import type { StructureDescription } from '../description';

/** The superblock of XFS, one in each allocation group. */
export const xfsSuperblock: StructureDescription = {
  name: 'XFS superblock',
  byteCount: 512,
  order: 'big',
  where: [
    { at: 0, hex: '58465342' },
    { at: 4, type: 'u32', isPower: true, min: 512, max: 65536 },
  ],
  checksums: [
    {
      at: 224,
      order: 'little',
      kind: 'crc32c',
      from: 0,
      to: { at: 102, type: 'u16' },
      zeroed: [[224, 4]],
      // The version is in the lower four bits: 5 has a checksum, and 4 does not.
      when: [
        { at: 101, type: 'u8', bits: 0x04 },
        { at: 101, type: 'u8', bits: 0x01 },
      ],
    },
  ],
  fields: [
    { at: 0, name: 'Magic', type: 'text', byteCount: 4 },
    { at: 4, name: 'Block size', type: 'u32', unit: 'bytes' },
    { at: 8, name: 'Data blocks', type: 'u64' },
    { at: 16, name: 'Realtime blocks', type: 'u64' },
    { at: 32, name: 'UUID', type: 'uuid', byteCount: 16 },
    { at: 48, name: 'First block of the log', type: 'u64' },
    { at: 56, name: 'Root inode', type: 'u64' },
    { at: 84, name: 'Blocks in an allocation group', type: 'u32' },
    { at: 88, name: 'Allocation groups', type: 'u32' },
    { at: 96, name: 'Log blocks', type: 'u32' },
    { at: 100, name: 'Version and features', type: 'u16', isHex: true },
    { at: 102, name: 'Sector size', type: 'u16', unit: 'bytes' },
    { at: 104, name: 'Inode size', type: 'u16', unit: 'bytes' },
    { at: 106, name: 'Inodes in a block', type: 'u16' },
    { at: 108, name: 'Label', type: 'text', byteCount: 12 },
    { at: 126, name: 'Being made', type: 'u8', values: { 0: 'no', 1: 'yes' } },
    { at: 128, name: 'Inodes', type: 'u64' },
    { at: 136, name: 'Free inodes', type: 'u64' },
    { at: 144, name: 'Free blocks', type: 'u64' },
    { at: 224, name: 'Checksum', type: 'u32', order: 'little', isHex: true },
  ],
};
