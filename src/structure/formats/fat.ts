import type { StructureDescription } from '../description';

const IS_FAT32 = [{ at: 0x16, type: 'u16', oneOf: [0] }] as const;
const IS_SMALLER = [{ at: 0x16, type: 'u16', min: 1 }] as const;

/** The boot sector of FAT12, FAT16 and FAT32. */
export const fatBoot: StructureDescription = {
  name: 'FAT boot sector',
  byteCount: 512,
  order: 'little',
  isVague: true,
  where: [
    { at: 510, hex: '55aa' },
    { at: 0x00, type: 'u8', oneOf: [0xeb, 0xe9] },
    { at: 0x0b, type: 'u16', oneOf: [512, 1024, 2048, 4096] },
    { at: 0x0d, type: 'u8', isPower: true },
    { at: 0x0e, type: 'u16', min: 1 },
    { at: 0x10, type: 'u8', min: 1, max: 2 },
    { at: 0x15, type: 'u8', oneOf: [0xf0, 0xf8, 0xf9, 0xfa, 0xfb, 0xfc, 0xfd, 0xfe, 0xff] },
  ],
  fields: [
    { at: 0x00, name: 'Jump', type: 'bytes', byteCount: 3 },
    { at: 0x03, name: 'Made by', type: 'text', byteCount: 8 },
    { at: 0x0b, name: 'Sector size', type: 'u16', unit: 'bytes' },
    { at: 0x0d, name: 'Sectors in a cluster', type: 'u8' },
    { at: 0x0e, name: 'Reserved sectors', type: 'u16' },
    { at: 0x10, name: 'FATs', type: 'u8' },
    { at: 0x11, name: 'Root entries', type: 'u16' },
    { at: 0x13, name: 'Sectors (16 bit)', type: 'u16' },
    { at: 0x15, name: 'Medium', type: 'u8', isHex: true },
    { at: 0x16, name: 'Sectors in a FAT (16 bit)', type: 'u16' },
    { at: 0x1c, name: 'Sectors before', type: 'u32' },
    { at: 0x20, name: 'Sectors (32 bit)', type: 'u32' },
    {
      at: 0x24,
      name: 'FAT32',
      byteCount: 0x36,
      when: IS_FAT32,
      fields: [
        { at: 0x00, name: 'Sectors in a FAT', type: 'u32' },
        { at: 0x08, name: 'Root cluster', type: 'u32' },
        { at: 0x0c, name: 'Information sector', type: 'u16' },
        { at: 0x0e, name: 'Backup boot sector', type: 'u16' },
        { at: 0x1f, name: 'Serial number', type: 'u32', isHex: true },
        { at: 0x23, name: 'Label', type: 'text', byteCount: 11 },
        { at: 0x2e, name: 'Type', type: 'text', byteCount: 8 },
      ],
    },
    {
      at: 0x24,
      name: 'FAT12 or FAT16',
      byteCount: 0x1a,
      when: IS_SMALLER,
      fields: [
        { at: 0x03, name: 'Serial number', type: 'u32', isHex: true },
        { at: 0x07, name: 'Label', type: 'text', byteCount: 11 },
        { at: 0x12, name: 'Type', type: 'text', byteCount: 8 },
      ],
    },
    { at: 510, name: 'Signature', type: 'u16', isHex: true },
  ],
};
