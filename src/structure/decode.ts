import { isChecksumRight } from './checksum';
import type { ByteOrder, FieldDescription, GroupDescription, StructureDescription } from './description';
import { fieldBytes, fieldValue } from './fieldValue';
import { areMet } from './numbers';

/** A field or a group of a structure, with its place on the disk. */
interface DecodedField {
  /** 1 for a field of the structure itself and for a group, 2 for a field of a group. */
  readonly level: number;
  readonly name: string;
  /** In words; of a group empty. */
  readonly value: string;
  readonly byteOffset: number;
  readonly byteCount: number;
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

/**
 * Decodes a structure that the bytes begin with.
 * @param bytes from the start of the structure on: all of it, and more for its checksum
 * @param byteOffset where that start is on the disk
 */
export function decode(
  description: StructureDescription,
  bytes: Uint8Array,
  byteOffset: number,
): DecodedStructure {
  const { name, byteCount, order, checksums = [], fields } = description;
  return {
    name,
    byteOffset,
    byteCount,
    isChecksumRight: isChecksumRight(checksums, bytes, order),
    fields: fields.flatMap((field) =>
      'fields' in field
        ? decodeGroup(field, bytes, order, byteOffset)
        : decodeField(field, bytes, order, byteOffset, 1),
    ),
  };
}

function decodeGroup(
  { name, at, byteCount, when = [], count, fields }: GroupDescription,
  bytes: Uint8Array,
  order: ByteOrder,
  byteOffset: number,
): DecodedField[] {
  if (!areMet(when, bytes, order)) return [];
  return Array.from({ length: count ?? 1 }, (_, i) => {
    const start = at + i * byteCount;
    const title = count === undefined ? name : `${name} ${i + 1}`;
    const group = { level: 1, name: title, value: '', byteOffset: byteOffset + start, byteCount };
    const within = bytes.subarray(start, start + byteCount);
    return [group, ...fields.map((field) => decodeField(field, within, order, byteOffset + start, 2))];
  }).flat();
}

function decodeField(
  field: FieldDescription,
  bytes: Uint8Array,
  order: ByteOrder,
  byteOffset: number,
  level: number,
): DecodedField {
  const byteCount = fieldBytes(field);
  const value = fieldValue(field, bytes.subarray(field.at, field.at + byteCount), order);
  return { level, name: field.name, value, byteOffset: byteOffset + field.at, byteCount };
}
