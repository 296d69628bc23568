import type { StructureDescription } from '../description';

const LEVELS = {
  '-4': 'multipath',
  '-1': 'linear',
  0: 'RAID 0',
  1: 'RAID 1',
  4: 'RAID 4',
  5: 'RAID 5',
  6: 'RAID 6',
  10: 'RAID 10',
};
const MAGIC = 'fc4e2ba9';

/** The superblock of a member of an md array, version 1.0, 1.1 or 1.2. */
export const mdSuperblock: StructureDescription = {
  name: 'md superblock 1.x',
  byteCount: 256,
  order: 'little',
  where: [
    { at: 0, hex: MAGIC },
    { at: 4, type: 'u32', oneOf: [1] },
  ],
  checksums: [
    {
      at: 216,
      kind: 'sum32',
      from: 0,
      to: { at: 220, type: 'u32', times: 2, plus: 256 },
      zeroed: [[216, 4]],
    },
  ],
  fields: [
    { at: 0, name: 'Magic', type: 'u32', isHex: true },
    { at: 4, name: 'Major version', type: 'u32' },
    {
      at: 8,
      name: 'Features',
      type: 'u32',
      isHex: true,
      flags: { 1: 'bitmap', 2: 'recovery offset', 4: 'reshape', 8: 'bad blocks', 16: 'replacement' },
    },
    { at: 16, name: 'Array UUID', type: 'uuid', byteCount: 16 },
    { at: 32, name: 'Array name', type: 'text', byteCount: 32 },
    { at: 64, name: 'Made', type: 'time40' },
    { at: 72, name: 'Level', type: 'i32', values: LEVELS },
    { at: 76, name: 'Layout', type: 'u32' },
    { at: 80, name: 'Sectors used of each device', type: 'u64' },
    { at: 88, name: 'Chunk size', type: 'u32', unit: 'sectors' },
    { at: 92, name: 'Devices in the array', type: 'u32' },
    { at: 96, name: 'Place of the bitmap', type: 'i32', unit: 'sectors' },
    { at: 128, name: 'First sector of the data', type: 'u64' },
    { at: 136, name: 'Sectors of the data', type: 'u64' },
    { at: 144, name: 'Own sector', type: 'u64' },
    { at: 152, name: 'Recovered up to sector', type: 'u64' },
    { at: 160, name: 'Device number', type: 'u32' },
    { at: 168, name: 'Device UUID', type: 'uuid', byteCount: 16 },
    { at: 192, name: 'Updated', type: 'time40' },
    { at: 200, name: 'Events', type: 'u64' },
    { at: 208, name: 'Resynchronised up to sector', type: 'u64' },
    { at: 216, name: 'Checksum', type: 'u32', isHex: true },
    { at: 220, name: 'Device roles', type: 'u32' },
  ],
};

/** The superblock of a member of an md array, version 0.90. */
export const mdSuperblock090: StructureDescription = {
  name: 'md superblock 0.90',
  byteCount: 4096,
  order: 'little',
  where: [
    { at: 0, hex: MAGIC },
    { at: 4, type: 'u32', oneOf: [0] },
    { at: 8, type: 'u32', min: 90, max: 91 },
  ],
  checksums: [{ at: 152, kind: 'sum32', from: 0, to: 4096, zeroed: [[152, 4]] }],
  fields: [
    { at: 0, name: 'Magic', type: 'u32', isHex: true },
    { at: 8, name: 'Minor version', type: 'u32' },
    { at: 20, name: 'Array UUID, first word', type: 'u32', isHex: true },
    { at: 52, name: 'Array UUID, the rest', type: 'bytes', byteCount: 12 },
    { at: 24, name: 'Made', type: 'time32' },
    { at: 28, name: 'Level', type: 'i32', values: LEVELS },
    { at: 32, name: 'Used of each device', type: 'u32', unit: 'KiB' },
    { at: 36, name: 'Devices', type: 'u32' },
    { at: 40, name: 'Devices in the array', type: 'u32' },
    { at: 44, name: 'Minor number', type: 'u32' },
    { at: 128, name: 'Updated', type: 'time32' },
    { at: 132, name: 'State', type: 'u32', flags: { 1: 'clean', 2: 'errors' } },
    { at: 136, name: 'Active devices', type: 'u32' },
    { at: 144, name: 'Failed devices', type: 'u32' },
    { at: 148, name: 'Spare devices', type: 'u32' },
    { at: 152, name: 'Checksum', type: 'u32', isHex: true },
    { at: 156, name: 'Events', type: 'u64' },
    { at: 256, name: 'Layout', type: 'u32' },
    { at: 260, name: 'Chunk size', type: 'u32', unit: 'bytes' },
  ],
};
