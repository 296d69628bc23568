import { BlockError, type SectorRange } from '../errors';
import { SECTOR_SIZE } from './blockDevice';

/**
 * Checks that a request is whole sectors inside a device (R12).
 * @returns the request's sector count
 * @throws BlockError `EINVAL`, whose message names the sector and the device's size
 */
export function checkRequest(sector: number, byteLength: number, sectorCount: number): number {
  const count = byteLength / SECTOR_SIZE;
  if (!Number.isInteger(count) || count === 0) throw notWhole(sector, byteLength);
  checkRange(sector, count, sectorCount);
  return count;
}

/** {@link checkRequest} for a run given in sectors. */
export function checkRange(sector: number, count: number, sectorCount: number): void {
  if (Number.isSafeInteger(sector) && sector >= 0 && count > 0 && sector + count <= sectorCount) return;
  throw outside(sector, count, sectorCount);
}

// A function of its own: every request runs the checks, and the compiler inlines them only while they are small.
function notWhole(sector: number, byteLength: number): BlockError {
  const message = `a request of ${byteLength} bytes is not a whole number of 512-byte sectors`;
  return new BlockError('EINVAL', message, [], { sector });
}

function outside(sector: number, count: number, sectorCount: number): BlockError {
  const what = count === 1 ? `sector ${sector}` : `sectors ${sector} to ${sector + count - 1}`;
  const message = `${what} is outside the device, which ends at sector ${sectorCount - 1}`;
  return new BlockError('EINVAL', message, [], { sector, count, sectorCount });
}

/** Appends a run to an ascending list, and merges it with the last run if they touch. */
export function appendRange(ranges: [number, number][], first: number, count: number): void {
  const last = ranges[ranges.length - 1];
  if (last && first <= last[0] + last[1]) last[1] = Math.max(last[1], first + count - last[0]);
  else ranges.push([first, count]);
}

/** Sorts and merges runs in any order into an ascending, disjoint list. */
export function mergeRanges(ranges: Iterable<SectorRange>): SectorRange[] {
  const merged: [number, number][] = [];
  for (const [first, count] of [...ranges].sort((a, b) => a[0] - b[0])) appendRange(merged, first, count);
  return merged;
}

/** The parts of `ranges` not covered by `holes`; both ascending and disjoint. */
export function subtractRanges(ranges: readonly SectorRange[], holes: readonly SectorRange[]): SectorRange[] {
  const rest: SectorRange[] = [];
  let h = 0;
  for (const [first, count] of ranges) {
    let at = first;
    const end = first + count;
    while (h < holes.length && holes[h]![0] + holes[h]![1] <= at) h++;
    for (let i = h; i < holes.length && holes[i]![0] < end; i++) {
      const [holeFirst, holeCount] = holes[i]!;
      if (holeFirst > at) rest.push([at, holeFirst - at]);
      at = Math.max(at, holeFirst + holeCount);
    }
    if (at < end) rest.push([at, end - at]);
  }
  return rest;
}

/** How many sectors a list of disjoint runs holds. */
export function countSectors(ranges: readonly SectorRange[]): number {
  return ranges.reduce((sum, [, count]) => sum + count, 0);
}

/** The bytes of sectors `[first, first + count)` within a buffer that starts at sector `base`. */
export function sliceSectors(buffer: Uint8Array, base: number, first: number, count: number): Uint8Array {
  if (first === base && count * SECTOR_SIZE === buffer.length) return buffer;
  return buffer.subarray((first - base) * SECTOR_SIZE, (first - base + count) * SECTOR_SIZE);
}
