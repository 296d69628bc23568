import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { crc32c } from '../engine';
import type { ByteOrder, ChecksumDescription } from './description';
import { areMet, numberAt, unsignedOf } from './numbers';

/** More bytes than this are not checked. */
const MAX_CHECKED_BYTES = 1 << 16;
const ALL_ONES = 0xffffffff;
const SHA256_BYTES = 32;

/**
 * Whether the checksum of a structure is right; null if it has none, or the bytes that it is about are not all here.
 * @param bytes from the start of the structure on, as far as they are known
 */
export function isChecksumRight(
  checksums: readonly ChecksumDescription[],
  bytes: Uint8Array,
  order: ByteOrder,
): boolean | null {
  const checksum = checksums.find(({ when }) => areMet(when ?? [], bytes, order));
  if (!checksum) return null;
  const { at, from, kind } = checksum;
  const end = endOf(checksum, bytes, order);
  if (end === null || end <= from || end > bytes.length || end - from > MAX_CHECKED_BYTES) return null;
  const stored = bytes.subarray(at, at + (kind === 'sha256' ? SHA256_BYTES : 4));
  const checked = checkedBytes(checksum, bytes, end);
  if (kind === 'sha256') return createHash('sha256').update(checked).digest().equals(stored);
  return Number(unsignedOf(stored, checksum.order ?? order)) === sumOf(checksum, checked);
}

function endOf({ to }: ChecksumDescription, bytes: Uint8Array, order: ByteOrder): number | null {
  if (typeof to === 'number') return to;
  const value = numberAt(bytes, to, order);
  return value === null ? null : (to.plus ?? 0) + (to.times ?? 1) * Number(value);
}

function checkedBytes(
  { from, zeroed = [], skipped = [] }: ChecksumDescription,
  bytes: Uint8Array,
  end: number,
): Uint8Array {
  const checked = Uint8Array.from(bytes.subarray(0, end));
  for (const [at, byteCount] of zeroed) checked.fill(0, at, at + byteCount);
  return checked.subarray(from).filter((_, i) => !skipped.includes(from + i));
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
