import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { CRC32C_START, crc32c, RemapError } from '../engine';
import { SECTOR_SIZE } from '../shared/protocol';
import type { SearchOptions } from './search';
import type { SearchedBytes } from './searchedBytes';

/** Sectors that are read at once: few enough to be cancelled without a wait. */
const STEP_SECTORS = 2048;

/**
 * CRC-32, CRC-32C, MD5, SHA-1 and SHA-256 of the bytes `[start, end)`, unsaved edits included.
 * @throws RemapError `EINVAL` for a range that isn't in the view, `EIO` at the first sector that can't be read; the
 * signal's reason when it is aborted
 */
export async function checksumsOf(
  { byteCount, read }: SearchedBytes,
  { start, end }: { readonly start: number; readonly end: number },
  { signal, onProgress }: SearchOptions,
): Promise<{ name: string; value: string }[]> {
  if (end <= start || end > byteCount) throw new RemapError('EINVAL', 'There is nothing to check.');
  const hashes = ['MD5', 'SHA-1', 'SHA-256'].map((name) => ({
    name,
    hash: createHash(name.replace('-', '')),
  }));
  let ieee = 0;
  let castagnoli = CRC32C_START;
  for (let at = start; at < end; ) {
    signal.throwIfAborted();
    const first = Math.floor(at / SECTOR_SIZE);
    const count = Math.min(STEP_SECTORS, Math.ceil(end / SECTOR_SIZE) - first);
    const { bytes, unreadable } = await read(first, count, signal);
    if (unreadable[0]) {
      throw new RemapError('EIO', `Sector ${unreadable[0].first} can’t be read: there are no checksums.`);
    }
    const base = first * SECTOR_SIZE;
    const part = bytes.subarray(at - base, Math.min(end - base, count * SECTOR_SIZE));
    for (const { hash } of hashes) hash.update(part);
    ieee = crc32(part, ieee);
    castagnoli = crc32c(castagnoli, part);
    at += part.length;
    onProgress?.(at - start, end - start, []);
  }
  const inverted = (castagnoli ^ 0xffffffff) >>> 0;
  return [
    { name: 'CRC-32', value: hex32(ieee) },
    { name: 'CRC-32C', value: hex32(inverted) },
    ...hashes.map(({ name, hash }) => ({ name, value: hash.digest('hex') })),
  ];
}

function hex32(value: number): string {
  return value.toString(16).padStart(8, '0');
}
