import { scriptLayout } from '../../engine';
import type { StructureDescription } from '../description';
import { MAGIC_HEX } from './dmRemap';
import { layoutFields } from './layoutFields';

/** The sector that dm-remap's shell scripts write to a spare: FORMAT.md, section 8. */
export const dmRemapScript: StructureDescription = {
  name: 'dm-remap scripts’ sector',
  byteCount: 512,
  order: 'little',
  where: [
    { at: 0, hex: MAGIC_HEX },
    { at: 4, type: 'u32', oneOf: [4] },
    { at: scriptLayout.offsetOf('metadata_checksum'), type: 'u32', oneOf: [0] },
    { at: scriptLayout.offsetOf('structure_size'), type: 'u32', oneOf: [2048] },
    { at: scriptLayout.offsetOf('entry_size'), type: 'u32', oneOf: [512] },
  ],
  fields: layoutFields(scriptLayout.fields, {
    magic: { type: 'text', byteCount: 4 },
    timestamp: { type: 'time64' },
    metadata_checksum: { meaning: 'The scripts leave it 0: a kernel takes the sector for a damaged copy' },
    structure_size: { unit: 'bytes' },
    main_device_sectors: { unit: 'sectors' },
    spare_device_sectors: { unit: 'sectors' },
    sector_size: { unit: 'bytes' },
    entry_size: { unit: 'bytes' },
    unused: null,
  }),
};
