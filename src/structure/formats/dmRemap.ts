import {
  CHECKSUM_OFFSET,
  COPY_COUNT,
  COPY_STRIDE_SECTORS,
  EXPANSION_OFFSET,
  entryOffset,
  extrasLayout,
  MAX_ENTRIES,
  STRUCTURE_BYTES,
  STRUCTURE_SECTORS,
  v4Entry,
  v4Expansion,
  v4Header,
} from '../../engine';
import type { ListDescription, RecordDescription, StructureDescription } from '../description';
import { layoutFields } from './layoutFields';

const ON_DEVICE = { times: 512, of: 'device' } as const;
const ON_SPARE = { times: 512, of: 'spare' } as const;
const AT_COPIES = {
  headerSectors: Array.from({ length: COPY_COUNT }, (_, copy) => copy * COPY_STRIDE_SECTORS),
  reach: STRUCTURE_SECTORS,
};
export const REMAP_REASON_MEANING = 'Why the sector was remapped, as a number of the program that did it';
export const POOL_MEMBER_MEANING = 'Which spare of a pool holds the data, from 0; the kernel writes 0';
export const MAGIC_HEX = '34524d44';

const entry: RecordDescription = {
  name: 'Remap entry',
  byteCount: v4Entry.byteLength,
  order: 'little',
  summary: ['Original sector', 'Spare sector'],
  unused: [{ at: 0, hex: '00'.repeat(16) }],
  fields: layoutFields(v4Entry.fields, {
    original_sector: { link: ON_DEVICE, meaning: 'The sector of main that is remapped' },
    spare_sector: {
      link: { ...ON_SPARE, member: { at: v4Entry.offsetOf('pool_member'), type: 'u8' } },
      meaning: 'Where its data are now',
    },
    remap_timestamp: { type: 'timeNs' },
    remap_reason: { meaning: REMAP_REASON_MEANING },
    flags: { flags: { 1: 'pending', 2: 'active' } },
    pool_member: { meaning: POOL_MEMBER_MEANING },
  }),
};

const entries: ListDescription = {
  ...AT_COPIES,
  title: 'dm-remap entries',
  first: 0,
  record: entry,
  start: entryOffset(0),
  size: v4Entry.byteLength,
  count: MAX_ENTRIES,
};

const EXTRAS = v4Expansion.offsetOf('expansion_data');

/** `expansion_data` is free for programs; its fields are ours, and mean nothing where the magic isn't. */
const expansion: ListDescription = {
  ...AT_COPIES,
  title: 'dm-remap expansion',
  first: 0,
  start: EXPANSION_OFFSET,
  size: v4Expansion.byteLength,
  count: 1,
  record: {
    name: 'Expansion',
    byteCount: v4Expansion.byteLength,
    order: 'little',
    summary: ['Magic'],
    unused: [{ at: EXTRAS, hex: '00'.repeat(12) }],
    fields: [
      ...layoutFields(v4Expansion.fields, { expansion_data: null }),
      ...layoutFields(
        extrasLayout.fields,
        {
          magic: { type: 'text', byteCount: 4, meaning: '“RMPX”: Remap Inspector wrote what follows' },
          checksum: { isHex: true },
          table_generation: { meaning: 'Which large table belongs to the copy; 0: there is none' },
        },
        EXTRAS,
      ),
    ],
  },
};

/** The header of a metadata copy of dm-remap v4, with what follows it: FORMAT.md, section 2. */
export const dmRemapCopy: StructureDescription = {
  name: 'dm-remap v4 metadata copy',
  byteCount: v4Header.byteLength,
  order: 'little',
  // The first sector that dm-remap's scripts write has the same beginning.
  isVague: true,
  where: [
    { at: 0, hex: MAGIC_HEX },
    { at: 4, type: 'u32', oneOf: [4] },
  ],
  checksums: [
    {
      at: CHECKSUM_OFFSET,
      kind: 'crc32',
      seed: 0,
      isPlain: true,
      from: 0,
      to: STRUCTURE_BYTES,
      skipped: [0, 1, 2, 3].map((byte) => CHECKSUM_OFFSET + byte),
    },
  ],
  fields: layoutFields(v4Header.fields, {
    magic: { type: 'text', byteCount: 4 },
    timestamp: { type: 'time64', meaning: 'When the copy was written' },
    sequence_number: { meaning: 'Of the five copies the valid one with the highest number counts' },
    metadata_checksum: { isHex: true, meaning: 'Of the whole copy but this field' },
    main_device_sectors: { unit: 'sectors' },
    spare_device_sectors: { unit: 'sectors' },
    sector_size: { unit: 'bytes' },
    structure_size: { unit: 'bytes' },
    'health.last_full_scan': { type: 'time64' },
    'health.next_scheduled_scan': { type: 'time64' },
    active_remaps: { meaning: 'How many entries are in use' },
    next_spare_sector: { link: ON_SPARE, meaning: 'The first sector that was never handed out' },
  }),
  lists: [entries, expansion],
};
