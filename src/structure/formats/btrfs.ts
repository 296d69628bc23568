import type { StructureDescription } from '../description';

/** The superblock of btrfs, or one of its copies. */
export const btrfsSuperblock: StructureDescription = {
  name: 'btrfs superblock',
  byteCount: 4096,
  order: 'little',
  where: [{ at: 0x40, hex: '5f42485266535f4d' }],
  checksums: [
    { at: 0, kind: 'crc32c', from: 0x20, to: 4096, when: [{ at: 0xc4, type: 'u16', oneOf: [0] }] },
    { at: 0, kind: 'sha256', from: 0x20, to: 4096, when: [{ at: 0xc4, type: 'u16', oneOf: [2] }] },
  ],
  fields: [
    { at: 0x00, name: 'Checksum', type: 'bytes', byteCount: 32 },
    { at: 0x20, name: 'UUID', type: 'uuid', byteCount: 16 },
    { at: 0x30, name: 'Own byte offset', type: 'u64' },
    { at: 0x40, name: 'Magic', type: 'text', byteCount: 8 },
    { at: 0x48, name: 'Generation', type: 'u64' },
    { at: 0x50, name: 'Root tree', type: 'u64' },
    { at: 0x58, name: 'Chunk tree', type: 'u64' },
    { at: 0x60, name: 'Log tree', type: 'u64' },
    { at: 0x70, name: 'Bytes', type: 'u64' },
    { at: 0x78, name: 'Bytes used', type: 'u64' },
    { at: 0x88, name: 'Devices', type: 'u64' },
    { at: 0x90, name: 'Sector size', type: 'u32', unit: 'bytes' },
    { at: 0x94, name: 'Node size', type: 'u32', unit: 'bytes' },
    {
      at: 0xc4,
      name: 'Kind of checksum',
      type: 'u16',
      values: { 0: 'CRC-32C', 1: 'xxHash64', 2: 'SHA-256', 3: 'BLAKE2b' },
    },
    { at: 0xc9, name: 'Device number', type: 'u64' },
    { at: 0xd1, name: 'Bytes of this device', type: 'u64' },
    { at: 0xd9, name: 'Bytes used of this device', type: 'u64' },
    { at: 0x10b, name: 'Device UUID', type: 'uuid', byteCount: 16 },
    { at: 0x12b, name: 'Label', type: 'text', byteCount: 256 },
  ],
};
