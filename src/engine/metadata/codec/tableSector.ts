import { SECTOR_SIZE } from '../../block/blockDevice';
import { crc32le } from '../crc';
import type { RemapEntry } from '../entry';
import { bytes, layout, u8, u16, u32, u48, u64, viewOf } from './fieldLayout';

/**
 * A sector of the large table: a header that proves what it is, then sixteen records. A record says which entry a slot
 * has; a later record for the same slot replaces it (FORMAT.md, section 6).
 */

const TABLE_MAGIC = 0x54504d52;
export const RECORDS_PER_SECTOR = 16;

export const tableSectorHeader = layout({
  magic: u32,
  checksum: u32,
  generation: u32,
  index: u32,
  record_count: u32,
  reserved: bytes(4),
  /** Of the commit that wrote the sector; for people, nothing depends on it. */
  sequence_number: u64,
});

export const tableRecord = layout({
  slot: u32,
  original_sector: u48,
  spare_sector: u48,
  remap_timestamp: u64,
  error_count: u16,
  remap_reason: u16,
  flags: u8,
  pool_member: u8,
});

const HEADER_BYTES = tableSectorHeader.byteLength;
const RECORD_BYTES = tableRecord.byteLength;
const CHECKSUM_END = tableSectorHeader.offsetOf('checksum') + u32.byteLength;
const MAX_ERROR_COUNT = 0xffff;
const MAX_SECTOR = 2 ** 48 - 1;

/** Where fields are: a million records are read at a time, and looking offsets up by name would be most of the work. */
const AT = {
  magic: tableSectorHeader.offsetOf('magic'),
  checksum: tableSectorHeader.offsetOf('checksum'),
  generation: tableSectorHeader.offsetOf('generation'),
  index: tableSectorHeader.offsetOf('index'),
  recordCount: tableSectorHeader.offsetOf('record_count'),
  slot: tableRecord.offsetOf('slot'),
  original: tableRecord.offsetOf('original_sector'),
  spare: tableRecord.offsetOf('spare_sector'),
  time: tableRecord.offsetOf('remap_timestamp'),
  errorCount: tableRecord.offsetOf('error_count'),
  reason: tableRecord.offsetOf('remap_reason'),
  flags: tableRecord.offsetOf('flags'),
  member: tableRecord.offsetOf('pool_member'),
};

/** What identifies a table sector besides its records. */
export interface TableSectorIdentity {
  readonly generation: number;
  readonly index: number;
}

/** Makes `sector` an empty sector of the table; its old content is dropped. */
export function startTableSector(sector: Uint8Array, identity: TableSectorIdentity): void {
  sector.fill(0);
  tableSectorHeader.encode({ magic: TABLE_MAGIC, ...identity }, sector);
}

/**
 * A sector number as a record holds it, in 48 bits. Higher ones are beyond any disk and stand only in entries that lead
 * nowhere, as the kernel's `test_remap` makes them; they become 2^48 - 1.
 */
export function recordedSector(sector: number): number {
  return Math.min(sector, MAX_SECTOR);
}

/** Writes a record as number `recordIndex` of a sector. */
export function putRecord(sector: DataView, recordIndex: number, slot: number, entry: RemapEntry): void {
  const at = HEADER_BYTES + recordIndex * RECORD_BYTES;
  sector.setUint32(at + AT.slot, slot, true);
  u48.put(sector, at + AT.original, recordedSector(entry.original));
  u48.put(sector, at + AT.spare, recordedSector(entry.spare));
  sector.setBigUint64(at + AT.time, entry.timeNs, true);
  sector.setUint16(at + AT.errorCount, Math.min(entry.errorCount, MAX_ERROR_COUNT), true);
  sector.setUint16(at + AT.reason, entry.reason, true);
  sector.setUint8(at + AT.flags, entry.flags);
  sector.setUint8(at + AT.member, entry.member ?? 0);
}

/** Makes a sector valid; its first `recordCount` records must be in place. */
export function sealTableSector(sector: Uint8Array, recordCount: number, sequence: bigint): void {
  tableSectorHeader.put(sector, 'record_count', recordCount);
  tableSectorHeader.put(sector, 'sequence_number', sequence);
  tableSectorHeader.put(sector, 'checksum', crc32le(sector.subarray(CHECKSUM_END, SECTOR_SIZE)));
}

/** True for an intact sector of this table at this place that holds at least `recordCount` records. */
export function isTableSector(
  sector: Uint8Array,
  identity: TableSectorIdentity,
  recordCount: number,
): boolean {
  const view = viewOf(sector);
  const recorded = view.getUint32(AT.recordCount, true);
  return (
    view.getUint32(AT.magic, true) === TABLE_MAGIC &&
    view.getUint32(AT.generation, true) === identity.generation &&
    view.getUint32(AT.index, true) === identity.index &&
    recorded >= recordCount &&
    recorded <= RECORDS_PER_SECTOR &&
    view.getUint32(AT.checksum, true) === crc32le(sector.subarray(CHECKSUM_END, SECTOR_SIZE))
  );
}

/** Decodes the first `recordCount` records of a sector. */
export function readRecords(
  sector: Uint8Array,
  recordCount: number,
  visit: (slot: number, entry: Required<RemapEntry>) => void,
): void {
  const view = viewOf(sector);
  const end = HEADER_BYTES + recordCount * RECORD_BYTES;
  for (let at = HEADER_BYTES; at < end; at += RECORD_BYTES) {
    visit(view.getUint32(at + AT.slot, true), {
      original: u48.get(view, at + AT.original),
      spare: u48.get(view, at + AT.spare),
      member: view.getUint8(at + AT.member),
      timeNs: view.getBigUint64(at + AT.time, true),
      errorCount: view.getUint16(at + AT.errorCount, true),
      accessCount: 0,
      reason: view.getUint16(at + AT.reason, true),
      flags: view.getUint8(at + AT.flags),
    });
  }
}
