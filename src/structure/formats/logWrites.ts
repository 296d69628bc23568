import type { StructureDescription } from '../description';

const FLAGS = { 1: 'flush', 2: 'FUA', 4: 'discard', 8: 'mark', 16: 'metadata' } as const;

/** The superblock of a log of dm-log-writes, and its entries, each followed by what was written. */
export const logWritesSuperblock: StructureDescription = {
  name: 'dm-log-writes superblock',
  byteCount: 512,
  order: 'little',
  where: [
    { at: 0, hex: '7268737766736a00' },
    { at: 8, type: 'u64', oneOf: [1] },
    { at: 24, type: 'u32', oneOf: [512, 1024, 2048, 4096] },
  ],
  fields: [
    { at: 0, name: 'Magic', type: 'u64', isHex: true },
    { at: 8, name: 'Version', type: 'u64' },
    { at: 16, name: 'Entries', type: 'u64' },
    { at: 24, name: 'Sector size', type: 'u32', unit: 'bytes' },
  ],
  lists: [
    {
      title: 'dm-log-writes entry',
      first: 0,
      headerSectors: [0],
      start: { at: 24, type: 'u32' },
      size: { at: 24, type: 'u32' },
      count: { at: 16, type: 'u64' },
      // A discard has a length, and nothing was written.
      chain: { followedBy: { at: 8, type: 'u64' }, unless: [{ at: 16, type: 'u64', bits: 4 }] },
      record: {
        name: 'Entry',
        byteCount: 32,
        order: 'little',
        summary: ['Sector', 'Sectors'],
        fields: [
          {
            at: 0,
            name: 'Sector',
            type: 'u64',
            meaning: 'Where it was written, in sectors of the log’s size',
          },
          { at: 8, name: 'Sectors', type: 'u64', meaning: 'How many were written; they follow the entry' },
          { at: 16, name: 'Flags', type: 'u64', flags: FLAGS },
          { at: 24, name: 'Bytes of the mark', type: 'u64', meaning: 'Its text follows in the same sector' },
        ],
      },
    },
  ],
};
