import type { StructureDescription } from '../description';

/** The header of a disk that is encrypted with LUKS1. */
export const luks1Header: StructureDescription = {
  name: 'LUKS1 header',
  byteCount: 592,
  order: 'big',
  where: [{ at: 0, hex: '4c554b53babe0001' }],
  fields: [
    { at: 0, name: 'Magic', type: 'bytes', byteCount: 6 },
    { at: 6, name: 'Version', type: 'u16' },
    { at: 8, name: 'Cipher', type: 'text', byteCount: 32 },
    { at: 40, name: 'Cipher mode', type: 'text', byteCount: 32 },
    { at: 72, name: 'Hash', type: 'text', byteCount: 32 },
    {
      at: 104,
      name: 'First sector of the data',
      type: 'u32',
      link: { times: 512, from: 'structure' },
    },
    { at: 108, name: 'Key size', type: 'u32', unit: 'bytes' },
    { at: 112, name: 'Key digest', type: 'bytes', byteCount: 20 },
    { at: 132, name: 'Salt of the digest', type: 'bytes', byteCount: 32 },
    { at: 164, name: 'Iterations of the digest', type: 'u32' },
    { at: 168, name: 'UUID', type: 'text', byteCount: 40 },
    {
      at: 208,
      name: 'Key slot',
      byteCount: 48,
      count: 8,
      fields: [
        {
          at: 0,
          name: 'State',
          type: 'u32',
          isHex: true,
          values: { 57005: 'not in use', 11301363: 'in use' },
        },
        { at: 4, name: 'Iterations', type: 'u32' },
        { at: 8, name: 'Salt', type: 'bytes', byteCount: 32 },
        { at: 40, name: 'First sector of the key', type: 'u32' },
        { at: 44, name: 'Stripes', type: 'u32' },
      ],
    },
  ],
};

/** The binary header of LUKS2, or its second copy. The checksum is about the area in JSON after it too. */
export const luks2Header: StructureDescription = {
  name: 'LUKS2 header',
  byteCount: 512,
  order: 'big',
  where: [
    {
      any: [
        { at: 0, hex: '4c554b53babe0002' },
        { at: 0, hex: '534b554cbabe0002' },
      ],
    },
  ],
  checksums: [
    {
      at: 448,
      kind: 'sha256',
      from: 0,
      to: { at: 8, type: 'u64' },
      zeroed: [[448, 64]],
      when: [{ at: 72, hex: '73686132353600' }],
    },
  ],
  fields: [
    { at: 0, name: 'Magic', type: 'bytes', byteCount: 6 },
    { at: 6, name: 'Version', type: 'u16' },
    { at: 8, name: 'Header size', type: 'u64', unit: 'bytes' },
    { at: 16, name: 'Sequence number', type: 'u64' },
    { at: 24, name: 'Label', type: 'text', byteCount: 48 },
    { at: 72, name: 'Kind of checksum', type: 'text', byteCount: 32 },
    { at: 104, name: 'Salt', type: 'bytes', byteCount: 64 },
    { at: 168, name: 'UUID', type: 'text', byteCount: 40 },
    { at: 208, name: 'Subsystem', type: 'text', byteCount: 48 },
    { at: 256, name: 'Own byte offset', type: 'u64' },
    { at: 448, name: 'Checksum', type: 'bytes', byteCount: 64 },
  ],
};
