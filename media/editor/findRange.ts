import { type ByteSpan, SECTOR_SIZE } from '../../src/shared/protocol';
import { parseGoto } from './gotoExpression';

/** Where a search is to look (null: everywhere), or what is wrong with the input. */
export type RangeResult = { readonly within: ByteSpan | null } | { readonly message: string };

/** In the input where no range is typed, and in what is said of a wrong one. */
export const RANGE_EXAMPLE = 'Sectors 2048..4095';

/**
 * Reads a range: two places as the "go to" box takes them, both of them in it, such as `2048..4095`, `2048 to end` or
 * `byte 0x200..byte 0x3ff`; one place alone: that sector or byte; nothing: everywhere.
 * @param cursor the byte offset that distances count from
 * @param sectorSize in sectors of how many bytes sectors are counted
 */
export function parseRange(
  input: string,
  byteCount: number,
  cursor: number,
  sectorSize = SECTOR_SIZE,
): RangeResult {
  const source = input.trim().replace(/^sectors\b/i, '');
  if (source.trim() === '') return { within: null };
  const places = source.split(/\.\.|–|\bto\b/);
  if (places.length > 2) return { message: `Type a range, such as ${RANGE_EXAMPLE}.` };
  const spans: ByteSpan[] = [];
  for (const place of places) {
    const found = parseGoto(place.trim(), byteCount, cursor, sectorSize);
    if (!found.ok) return { message: found.message };
    if (!('byteOffset' in found)) return { message: `Type a range, such as ${RANGE_EXAMPLE}.` };
    const size = /^b(yte)?(?![a-z])/i.test(place.trim()) ? 1 : sectorSize;
    spans.push({ start: found.byteOffset, end: Math.min(found.byteOffset + size, byteCount) });
  }
  const [start, end] = [spans[0]!.start, spans.at(-1)!.end];
  return start < end ? { within: { start, end } } : { message: 'The range ends before it begins.' };
}

/** A range as {@link parseRange} reads it. */
export function rangeText({ start, end }: ByteSpan, sectorSize = SECTOR_SIZE): string {
  if (start % sectorSize !== 0 || end % sectorSize !== 0) {
    return `byte 0x${start.toString(16)}..byte 0x${(end - 1).toString(16)}`;
  }
  const [first, last] = [start / sectorSize, end / sectorSize - 1];
  return first === last ? `Sector ${first}` : `Sectors ${first}..${last}`;
}
