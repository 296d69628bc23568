import { RemapError } from '../engine';
import { SECTOR_SIZE } from '../shared/protocol';
import { type DecodedStructure, recognizeAt, SECTORS_BEFORE, SECTORS_FROM } from '../structure';
import type { SearchedBytes } from './search';

/**
 * The structures that a sector of a view is part of, as far as the sectors around it can be read.
 * @throws RemapError `EINVAL` for a sector that isn't in the view
 */
export async function structuresAt(
  { byteCount, read }: SearchedBytes,
  sector: number,
  signal: AbortSignal,
): Promise<DecodedStructure[]> {
  const whole = Math.floor(byteCount / SECTOR_SIZE);
  if (sector >= Math.ceil(byteCount / SECTOR_SIZE))
    throw new RemapError('EINVAL', `There is no sector ${sector}.`);
  if (sector >= whole) return [];
  const first = Math.max(0, sector - SECTORS_BEFORE);
  const count = Math.min(whole, sector + SECTORS_FROM) - first;
  const { bytes, unreadable } = await read(first, count, signal);
  let start = first;
  let end = first + count;
  for (const run of unreadable) {
    if (run.first + run.count <= sector) start = Math.max(start, run.first + run.count);
    else end = Math.min(end, run.first);
  }
  if (end <= sector) return [];
  return recognizeAt(
    sector,
    bytes.subarray((start - first) * SECTOR_SIZE, (end - first) * SECTOR_SIZE),
    start,
  );
}
