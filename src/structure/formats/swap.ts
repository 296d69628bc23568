import type { StructureDescription } from '../description';

/** The header of a Linux swap area with pages of 4 KiB. */
export const swapHeader: StructureDescription = {
  name: 'Linux swap header',
  byteCount: 4096,
  order: 'little',
  where: [{ at: 4086, hex: '53574150535041434532' }],
  fields: [
    { at: 1024, name: 'Version', type: 'u32' },
    { at: 1028, name: 'Last page', type: 'u32' },
    { at: 1032, name: 'Bad pages', type: 'u32' },
    { at: 1036, name: 'UUID', type: 'uuid', byteCount: 16 },
    { at: 1052, name: 'Label', type: 'text', byteCount: 16 },
    { at: 4086, name: 'Magic', type: 'text', byteCount: 10 },
  ],
};
