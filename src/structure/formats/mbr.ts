import type { StructureDescription } from '../description';

const PARTITION_TYPES = {
  0: 'unused',
  1: 'FAT12',
  4: 'FAT16 below 32 MiB',
  5: 'extended',
  6: 'FAT16',
  7: 'NTFS or exFAT',
  11: 'FAT32',
  12: 'FAT32 (LBA)',
  14: 'FAT16 (LBA)',
  15: 'extended (LBA)',
  130: 'Linux swap',
  131: 'Linux',
  133: 'Linux extended',
  142: 'Linux LVM',
  238: 'GPT protective',
  239: 'EFI system',
  253: 'Linux RAID',
} as const;
const ENTRY = 446;
const ENTRY_BYTES = 16;
const ENTRIES = [0, 1, 2, 3].map((i) => ENTRY + i * ENTRY_BYTES);

/** The partition table of a PC, and the record of a logical partition. */
export const mbr: StructureDescription = {
  name: 'Master boot record',
  byteCount: 512,
  order: 'little',
  isVague: true,
  where: [
    { at: 510, hex: '55aa' },
    ...ENTRIES.map((at) => ({ at, type: 'u8', oneOf: [0, 0x80] }) as const),
    { any: ENTRIES.map((at) => ({ at: at + 4, type: 'u8', min: 1 }) as const) },
  ],
  fields: [
    { at: 0, name: 'Boot code', type: 'bytes', byteCount: 440 },
    { at: 440, name: 'Disk signature', type: 'u32', isHex: true },
    {
      at: ENTRY,
      name: 'Partition',
      byteCount: ENTRY_BYTES,
      count: 4,
      summary: ['Type', 'First sector'],
      fields: [
        { at: 0, name: 'Status', type: 'u8', values: { 0: 'inactive', 128: 'active' } },
        { at: 4, name: 'Type', type: 'u8', isHex: true, values: PARTITION_TYPES },
        { at: 8, name: 'First sector', type: 'u32', link: { times: 512, isFromStart: true } },
        { at: 12, name: 'Sectors', type: 'u32' },
      ],
    },
    { at: 510, name: 'Signature', type: 'u16', isHex: true },
  ],
};
