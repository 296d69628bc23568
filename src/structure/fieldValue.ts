import { printable } from '../engine';
import type { ByteOrder, FieldDescription, NumberType } from './description';
import { NUMBER_BYTES, numberOf, unsignedOf } from './numbers';

/** More bytes than this are cut off where they are shown. */
const SHOWN_BYTES = 24;
const TIME_BYTES = { time32: 4, time40: 5, time64: 8, timeNs: 8 } as const;
/** The latest second that a `Date` can hold. */
const LAST_SECOND = 8_640_000_000_000n;

type NumberDescription = Extract<FieldDescription, { type: NumberType }>;

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
    case 'utf16':
      return wideTextValue(bytes, order);
    case 'bytes':
      return bytesValue(bytes);
    case 'guid':
    case 'uuid':
      return namedGuid(guidText(bytes, field.type), field.values);
    case 'time32':
    case 'time40':
    case 'time64':
      return timeValue(unsignedOf(bytes, order));
    case 'timeNs':
      return timeValue(unsignedOf(bytes, order) / 1_000_000_000n);
    default:
      return numberValue(field, numberOf(bytes, field.type, field.order ?? order));
  }
}

function textValue(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return quoted(Buffer.from(end < 0 ? bytes : bytes.subarray(0, end)).toString('utf8'));
}

function wideTextValue(bytes: Uint8Array, order: ByteOrder): string {
  const label = order === 'little' ? 'utf-16le' : 'utf-16be';
  const [text = ''] = new TextDecoder(label, { ignoreBOM: true }).decode(bytes).split('\0');
  return quoted(text);
}

function quoted(text: string): string {
  return text.trim() === '' ? 'empty' : `“${printable(text)}”`;
}

function bytesValue(bytes: Uint8Array): string {
  if (bytes.every((byte) => byte === 0)) return 'all zeros';
  const shown = Buffer.from(bytes.subarray(0, SHOWN_BYTES))
    .toString('hex')
    .replace(/..(?=.)/g, '$& ');
  return bytes.length > SHOWN_BYTES ? `${shown} …` : shown;
}

function namedGuid(guid: string, values: Readonly<Record<string, string>> | undefined): string {
  const meaning = values?.[guid];
  return meaning === undefined ? guid : `${meaning} (${guid})`;
}

function guidText(bytes: Uint8Array, type: 'guid' | 'uuid'): string {
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
  { type, values, flags, shifted, unit, isHex, isOctal, bits }: NumberDescription,
  whole: bigint,
): string {
  const value = bits ? BigInt.asUintN(bits[1], whole >> BigInt(bits[0])) : whole;
  if (isOctal) return value.toString(8).padStart(4, '0');
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
