import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { crc32c } from '../engine';
import type { ByteOrder, ChecksumDescription } from './description';
import type { KnownBytes } from './knownBytes';
import { areMet, measured, unsignedOf } from './numbers';

/** More bytes than this are not checked. */
const MAX_CHECKED_BYTES = 1 << 17;
const ALL_ONES = 0xffffffff;
const SHA256_BYTES = 32;

/** Up to where bytes of a structure must be known for its checksum to be checked; 0: it has none. */
export function checkedUpTo(
  checksums: readonly ChecksumDescription[],
  known: KnownBytes,
  order: ByteOrder,
): number {
  const found = checksumOf(checksums, known, order);
  return found ? Math.max(found.end, storedOf(found.checksum).to) : 0;
}

/** The checksum of a structure that is to be checked, and the end of the bytes that it is about; null: there is none. */
function checksumOf(
  checksums: readonly ChecksumDescription[],
  known: KnownBytes,
  order: ByteOrder,
): { readonly checksum: ChecksumDescription; readonly end: number } | null {
  const checksum = checksums.find(({ when }) => areMet(when ?? [], known, order));
  const end = checksum && measured(checksum.to, known, order);
  if (!checksum || end === null || end === undefined) return null;
  return end > checksum.from && end - checksum.from <= MAX_CHECKED_BYTES ? { checksum, end } : null;
}

/**
 * Whether the checksum of a structure is right; null if it has none, or the bytes that it is about are not all known.
 * @param known from the start of the structure on
 */
export function isChecksumRight(
  checksums: readonly ChecksumDescription[],
  known: KnownBytes,
  order: ByteOrder,
): boolean | null {
  const found = checksumOf(checksums, known, order);
  if (!found) return null;
  const { checksum, end } = found;
  const { from, kind } = checksum;
  const place = storedOf(checksum);
  const stored = known.get(place.from, place.to);
  if (!stored || !known.has(from, end)) return null;
  const checked = checkedBytes(checksum, known.bytes, end);
  if (kind === 'sha256') return createHash('sha256').update(checked).digest().equals(stored);
  return Number(unsignedOf(stored, checksum.order ?? order)) === sumOf(checksum, checked);
}

/** Where the sum itself is. */
function storedOf({ at, kind }: ChecksumDescription): { readonly from: number; readonly to: number } {
  return { from: at, to: at + (kind === 'sha256' ? SHA256_BYTES : 4) };
}

function checkedBytes(
  { from, zeroed = [], skipped = [] }: ChecksumDescription,
  bytes: Uint8Array,
  end: number,
): Uint8Array {
  const checked = Uint8Array.from(bytes.subarray(0, end));
  for (const [at, byteCount] of zeroed) checked.fill(0, at, at + byteCount);
  const counted = checked.subarray(from);
  return skipped.length === 0 ? counted : counted.filter((_, i) => !skipped.includes(from + i));
}

function sumOf({ kind, seed = ALL_ONES, isPlain = false }: ChecksumDescription, bytes: Uint8Array): number {
  switch (kind) {
    case 'crc32':
      // zlib's function inverts the register before and after.
      return (crc32(bytes, ~seed >>> 0) ^ (isPlain ? ALL_ONES : 0)) >>> 0;
    case 'crc32c':
      return (crc32c(seed, bytes) ^ (isPlain ? 0 : ALL_ONES)) >>> 0;
    case 'exfat':
      return bytes.reduce((sum, byte) => (((sum << 31) | (sum >>> 1)) + byte) >>> 0, 0);
    default:
      return sum32(bytes);
  }
}

/** The words of four bytes, and two bytes that may be left, added with the carry of the whole. */
function sum32(bytes: Uint8Array): number {
  let sum = 0;
  for (let at = 0; at < bytes.length; at += 4) {
    sum += Number(unsignedOf(bytes.subarray(at, at + 4), 'little'));
  }
  return ((sum % 2 ** 32) + Math.floor(sum / 2 ** 32)) >>> 0;
}
