import type { StructureDescription } from '../description';

/** The label of an LVM2 physical volume, with the header that usually follows it in the same sector. */
export const lvmLabel: StructureDescription = {
  name: 'LVM2 label',
  byteCount: 512,
  order: 'little',
  where: [
    { at: 0, hex: '4c4142454c4f4e45' },
    { at: 24, hex: '4c564d3220303031' },
  ],
  checksums: [{ at: 16, kind: 'crc32', seed: 0xf597a6cf, isPlain: true, from: 20, to: 512 }],
  fields: [
    { at: 0, name: 'Magic', type: 'text', byteCount: 8 },
    { at: 8, name: 'Own sector', type: 'u64' },
    { at: 16, name: 'Checksum', type: 'u32', isHex: true },
    { at: 20, name: 'Place of the header', type: 'u32' },
    { at: 24, name: 'Type', type: 'text', byteCount: 8 },
    {
      at: 32,
      name: 'Physical volume',
      byteCount: 88,
      when: [{ at: 20, type: 'u32', oneOf: [32] }],
      fields: [
        { at: 0, name: 'UUID', type: 'text', byteCount: 32 },
        { at: 32, name: 'Bytes of the device', type: 'u64' },
        { at: 40, name: 'Byte offset of the data', type: 'u64' },
        { at: 48, name: 'Bytes of the data (0: to the end)', type: 'u64' },
        { at: 72, name: 'Byte offset of the metadata', type: 'u64' },
        { at: 80, name: 'Bytes of the metadata', type: 'u64' },
      ],
    },
  ],
};
