import { SECTOR_SIZE } from '../../block/blockDevice';
import { crc32le } from '../crc';
import type { RemapEntry } from '../entry';
import { bytes, layout, text, u8, u16, u32, u64, viewOf } from './fieldLayout';

/** The kernel's metadata structure (FORMAT.md, section 2). Field names are the kernel's, for those who know its source. */

export const MAGIC = 0x444d5234;
export const VERSION = 4;
export const COPY_COUNT = 5;
/** Sectors from the start of one copy to the start of the next. */
export const COPY_STRIDE_SECTORS = 256;
/** What the five copies take of the spare: data begin after them (R9). */
export const METADATA_SECTORS = COPY_COUNT * COPY_STRIDE_SECTORS;
/** Entries that the structure holds, and a kernel restores. */
export const MAX_ENTRIES = 2048;
/** Bytes of `expansion_data`. */
export const EXPANSION_BYTES = 2048;

export const v4Header = layout({
  magic: u32,
  version: u32,
  sequence_number: u64,
  timestamp: u64,
  metadata_checksum: u32,
  copy_index: u32,
  structure_size: u32,
  reserved: u32,
  main_device_uuid: text(37),
  spare_device_uuid: text(37),
  padding: bytes(6),
  main_device_sectors: u64,
  spare_device_sectors: u64,
  sector_size: u32,
  remap_capacity: u32,
  device_fingerprint: bytes(32),
  device_model: text(64),
  'health.last_full_scan': u64,
  'health.next_scheduled_scan': u64,
  'health.health_score': u32,
  'health.scan_progress_percent': u32,
  'health.total_errors_found': u32,
  'health.predictive_remaps': u32,
  'health.scan_interval_hours': u32,
  'health.scan_flags': u32,
  'health.sectors_scanned': u32,
  'health.errors_detected': u32,
  'health.slow_sectors_found': u32,
  'health.scan_interruptions': u32,
  active_remaps: u32,
  max_remaps: u32,
  next_spare_sector: u32,
  remap_flags: u32,
});

export const v4Entry = layout({
  original_sector: u64,
  spare_sector: u64,
  remap_timestamp: u64,
  access_count: u32,
  error_count: u32,
  remap_reason: u16,
  flags: u16,
  /** Padding to the kernel, which writes 0: the first spare. */
  pool_member: u8,
  padding: bytes(3),
});

export const v4Expansion = layout({
  expansion_version: u32,
  expansion_size: u32,
  expansion_data: bytes(EXPANSION_BYTES),
});

const ENTRIES_OFFSET = v4Header.byteLength;
/** Byte offset of `expansion_version` within the structure. */
export const EXPANSION_OFFSET = ENTRIES_OFFSET + MAX_ENTRIES * v4Entry.byteLength;
/** Byte offset of `expansion_data` within the structure. */
export const EXPANSION_DATA_OFFSET = EXPANSION_OFFSET + v4Expansion.offsetOf('expansion_data');
/** Size of the structure: 84,288 bytes, which end inside the copy's 165th sector. */
export const STRUCTURE_BYTES = EXPANSION_OFFSET + v4Expansion.byteLength;
/** Sectors that hold the structure. The rest of a copy's 256 is undefined with the kernel and zero with us. */
export const STRUCTURE_SECTORS = Math.ceil(STRUCTURE_BYTES / SECTOR_SIZE);

/** Byte offset of the checksum, which covers everything but itself. */
export const CHECKSUM_OFFSET = v4Header.offsetOf('metadata_checksum');

/** First sector of copy 0..4 on the spare. */
export function copySector(index: number): number {
  return index * COPY_STRIDE_SECTORS;
}

/** Index of the copy whose structure holds a spare sector, or null: between two structures, and after the last one. */
export function copyHolding(spareSector: number): number | null {
  if (spareSector >= METADATA_SECTORS || spareSector % COPY_STRIDE_SECTORS >= STRUCTURE_SECTORS) return null;
  return Math.floor(spareSector / COPY_STRIDE_SECTORS);
}

/** The checksum of a structure's bytes, all but the checksum field itself. */
export function structureChecksum(structure: Uint8Array): number {
  return crc32le(
    structure.subarray(0, CHECKSUM_OFFSET),
    structure.subarray(CHECKSUM_OFFSET + 4, STRUCTURE_BYTES),
  );
}

