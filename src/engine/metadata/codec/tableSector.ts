import { crc32le } from '../crc';
import type { RemapEntry } from '../entry';
import { bytes, layout, u8, u16, u32, u48, u64, viewOf } from './layout';

/**
 * A sector of the large table: a header that proves what it is, then sixteen records. A record says "at this position of
 * the list stands this entry"; a later record for the same position replaces it.
 */

const TABLE_MAGIC = 0x54504d52;
export const RECORDS_PER_SECTOR = 16;
const SECTOR_BYTES = 512;

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
  position: u32,
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

/** What identifies a table sector besides its records. */
export interface TableSectorIdentity {
  readonly generation: number;
  readonly index: number;
}

/** Starts an empty sector in `sector`, whose old content is dropped. */
export function startTableSector(sector: Uint8Array, identity: TableSectorIdentity): void {
  sector.fill(0);
  tableSectorHeader.encode({ magic: TABLE_MAGIC, ...identity }, sector);
}

export function putRecord(sector: Uint8Array, slot: number, position: number, entry: RemapEntry): void {
  tableRecord.encode(
    {
      position,
      original_sector: entry.original,
      spare_sector: entry.spare,
      remap_timestamp: entry.timeNs,
      error_count: Math.min(entry.errorCount, MAX_ERROR_COUNT),
      remap_reason: entry.reason,
      flags: entry.flags,
      pool_member: entry.member ?? 0,
    },
    sector,
    HEADER_BYTES + slot * RECORD_BYTES,
  );
}

/** Makes a sector whose first `recordCount` records are in place valid. */
export function sealTableSector(sector: Uint8Array, recordCount: number, sequence: bigint): void {
  tableSectorHeader.put(sector, 'record_count', recordCount);
  tableSectorHeader.put(sector, 'sequence_number', sequence);
  tableSectorHeader.put(sector, 'checksum', crc32le(sector.subarray(CHECKSUM_END, SECTOR_BYTES)));
}

/** True for an intact sector of this table at this place that holds at least `recordCount` records. */
export function isTableSector(
  sector: Uint8Array,
  identity: TableSectorIdentity,
  recordCount: number,
): boolean {
  const header = tableSectorHeader.decode(sector);
  return (
    header.magic === TABLE_MAGIC &&
    header.generation === identity.generation &&
    header.index === identity.index &&
    header.record_count >= recordCount &&
    header.record_count <= RECORDS_PER_SECTOR &&
    header.checksum === crc32le(sector.subarray(CHECKSUM_END, SECTOR_BYTES))
  );
}

/** Decodes the first `recordCount` records of a sector. */
export function readRecords(
  sector: Uint8Array,
  recordCount: number,
  visit: (position: number, entry: RemapEntry) => void,
): void {
  const view = viewOf(sector);
  for (let slot = 0; slot < recordCount; slot++) {
    const at = HEADER_BYTES + slot * RECORD_BYTES;
    visit(view.getUint32(at + AT.position, true), {
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

/** A million records are decoded at a time: looking the offsets up by name would be most of the work. */
const AT = {
  position: tableRecord.offsetOf('position'),
  original: tableRecord.offsetOf('original_sector'),
  spare: tableRecord.offsetOf('spare_sector'),
  time: tableRecord.offsetOf('remap_timestamp'),
  errorCount: tableRecord.offsetOf('error_count'),
  reason: tableRecord.offsetOf('remap_reason'),
  flags: tableRecord.offsetOf('flags'),
  member: tableRecord.offsetOf('pool_member'),
};
