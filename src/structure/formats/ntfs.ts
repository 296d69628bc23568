import type { StructureDescription } from '../description';

/** The boot sector of NTFS. */
export const ntfsBoot: StructureDescription = {
  name: 'NTFS boot sector',
  byteCount: 512,
  order: 'little',
  where: [
    { at: 3, hex: '4e54465320202020' },
    { at: 510, hex: '55aa' },
  ],
  fields: [
    { at: 0x03, name: 'Name', type: 'text', byteCount: 8 },
    { at: 0x0b, name: 'Sector size', type: 'u16', unit: 'bytes' },
    { at: 0x0d, name: 'Sectors in a cluster', type: 'u8' },
    { at: 0x15, name: 'Medium', type: 'u8', isHex: true },
    { at: 0x1c, name: 'Sectors before', type: 'u32' },
    { at: 0x28, name: 'Sectors', type: 'u64' },
    { at: 0x30, name: 'First cluster of $MFT', type: 'u64' },
    { at: 0x38, name: 'First cluster of $MFTMirr', type: 'u64' },
    { at: 0x40, name: 'Record size (clusters, or −log2 of bytes)', type: 'i8' },
    { at: 0x44, name: 'Index block size (clusters, or −log2 of bytes)', type: 'i8' },
    { at: 0x48, name: 'Serial number', type: 'u64', isHex: true },
    { at: 510, name: 'Signature', type: 'u16', isHex: true },
  ],
};
