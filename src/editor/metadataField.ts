import {
  COPY_COUNT,
  COPY_STRIDE_SECTORS,
  type Field,
  printable,
  STRUCTURE_BYTES,
  textOf,
  v4Fields,
} from '../engine';
import { type MetadataField, SECTOR_SIZE } from '../shared/protocol';

/** More bytes of a field than this are cut off. */
const SHOWN_BYTES = 64;

/**
 * The metadata field over a byte of a spare; null for a byte outside the metadata copies or one that can't be read.
 * @param read gives null if any of the sectors can't be read
 */
export async function readField(
  byteOffset: number,
  read: (firstSector: number, sectorCount: number) => Promise<Uint8Array | null>,
): Promise<MetadataField | null> {
  const stride = COPY_STRIDE_SECTORS * SECTOR_SIZE;
  const copy = Math.floor(byteOffset / stride);
  const within = byteOffset - copy * stride;
  const field = copy < COPY_COUNT && within < STRUCTURE_BYTES ? v4Fields(within, 1)[0] : undefined;
  if (!field) return null;
  const start = copy * stride + field.byteOffset;
  const firstSector = Math.floor(start / SECTOR_SIZE);
  const endSector = Math.ceil((start + field.byteLength) / SECTOR_SIZE);
  const bytes = await read(firstSector, endSector - firstSector);
  const offset = start - firstSector * SECTOR_SIZE;
  return (
    bytes && describeField(field, bytes.subarray(offset, offset + field.byteLength), copy, copy * stride)
  );
}

/** @param copyOffset where the copy starts on the spare, in bytes */
function describeField(field: Field, bytes: Uint8Array, copy: number, copyOffset: number): MetadataField {
  return {
    name: field.name,
    value: valueText(field, bytes),
    byteOffset: copyOffset + field.byteOffset,
    byteCount: field.byteLength,
    copy,
  };
}

function valueText({ name, type }: Field, bytes: Uint8Array): string {
  if (type === 'text') return textOf(bytes) === '' ? 'empty' : `“${printable(textOf(bytes))}”`;
  if (type === 'bytes') return bytesText(bytes);
  const value = unsigned(bytes);
  const hex = `0x${value.toString(16).toUpperCase()}`;
  const meaning = meaningOf(name, value);
  return [`${value} (${hex})`, ...(meaning === null ? [] : [meaning])].join(', ');
}

function unsigned(bytes: Uint8Array): bigint {
  return bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

function bytesText(bytes: Uint8Array): string {
  if (bytes.every((byte) => byte === 0)) return 'all zeros';
  const shown = Buffer.from(bytes.subarray(0, SHOWN_BYTES))
    .toString('hex')
    .replace(/..(?=.)/g, '$& ');
  return bytes.length > SHOWN_BYTES ? `${shown} …` : shown;
}

const FLAGS: Readonly<Record<string, string>> = { '1': 'pending', '2': 'active' };

/** What a number stands for, or null for a plain count. */
function meaningOf(name: string, value: bigint): string | null {
  if (name === 'magic') return value === 0x444d5234n ? '“4RMD”: dm-remap v4' : 'not dm-remap v4';
  if (name === 'timestamp' || name.startsWith('health.last_') || name.startsWith('health.next_')) {
    return timeText(value * 1000n);
  }
  if (name.endsWith('.remap_timestamp')) return timeText(value / 1_000_000n);
  if (name.endsWith('].flags')) return FLAGS[String(value)] ?? null;
  return null;
}

/** The latest time that a `Date` can hold. */
const LAST_MILLISECOND = 8_640_000_000_000_000n;

function timeText(milliseconds: bigint): string | null {
  if (milliseconds === 0n || milliseconds > LAST_MILLISECOND) return null;
  return new Date(Number(milliseconds)).toISOString();
}