/** Stamps a structure whose other fields are final. */
export function sealStructure(structure: Uint8Array): void {
  v4Header.put(structure, 'metadata_checksum', structureChecksum(structure));
}

/** Byte offset of a slot's entry within the structure. */
export function entryOffset(slot: number): number {
  return ENTRIES_OFFSET + slot * v4Entry.byteLength;
}

/** Where an entry's fields are: thousands of entries are read at once, and looking up offsets by name would take longest. */
const AT = {
  original: v4Entry.offsetOf('original_sector'),
  spare: v4Entry.offsetOf('spare_sector'),
  time: v4Entry.offsetOf('remap_timestamp'),
  accessCount: v4Entry.offsetOf('access_count'),
  errorCount: v4Entry.offsetOf('error_count'),
  reason: v4Entry.offsetOf('remap_reason'),
  flags: v4Entry.offsetOf('flags'),
  member: v4Entry.offsetOf('pool_member'),
};

/**
 * Visits entries `[0, count)` of a structure. Sectors beyond 2^53, which no disk has, come as 2^53 - 1; their bytes on
 * disk are kept as long as the entry isn't changed.
 */
export function visitEntries(
  structure: Uint8Array,
  count: number,
  visit: (slot: number, entry: Required<RemapEntry>) => void,
): void {
  const view = viewOf(structure);
  for (let slot = 0; slot < count; slot++) {
    const at = entryOffset(slot);
    visit(slot, {
      original: wideNumber(view, at + AT.original),
      spare: wideNumber(view, at + AT.spare),
      member: view.getUint8(at + AT.member),
      timeNs: view.getBigUint64(at + AT.time, true),
      errorCount: view.getUint32(at + AT.errorCount, true),
      accessCount: view.getUint32(at + AT.accessCount, true),
      reason: view.getUint16(at + AT.reason, true),
      flags: view.getUint16(at + AT.flags, true),
    });
  }
}

/** Where a remap leads: all that is needed of an entry when thousands are only looked through. */
export interface EntryPlace {
  readonly original: number;
  readonly spare: number;
  readonly member: number;
}

/** As {@link visitEntries}, with the place of each entry alone: one object that changes from visit to visit. */
export function visitPlaces(structure: Uint8Array, count: number, visit: (place: EntryPlace) => void): void {
  const view = viewOf(structure);
  const place = { original: 0, spare: 0, member: 0 };
  for (let slot = 0; slot < count; slot++) {
    const at = entryOffset(slot);
    place.original = wideNumber(view, at + AT.original);
    place.spare = wideNumber(view, at + AT.spare);
    place.member = view.getUint8(at + AT.member);
    visit(place);
  }
}

function wideNumber(view: DataView, byteOffset: number): number {
  const value = view.getUint32(byteOffset, true) + view.getUint32(byteOffset + 4, true) * 2 ** 32;
  return Math.min(value, Number.MAX_SAFE_INTEGER);
}

/** Writes an entry to its slot; the structure isn't sealed anew. */
export function writeEntry(structure: Uint8Array, slot: number, entry: RemapEntry): void {
  v4Entry.encode(
    {
      original_sector: BigInt(entry.original),
      spare_sector: BigInt(entry.spare),
      remap_timestamp: entry.timeNs,
      access_count: entry.accessCount,
      error_count: entry.errorCount,
      remap_reason: entry.reason,
      flags: entry.flags,
      pool_member: entry.member ?? 0,
    },
    structure,
    entryOffset(slot),
  );
}

/** A sealed structure without remaps, as the kernel writes it to a spare that it starts to use. */
export function freshStructure(values: {
  mainSectorCount: number;
  spareSectorCount: number;
  sequence: bigint;
  /** Seconds since the epoch. */
  timestamp: bigint;
}): Uint8Array {
  const structure = new Uint8Array(STRUCTURE_SECTORS * SECTOR_SIZE);
  v4Header.encode(
    {
      magic: MAGIC,
      version: VERSION,
      sequence_number: values.sequence,
      timestamp: values.timestamp,
      structure_size: STRUCTURE_BYTES,
      main_device_sectors: BigInt(values.mainSectorCount),
      spare_device_sectors: BigInt(values.spareSectorCount),
      sector_size: SECTOR_SIZE,
      'health.health_score': 100,
      'health.scan_interval_hours': 24,
      max_remaps: MAX_ENTRIES,
    },
    structure,
  );
  sealStructure(structure);
  return structure;
}
