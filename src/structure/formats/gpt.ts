import type { StructureDescription } from '../description';

/** The header of a GUID partition table, or its backup. */
export const gptHeader: StructureDescription = {
  name: 'GPT header',
  byteCount: 512,
  order: 'little',
  where: [{ at: 0, hex: '4546492050415254' }],
  checksums: [{ at: 0x10, kind: 'crc32', from: 0, to: { at: 0x0c, type: 'u32' }, zeroed: [[0x10, 4]] }],
  fields: [
    { at: 0x00, name: 'Signature', type: 'text', byteCount: 8 },
    { at: 0x08, name: 'Revision', type: 'u32', isHex: true },
    { at: 0x0c, name: 'Header size', type: 'u32', unit: 'bytes' },
    { at: 0x10, name: 'Checksum of the header', type: 'u32', isHex: true },
    { at: 0x18, name: 'Own sector', type: 'u64' },
    { at: 0x20, name: 'Sector of the other header', type: 'u64' },
    { at: 0x28, name: 'First usable sector', type: 'u64' },
    { at: 0x30, name: 'Last usable sector', type: 'u64' },
    { at: 0x38, name: 'Disk GUID', type: 'guid', byteCount: 16 },
    { at: 0x48, name: 'Sector of the entries', type: 'u64' },
    { at: 0x50, name: 'Entries', type: 'u32' },
    { at: 0x54, name: 'Entry size', type: 'u32', unit: 'bytes' },
    { at: 0x58, name: 'Checksum of the entries', type: 'u32', isHex: true },
  ],
};
