import type { StructureDescription } from '../description';

/** The boot sector of exFAT. Its checksum is in the twelfth sector, and about the eleven before. */
export const exfatBoot: StructureDescription = {
  name: 'exFAT boot sector',
  byteCount: 512,
  order: 'little',
  where: [
    { at: 3, hex: '4558464154202020' },
    { at: 510, hex: '55aa' },
  ],
  checksums: [
    {
      at: 11 * 512,
      kind: 'exfat',
      from: 0,
      to: 11 * 512,
      skipped: [106, 107, 112],
      when: [{ at: 108, type: 'u8', oneOf: [9] }],
    },
  ],
  fields: [
    { at: 3, name: 'Name', type: 'text', byteCount: 8 },
    { at: 64, name: 'Sectors before', type: 'u64' },
    { at: 72, name: 'Sectors', type: 'u64' },
    { at: 80, name: 'First sector of the FAT', type: 'u32' },
    { at: 84, name: 'Sectors in a FAT', type: 'u32' },
    { at: 88, name: 'First sector of clusters', type: 'u32' },
    { at: 92, name: 'Clusters', type: 'u32' },
    { at: 96, name: 'Root cluster', type: 'u32' },
    { at: 100, name: 'Serial number', type: 'u32', isHex: true },
    { at: 104, name: 'Revision', type: 'u16', isHex: true },
    {
      at: 106,
      name: 'Flags',
      type: 'u16',
      isHex: true,
      flags: { 1: 'second FAT in use', 2: 'dirty', 4: 'medium failed' },
    },
    { at: 108, name: 'Sector size', type: 'u8', shifted: 1 },
    { at: 109, name: 'Sectors in a cluster', type: 'u8', shifted: 1 },
    { at: 110, name: 'FATs', type: 'u8' },
    { at: 112, name: 'In use', type: 'u8', unit: '%' },
    { at: 510, name: 'Signature', type: 'u16', isHex: true },
  ],
};
