import { crc32le } from '../crc';
import { EMPTY_TABLE, type Extent, MAX_EXTENTS, type TableState } from '../tableExtents';
import { bytes, isZero, layout, u8, u16, u32, u48 } from './fieldLayout';
import { EXPANSION_BYTES, MAX_ENTRIES } from './v4';

/**
 * Our data in `expansion_data`, which the kernel carries along unread. A magic, a version and a checksum of our own keep
 * data of other programs from being taken for ours (FORMAT.md, section 5).
 */

const EXTRAS_MAGIC = 0x58504d52;
const EXTRAS_VERSION = 1;
/** The same layout on a spare whose entries are divided: a reader that doesn't know that would miss some, and must stop. */
const DIVIDED_VERSION = EXTRAS_VERSION | 0x100;
/** The most bad spare sectors that are remembered. */
export const MAX_BAD_SPARES = 96;
/** The most bytes that identify the main image, and the pool. */
export const MAIN_IDENTITY_BYTES = 512;
export const POOL_BYTES = 256;

const extent = layout({ start_a: u48, start_b: u48, sector_count: u32 });

/** What changes often comes first: it shares a sector with the structure's last remap entries. */
export const extrasLayout = layout({
  magic: u32,
  layout_version: u32,
  checksum: u32,
  table_generation: u32,
  next_spare_sector: u48,
  table_record_count: u48,
  entry_count: u32,
  extent_count: u8,
  bad_spare_count: u8,
  main_identity_length: u16,
  pool_length: u16,
  own_entry_count: u16,
  own_checksum: u32,
  rest_checksum: u32,
  reserved: bytes(16),
  extents: bytes(MAX_EXTENTS * extent.byteLength),
  bad_spares: bytes(MAX_BAD_SPARES * u48.byteLength),
  main_identity: bytes(MAIN_IDENTITY_BYTES),
  pool: bytes(POOL_BYTES),
  reserved_2: bytes(384),
});

const CHECKSUM_OFFSET = extrasLayout.offsetOf('checksum');

/**
 * How a spare of a pool divides the structure's array of entries (R16): the own ones come first and are counted by the
 * kernel's field, the rest lie at the array's end, which no kernel reads.
 */
export interface Division {
  /** Own entries as we wrote them: a kernel may have added some. */
  readonly ownCount: number;
  /** Of the bytes of the own entries, and of the rest: they tell what another program changed. */
  readonly ownChecksum: number;
  readonly restChecksum: number;
}

/** What a spare keeps for us besides the kernel's fields. */
export interface Extras {
  /** The first sector never handed out, where the structure's 32-bit field can't hold it; else 0. */
  readonly nextSpare: number;
  /** Entries in all; 0 without a large table and a division, when the structure's own count says it. */
  readonly entryCount: number;
  readonly table: TableState;
  readonly badSpares: readonly number[];
  readonly mainIdentity: Uint8Array;
  readonly pool: Uint8Array;
  /** Null on a spare that is of no pool, or on which no commit has divided the entries yet. */
  readonly division: Division | null;
}

/**
 * `newer`: ours, of a version we can't read. `damaged`: ours once, and changed since by a program that doesn't know our
 * checksum. `foreign`: another program's, to be left alone.
 */
export type ExtrasState =
  | { kind: 'ours'; extras: Extras }
  | { kind: 'absent' | 'newer' | 'damaged' | 'foreign' };

export const NO_EXTRAS: Extras = {
  nextSpare: 0,
  entryCount: 0,
  table: EMPTY_TABLE,
  badSpares: [],
  mainIdentity: new Uint8Array(0),
  pool: new Uint8Array(0),
  division: null,
};

/** Whether two extras say the same. Tables are compared by identity: a table that changes is a new object. */
export function isSameExtras(a: Extras, b: Extras): boolean {
  return (
    a.nextSpare === b.nextSpare &&
    a.entryCount === b.entryCount &&
    a.table === b.table &&
    isSameDivision(a.division, b.division) &&
    a.badSpares.length === b.badSpares.length &&
    a.badSpares.every((sector, i) => sector === b.badSpares[i]) &&
    Buffer.compare(a.mainIdentity, b.mainIdentity) === 0 &&
    Buffer.compare(a.pool, b.pool) === 0
  );
}

function isSameDivision(a: Division | null, b: Division | null): boolean {
  if (a === null || b === null) return a === b;
  return a.ownCount === b.ownCount && a.ownChecksum === b.ownChecksum && a.restChecksum === b.restChecksum;
}

