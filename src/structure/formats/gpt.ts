import type { ListDescription, StructureDescription } from '../description';
import { GPT_TYPES } from './gptTypes';

const ATTRIBUTES = {
  1: 'needed by the platform',
  2: 'ignored by EFI',
  4: 'legacy BIOS boots from it',
  '1152921504606846976': 'read-only',
  '2305843009213693952': 'shadow copy',
  '4611686018427387904': 'hidden',
  '9223372036854775808': 'no drive letter',
} as const;

/** @param sectorBytes the unit of the table's numbers */
function entries(sectorBytes: number): ListDescription {
  const link = { times: sectorBytes };
  const headers = sectorBytes / 512;
  return {
    title: 'GPT entries',
    first: 1,
    headerSectors: [headers, -headers],
    reach: 4096,
    start: { at: 0x48, type: 'u64', times: sectorBytes },
    isFromDisk: true,
    count: { at: 0x50, type: 'u32' },
    size: { at: 0x54, type: 'u32' },
    record: {
      name: 'Partition',
      byteCount: 128,
      order: 'little',
      summary: ['Name', 'First sector'],
      unused: [{ at: 0, hex: '00'.repeat(16) }],
      fields: [
        { at: 0x00, name: 'Type', type: 'guid', byteCount: 16, values: GPT_TYPES },
        { at: 0x10, name: 'Partition GUID', type: 'guid', byteCount: 16 },
        { at: 0x20, name: 'First sector', type: 'u64', link },
        { at: 0x28, name: 'Last sector', type: 'u64', link, meaning: 'The last one that belongs to it' },
        { at: 0x30, name: 'Attributes', type: 'u64', isHex: true, flags: ATTRIBUTES },
        { at: 0x38, name: 'Name', type: 'utf16', byteCount: 72 },
      ],
    },
  };
}

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
  lists: [entries(512), entries(4096)],
};
