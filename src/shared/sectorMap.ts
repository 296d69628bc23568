import { type Checked, numbers, oneOf, shape } from './check';

/** The kinds of sectors that a map shows, the one that matters most first. A sector may be of several. */
export const MAP_KINDS = [
  'bad',
  'notRescued',
  'difference',
  'match',
  'unsaved',
  'remapped',
  'metadata',
  'marker',
  'bookmark',
  'structure',
  'file',
  'unknown',
  'free',
  'written',
  'empty',
] as const;
export type MapKind = (typeof MAP_KINDS)[number];

/** How many sectors of a kind each bucket has. */
export const isMapLayer = shape({ kind: oneOf(...MAP_KINDS), counts: numbers });
export type MapLayer = Checked<typeof isMapLayer>;

/** A run of sectors of a view, cut into equal buckets: at most one for each sector. */
export interface MapPart {
  readonly firstSector: number;
  readonly sectorCount: number;
  readonly bucketCount: number;
}

/**
 * The sectors `[first, end)` of a bucket. Multiplies before it divides: dividing first rounds now and then into the
 * neighbour bucket.
 */
export function bucketSectors(
  bucket: number,
  { firstSector, sectorCount, bucketCount }: MapPart,
): { first: number; end: number } {
  const startOf = (index: number) => firstSector + Math.ceil((index * sectorCount) / bucketCount);
  return { first: startOf(bucket), end: startOf(bucket + 1) };
}

/** The bucket of a sector of the part. */
export function bucketOfSector(sector: number, { firstSector, sectorCount, bucketCount }: MapPart): number {
  return Math.min(bucketCount - 1, Math.floor(((sector - firstSector) * bucketCount) / sectorCount));
}

/** How many sectors of these runs each bucket has. */
export function countRuns(
  runs: Iterable<readonly [first: number, count: number]>,
  part: MapPart,
): Float64Array {
  const counts = new Float64Array(part.bucketCount);
  const partEnd = part.firstSector + part.sectorCount;
  for (const [first, count] of runs) {
    const end = Math.min(first + count, partEnd);
    for (let at = Math.max(first, part.firstSector); at < end; ) {
      const bucket = bucketOfSector(at, part);
      const next = Math.min(end, bucketSectors(bucket, part).end);
      counts[bucket]! += next - at;
      at = next;
    }
  }
  return counts;
}
