import { tableRecord, tableSectorHeader } from '../../engine';
import type { StructureDescription } from '../description';
import { POOL_MEMBER_MEANING, REMAP_REASON_MEANING } from './dmRemap';
import { layoutFields } from './layoutFields';

const RECORDS = 16;

/** A sector of the large table of remap entries: FORMAT.md, section 6. */
export const dmRemapTable: StructureDescription = {
  name: 'Large table of remap entries',
  byteCount: 512,
  order: 'little',
  where: [
    { at: 0, hex: '524d5054' },
    { at: tableSectorHeader.offsetOf('record_count'), type: 'u32', max: RECORDS },
  ],
  checksums: [{ at: 4, kind: 'crc32', seed: 0, isPlain: true, from: 8, to: 512 }],
  fields: [
    ...layoutFields(tableSectorHeader.fields, {
      magic: { type: 'text', byteCount: 4 },
      checksum: { isHex: true },
      generation: { meaning: 'Which large table the sector is part of' },
      index: { meaning: 'The place of the sector in the table' },
      record_count: { meaning: 'How many of its records are in use' },
      sequence_number: { meaning: 'Of the commit that wrote the sector' },
    }),
    {
      at: tableSectorHeader.byteLength,
      name: 'Record',
      byteCount: tableRecord.byteLength,
      count: RECORDS,
      summary: ['Original sector', 'Spare sector'],
      fields: layoutFields(tableRecord.fields, {
        slot: { meaning: 'The place of the entry in the list of all' },
        original_sector: { link: { times: 512, of: 'device' } },
        spare_sector: {
          link: {
            times: 512,
            of: 'spare',
            member: { at: tableRecord.offsetOf('pool_member'), type: 'u8' },
          },
        },
        remap_timestamp: { type: 'timeNs' },
        remap_reason: { meaning: REMAP_REASON_MEANING },
        pool_member: { meaning: POOL_MEMBER_MEANING },
        flags: { flags: { 1: 'pending', 2: 'active' } },
      }),
    },
  ],
};
