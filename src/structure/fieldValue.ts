import { printable } from '../engine';
import type { ByteOrder, FieldDescription } from './description';
import { NUMBER_BYTES, numberAt, unsignedOf } from './numbers';

/** More bytes than this are cut off where they are shown. */
const SHOWN_BYTES = 24;
const TIME_BYTES = { time32: 4, time40: 5, time64: 8 } as const;
/** The latest second that a `Date` can hold. */
const LAST_SECOND = 8_640_000_000_000n;

type NumberDescription = Extract<FieldDescription, { values?: unknown }>;

/** How many bytes a field takes. */
export function fieldBytes(field: FieldDescription): number {
  if ('byteCount' in field) return field.byteCount;
  return field.type in TIME_BYTES
    ? TIME_BYTES[field.type as keyof typeof TIME_BYTES]
    : NUMBER_BYTES[(field as NumberDescription).type];
}

/** The value of a field in words. @param bytes those of the field alone */
export function fieldValue(field: FieldDescription, bytes: Uint8Array, order: ByteOrder): string {
  switch (field.type) {
    case 'text':
      return textValue(bytes);
    case 'bytes':
      return bytesValue(bytes);
    case 'guid':
    case 'uuid':
      return guidValue(bytes, field.type);
    case 'time32':
    case 'time40':
    case 'time64':
      return timeValue(unsignedOf(bytes, order));
    default:
      return numberValue(field, numberAt(bytes, { ...field, at: 0 }, order) ?? 0n);
  }
}

function textValue(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  const text = Buffer.from(end < 0 ? bytes : bytes.subarray(0, end)).toString('utf8');
  return text.trim() === '' ? 'empty' : `“${printable(text)}”`;
}

function bytesValue(bytes: Uint8Array): string {
  if (bytes.every((byte) => byte === 0)) return 'all zeros';
  const shown = Buffer.from(bytes.subarray(0, SHOWN_BYTES))
    .toString('hex')
    .replace(/..(?=.)/g, '$& ');
  return bytes.length > SHOWN_BYTES ? `${shown} …` : shown;
}

function guidValue(bytes: Uint8Array, type: 'guid' | 'uuid'): string {
  const ordered = Buffer.from(bytes);
  if (type === 'guid') {
    for (const [start, end] of [
      [0, 4],
      [4, 6],
      [6, 8],
    ] as const)
      ordered.subarray(start, end).reverse();
  }
  return ordered.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

function timeValue(seconds: bigint): string {
  if (seconds === 0n) return 'never';
  if (seconds > LAST_SECOND) return String(seconds);
  return new Date(Number(seconds) * 1000).toISOString().replace('.000Z', 'Z');
}

function numberValue(
  { type, values, flags, shifted, unit, isHex }: NumberDescription,
  value: bigint,
): string {
  const digits = 2 * NUMBER_BYTES[type];
  const hex = `0x${value
    .toString(16)
    .toUpperCase()
    .padStart(isHex ? digits : 1, '0')}`;
  const counted = value > 9n && unit === undefined ? `${value} (${hex})` : String(value);
  const number = isHex ? hex : unit === undefined ? counted : `${counted} ${unit}`;
  const meaning = values?.[String(value)] ?? (flags ? flagNames(flags, value) : null);
  if (shifted !== undefined && value < 32n) return `${number}: ${BigInt(shifted) << value}`;
  return meaning === null || meaning === undefined ? number : `${number}: ${meaning}`;
}

function flagNames(flags: Readonly<Record<string, string>>, value: bigint): string | null {
  let rest = value;
  const names: string[] = [];
  for (const [bit, name] of Object.entries(flags)) {
    if ((value & BigInt(bit)) === 0n) continue;
    names.push(name);
    rest &= ~BigInt(bit);
  }
  if (rest !== 0n) names.push(`others (0x${rest.toString(16).toUpperCase()})`);
  return names.length === 0 ? null : names.join(', ');
}
