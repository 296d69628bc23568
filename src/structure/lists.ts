import { type DecodedField, type DecodedStructure, decodeRecord } from './decode';
import type { ListDescription, RecordDescription, StructureDescription } from './description';
import { type DiskSectors, readBytes, SECTOR_BYTES } from './diskSectors';
import type { KnownBytes } from './knownBytes';
import { areMet, measured, numberAt } from './numbers';

/** A chain is followed through so many records. */
const MAX_STEPS = 10_000;

/** Where a list is. */
interface ListPlace {
  readonly start: number;
  readonly size: number;
  readonly count: number;
}

/** Records that lie in a row, in bytes of the disk. */
export interface RecordRun {
  readonly title: string;
  readonly record: RecordDescription;
  /** The number of the first one. */
  readonly first: number;
  readonly byteOffset: number;
  /** From the start of one to that of the next. */
  readonly size: number;
  readonly count: number;
  /** Whether the checksum of the record of a number is right; null where it has none. Absent: none has one. */
  readonly isChecksumRight?: (number: number, bytes: Uint8Array) => boolean | null;
}

/** The records that a sector is part of, by the structures that lead to them. */
export async function recordsAt(
  sector: number,
  disk: DiskSectors,
  descriptions: readonly StructureDescription[],
): Promise<DecodedStructure[]> {
  const found: DecodedStructure[] = [];
  for (const description of descriptions) {
    for (const list of description.lists ?? []) {
      for (const place of list.headerSectors) {
        const header = place < 0 ? disk.sectorCount + place : place;
        if (header < 0 || Math.abs(sector - header) > (list.reach ?? Number.POSITIVE_INFINITY)) continue;
        const placed = await placeOf(description, list, header, disk);
        const records = placed && (await decodeAt(sector, list, placed, disk));
        if (records) found.push(records);
      }
    }
  }
  return found;
}

/** Decodes the records of a run. What can't be read is said of each field. */
export async function decodeRun(run: RecordRun, disk: DiskSectors): Promise<DecodedStructure> {
  const { title, record, first, byteOffset, size, count } = run;
  const shown = Math.min(size, record.byteCount);
  // A checksum is about all of a record, also what is not shown of it.
  const last = run.isChecksumRight ? size : shown;
  const known = await readBytes(disk, byteOffset, size * (count - 1) + last);
  const fields: DecodedField[] = [];
  /** Of each that has a checksum; null where it can't be read. */
  const verdicts: (boolean | null)[] = [];
  for (let i = 0; i < count; i++) {
    const whole = known.get(i * size, (i + 1) * size);
    const isRight = whole && (run.isChecksumRight?.(first + i, whole) ?? null);
    if (isRight !== null || whole === null) verdicts.push(isRight);
    const within = known.from(i * size, i * size + shown);
    fields.push(...decodeRecord(record, first + i, within, byteOffset + i * size, isRight));
  }
  const name = `${title} ${first}${count > 1 ? ` to ${first + count - 1}` : ''}`;
  return {
    name,
    byteOffset,
    byteCount: size * (count - 1) + shown,
    isChecksumRight: joined(verdicts),
    fields,
  };
}

/** Wrong if one is; right if all are; null where there are none, or what is not known could be wrong. */
function joined(verdicts: readonly (boolean | null)[]): boolean | null {
  if (verdicts.includes(false)) return false;
  return verdicts.length > 0 && !verdicts.includes(null) ? true : null;
}

/** Where the list is that a structure leads to; null: there is no such structure, or it leads nowhere. */
async function placeOf(
  { byteCount, order, where }: StructureDescription,
  list: ListDescription,
  header: number,
  disk: DiskSectors,
): Promise<ListPlace | null> {
  if (header >= disk.sectorCount) return null;
  const known = await readBytes(disk, header * SECTOR_BYTES, byteCount);
  if (!areMet(where, known, order)) return null;
  const start = measured(list.start, known, order);
  const size = measured(list.size, known, order);
  const count = measured(list.count, known, order);
  if (start === null || size === null || count === null || size < list.record.byteCount) return null;
  return { start: start + (list.isFromDisk ? 0 : header * SECTOR_BYTES), size, count };
}

function decodeAt(
  sector: number,
  list: ListDescription,
  place: ListPlace,
  disk: DiskSectors,
): Promise<DecodedStructure | null> | null {
  if (list.chain) return follow(sector, list, list.chain, place, disk);
  const { start, size } = place;
  const from = sector * SECTOR_BYTES;
  const end = Math.min(place.count, Math.ceil((from + SECTOR_BYTES - start) / size));
  const first = Math.max(0, Math.floor((from - start) / size));
  if (first >= end) return null;
  const { title, record } = list;
  const run = { title, record, first: list.first + first, byteOffset: start + first * size, size };
  return decodeRun({ ...run, count: end - first }, disk);
}

/** Follows a chain to the record that a sector is part of, or of which it holds what follows it. */
async function follow(
  sector: number,
  { title, record, first }: ListDescription,
  chain: NonNullable<ListDescription['chain']>,
  { start, size, count }: ListPlace,
  disk: DiskSectors,
): Promise<DecodedStructure | null> {
  const wanted = sector * SECTOR_BYTES;
  let at = start;
  for (let i = 0; i < Math.min(count, MAX_STEPS) && at <= wanted; i++) {
    const known = await readBytes(disk, at, record.byteCount);
    const next = nextOf(record, chain, known, at, size);
    if (next === null) return null;
    if (wanted < next) {
      const run = { title, record, first: first + i, byteOffset: at, size, count: 1 };
      return { ...(await decodeRun(run, disk)), byteCount: next - at };
    }
    at = next;
  }
  return null;
}

/** Where the next record of a chain is; null where that isn't known, or is no place. */
function nextOf(
  { order }: RecordDescription,
  { followedBy, unless }: NonNullable<ListDescription['chain']>,
  known: KnownBytes,
  at: number,
  size: number,
): number | null {
  const units = numberAt(known, followedBy, order);
  if (units === null) return null;
  const next = at + size + (areMet(unless, known, order) ? 0 : Number(units) * size);
  return Number.isSafeInteger(next) ? next : null;
}