/** Reads a structure's `expansion_data`. Never throws: bytes without our magic and checksum are not taken for ours. */
export function decodeExtras(data: Uint8Array): ExtrasState {
  if (isZero(data)) return { kind: 'absent' };
  const raw = extrasLayout.decode(data);
  if (raw.magic !== EXTRAS_MAGIC) return { kind: 'foreign' };
  if (raw.checksum !== checksum(data)) return { kind: 'damaged' };
  const isDivided = raw.layout_version === DIVIDED_VERSION;
  if (!isDivided && raw.layout_version !== EXTRAS_VERSION) return { kind: 'newer' };
  const fits =
    raw.extent_count <= MAX_EXTENTS &&
    raw.bad_spare_count <= MAX_BAD_SPARES &&
    raw.own_entry_count <= MAX_ENTRIES &&
    raw.main_identity_length <= MAIN_IDENTITY_BYTES &&
    raw.pool_length <= POOL_BYTES;
  if (!fits) return { kind: 'damaged' };
  const extents = decodeExtents(raw.extents, raw.extent_count);
  return {
    kind: 'ours',
    extras: {
      nextSpare: raw.next_spare_sector,
      entryCount: raw.entry_count,
      table: { generation: raw.table_generation, recordCount: raw.table_record_count, extents },
      badSpares: decodeBadSpares(raw.bad_spares, raw.bad_spare_count),
      mainIdentity: raw.main_identity.slice(0, raw.main_identity_length),
      pool: raw.pool.slice(0, raw.pool_length),
      division: isDivided
        ? {
            ownCount: raw.own_entry_count,
            ownChecksum: raw.own_checksum,
            restChecksum: raw.rest_checksum,
          }
        : null,
    },
  };
}

/** Writes the extras over a structure's `expansion_data`. Bad spares beyond {@link MAX_BAD_SPARES} are left out. */
export function encodeExtras(extras: Extras, data: Uint8Array): void {
  const badSpares = extras.badSpares.slice(0, MAX_BAD_SPARES);
  const { division } = extras;
  extrasLayout.encode(
    {
      magic: EXTRAS_MAGIC,
      layout_version: division ? DIVIDED_VERSION : EXTRAS_VERSION,
      table_generation: extras.table.generation,
      next_spare_sector: extras.nextSpare,
      table_record_count: extras.table.recordCount,
      entry_count: extras.entryCount,
      extent_count: extras.table.extents.length,
      bad_spare_count: badSpares.length,
      main_identity_length: extras.mainIdentity.length,
      pool_length: extras.pool.length,
      own_entry_count: division?.ownCount ?? 0,
      own_checksum: division?.ownChecksum ?? 0,
      rest_checksum: division?.restChecksum ?? 0,
      extents: encodeExtents(extras.table.extents),
      bad_spares: encodeBadSpares(badSpares),
      main_identity: extras.mainIdentity,
      pool: extras.pool,
    },
    data,
  );
  extrasLayout.put(data, 'checksum', checksum(data));
}

function checksum(data: Uint8Array): number {
  return crc32le(data.subarray(0, CHECKSUM_OFFSET), data.subarray(CHECKSUM_OFFSET + 4, EXPANSION_BYTES));
}

function decodeExtents(data: Uint8Array, count: number): Extent[] {
  return Array.from({ length: count }, (_, i) => {
    const raw = extent.decode(data, i * extent.byteLength);
    return { startA: raw.start_a, startB: raw.start_b, sectorCount: raw.sector_count };
  });
}

function encodeExtents(extents: readonly Extent[]): Uint8Array {
  const data = new Uint8Array(extents.length * extent.byteLength);
  for (const [i, { startA, startB, sectorCount }] of extents.entries()) {
    extent.encode(
      { start_a: startA, start_b: startB, sector_count: sectorCount },
      data,
      i * extent.byteLength,
    );
  }
  return data;
}

const badSpare = layout({ sector: u48 });

function decodeBadSpares(data: Uint8Array, count: number): number[] {
  return Array.from({ length: count }, (_, i) => badSpare.get(data, 'sector', i * badSpare.byteLength));
}

function encodeBadSpares(sectors: readonly number[]): Uint8Array {
  const data = new Uint8Array(sectors.length * badSpare.byteLength);
  for (const [i, sector] of sectors.entries()) badSpare.put(data, 'sector', sector, i * badSpare.byteLength);
  return data;
}
