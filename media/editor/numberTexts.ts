import type { Display } from '../../src/shared/display';
import { SECTOR_SIZE } from '../../src/shared/protocol';

/** How the offset column names a byte. */
type OffsetForm = Display['offsets'];

const grouped = new Intl.NumberFormat('en-US');
const HEX_BYTES = Array.from({ length: 256 }, (_, value) =>
  value.toString(16).toUpperCase().padStart(2, '0'),
);

/** A byte as two hexadecimal digits. */
export function hexByte(value: number): string {
  return HEX_BYTES[value] ?? '';
}

/** The visible ASCII character of a byte, or null if it has none. */
export function asciiCharacter(value: number): string | null {
  return value >= 0x20 && value < 0x7f ? String.fromCharCode(value) : null;
}

/** A byte as `0x74 't'`. */
export function byteText(value: number): string {
  const character = asciiCharacter(value);
  if (character === ' ') return `0x${hexByte(value)} space`;
  return character === null ? `0x${hexByte(value)}` : `0x${hexByte(value)} '${character}'`;
}

/** A number as `0x7D000`. */
export function hexNumber(value: number): string {
  return `0x${value.toString(16).toUpperCase()}`;
}

/** A number as `1,234,567`. */
export function decimal(value: number): string {
  return grouped.format(value);
}

/** How many characters the offset column of a view needs: at least eight. */
export function offsetDigits(byteCount: number, form: OffsetForm, sectorSize = SECTOR_SIZE): number {
  const last = Math.max(0, byteCount - 1);
  return Math.max(8, offsetText(last, 0, form, sectorSize).length);
}

/** A byte offset as the offset column shows it: `0007D010`, `512016` or `1000 + 16`. */
export function offsetText(
  byteOffset: number,
  digits: number,
  form: OffsetForm,
  sectorSize = SECTOR_SIZE,
): string {
  if (form === 'hex') return byteOffset.toString(16).toUpperCase().padStart(digits, '0');
  if (form === 'decimal') return String(byteOffset).padStart(digits);
  const within = String(byteOffset % sectorSize).padStart(String(sectorSize - 1).length);
  return `${Math.floor(byteOffset / sectorSize)} + ${within}`.padStart(digits);
}

/**
 * The place of what a heading names in sectors of a size: `Sector 5`, or `Sector 5 + 1024` within one of 4,096. A number
 * that isn't of 512 bytes says so.
 */
export function sectorName(byteOffset: number, sectorSize = SECTOR_SIZE): string {
  const within = byteOffset % sectorSize;
  const place = within === 0 ? '' : ` + ${within}`;
  return `Sector ${Math.floor(byteOffset / sectorSize)}${place}${sizeNote(sectorSize)}`;
}

/** The shown sectors that 512-byte sectors `[first, end)` are in, as numbers: `2048`, or `2048 – 4095`. */
export function sectorNumbers(first: number, end: number, sectorSize = SECTOR_SIZE, between = ' – '): string {
  const from = Math.floor((first * SECTOR_SIZE) / sectorSize);
  const last = Math.ceil((end * SECTOR_SIZE) / sectorSize) - 1;
  return last > from ? `${decimal(from)}${between}${decimal(last)}` : decimal(from);
}

/** What is said after a number of sectors that aren't of 512 bytes: ` (of 4,096 bytes)`. */
export function sizeNote(sectorSize = SECTOR_SIZE): string {
  return sectorSize === SECTOR_SIZE ? '' : ` (of ${decimal(sectorSize)} bytes)`;
}

/** The heading of a column of bytes, in the same base as the offsets. */
export function columnText(index: number, form: OffsetForm): string {
  return form === 'hex' ? hexByte(index) : String(index);
}

const UNITS = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;

/** A size as `100 MiB`; with one decimal below 100, unless the number is whole. */
export function sizeText(byteCount: number): string {
  let value = byteCount;
  let unit = 0;
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  const digits = unit === 0 || value >= 100 || Number.isInteger(value) ? 0 : 1;
  return `${value.toFixed(digits)} ${UNITS[unit]}`;
}
