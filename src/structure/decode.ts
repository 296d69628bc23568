import { isChecksumRight } from './checksum';
import type {
  ByteOrder,
  FieldDescription,
  GroupDescription,
  LinkDescription,
  NumberPlace,
  RecordDescription,
  StructureDescription,
} from './description';
import { SECTOR_BYTES } from './diskSectors';
import { fieldBytes, fieldValue } from './fieldValue';
import type { KnownBytes } from './knownBytes';
import { areMet, measured, numberAt } from './numbers';

/** A place that a field names. */
export interface DecodedLink {
  /** On which image; `here`: the one that the field is on. */
  readonly of: 'here' | 'device' | 'spare';
  readonly byteOffset: number;
  /** Which spare of a pool. */
  readonly member: number;
}

/** A field or a group of a structure, with its place on the disk. */
export interface DecodedField {
  /** 1 for a field of the structure itself and for a group, 2 for a field of a group. */
  readonly level: number;
  readonly name: string;
  /** In words; of a group what sums it up, or nothing. */
  readonly value: string;
  /** What it is for, or nothing. */
  readonly meaning: string;
  readonly byteOffset: number;
  readonly byteCount: number;
  readonly link: DecodedLink | null;
}

/** A structure that was recognised, with its place on the disk. */
export interface DecodedStructure {
  readonly name: string;
  readonly byteOffset: number;
  readonly byteCount: number;
  /** Null where there is no checksum, or the bytes that it is about are not known. */
  readonly isChecksumRight: boolean | null;
  /** A group comes before its fields. */
  readonly fields: readonly DecodedField[];
}

/** No more fields than this are shown of groups of which a number in the structure says how many there are. */
const MAX_REPEATED_FIELDS = 500;

/** The value of a field whose bytes can't be read. */
const UNREADABLE = 'unreadable';

/** Where what is decoded begins on the disk, and how its numbers are stored. */
interface Place {
  readonly order: ByteOrder;
  readonly byteOffset: number;
}

/**
 * Decodes a structure that the bytes begin with.
 * @param known from the start of the structure on: all of it, and more for its checksum
 * @param byteOffset where that start is on the disk
 */
export function decode(
  description: StructureDescription,
  known: KnownBytes,
  byteOffset: number,
): DecodedStructure {
  const { name, byteCount, order, checksums = [], fields } = description;
  const place = { order, byteOffset };
  return {
    name,
    byteOffset,
    byteCount,
    isChecksumRight: isChecksumRight(checksums, known, order),
    fields: fields.flatMap((field) =>
      'fields' in field ? decodeGroup(field, known, place, byteCount) : decodeField(field, known, place, 1),
    ),
  };
}

/**
 * Decodes a record as a group.
 * @param known its bytes alone
 * @param isRight whether its checksum is right; null: it has none, or it isn't known
 */
export function decodeRecord(
  { name, order, fields, summary, unused }: RecordDescription,
  number: number,
  known: KnownBytes,
  byteOffset: number,
  isRight: boolean | null = null,
): DecodedField[] {
  const place = { order, byteOffset };
  // A record may be shorter than described: what an older version had.
  const shown = fields.filter((field) => field.at + fieldBytes(field) <= known.length);
  const decoded = shown.map((field) => decodeField(field, known, place, 2));
  const isUnused = unused !== undefined && areMet(unused, known, order);
  const words = isUnused ? 'not in use' : summed(decoded, summary);
  const value = isRight === false ? [words, 'checksum wrong'].filter(Boolean).join(' · ') : words;
  return [group(`${name} ${number}`, value, byteOffset, known.length), ...decoded];
}

function decodeGroup(
  { name, at, byteCount, when = [], count, summary = [], fields }: GroupDescription,
  known: KnownBytes,
  { order, byteOffset }: Place,
  within: number,
): DecodedField[] {
  if (!areMet(when, known, order)) return [];
  const total = count === undefined ? 1 : measured(count, known, order);
  if (total === null) return [group(name, 'how many is not known', byteOffset + at, 0)];
  const length = Math.min(total, mostRepeats({ at, byteCount, fields, ...(count && { count }) }, within));
  const decoded = Array.from({ length }, (_, i) => {
    const start = at + i * byteCount;
    const title = count === undefined ? name : `${name} ${i + 1}`;
    const place = { order, byteOffset: byteOffset + start };
    const own = known.from(start, start + byteCount);
    const each = fields.map((field) => decodeField(field, own, place, 2));
    return [group(title, summed(each, summary), place.byteOffset, byteCount), ...each];
  }).flat();
  if (length === total) return decoded;
  const left = `${name} ${length + 1} to ${total}`;
  return [...decoded, group(left, 'not shown', byteOffset + at + length * byteCount, 0)];
}

/** How many of a group are shown at most, in a structure of so many bytes. */
export function mostRepeats(
  { at, byteCount, count = 1, fields }: Pick<GroupDescription, 'at' | 'byteCount' | 'count' | 'fields'>,
  within: number,
): number {
  if (typeof count === 'number') return count;
  const room = Math.floor((within - at) / byteCount);
  return Math.min(room, Math.floor(MAX_REPEATED_FIELDS / (1 + fields.length)));
}

function summed(fields: readonly DecodedField[], names: readonly string[]): string {
  return names.flatMap((name) => fields.find((field) => field.name === name)?.value ?? []).join(' → ');
}

function group(name: string, value: string, byteOffset: number, byteCount: number): DecodedField {
  return { level: 1, name, value, meaning: '', byteOffset, byteCount, link: null };
}

function decodeField(field: FieldDescription, known: KnownBytes, place: Place, level: number): DecodedField {
  const { at, name, meaning = '' } = field;
  const byteCount = fieldBytes(field);
  const bytes = known.get(at, at + byteCount);
  return {
    level,
    name,
    value: bytes ? fieldValue(field, bytes, place.order) : UNREADABLE,
    meaning,
    byteOffset: place.byteOffset + at,
    byteCount,
    link: 'link' in field && field.link ? linkOf(field, field.link, known, place) : null,
  };
}

function linkOf(
  field: NumberPlace,
  { times, plus = 0, from = 'disk', isFromStart, of, member }: LinkDescription,
  known: KnownBytes,
  { order, byteOffset }: Place,
): DecodedLink | null {
  const count = numberAt(known, field, order);
  if (count === null || count <= 0n || (isFromStart && byteOffset >= SECTOR_BYTES)) return null;
  const target = Number(count) * times + plus + (from === 'structure' ? byteOffset : 0);
  if (!Number.isSafeInteger(target)) return null;
  const onSpare = member ? numberAt(known, member, order) : null;
  return { of: of ?? 'here', byteOffset: target, member: Number(onSpare ?? 0n) };
}
