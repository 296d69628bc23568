import { MapFlag, SECTOR_SIZE } from '../../src/shared/protocol';

/**
 * A kind of mark on the map. It has its own lane or its own shape, so that no mark is told apart by its colour alone.
 */
export interface Lane {
  readonly name: string;
  readonly flag: number;
  readonly lane: 0 | 1 | 2;
  readonly color: 'remapped' | 'bad' | 'metadata' | 'unvisited' | 'unsaved';
  readonly shape: 'full' | 'hollow';
}

/** Every kind of mark, in the order of drawing. */
const LANES: readonly Lane[] = [
  { name: 'remapped', flag: MapFlag.remapped, lane: 0, color: 'remapped', shape: 'full' },
  { name: 'unsaved', flag: MapFlag.unsaved, lane: 0, color: 'unsaved', shape: 'hollow' },
  { name: 'not rescued', flag: MapFlag.unvisited, lane: 1, color: 'unvisited', shape: 'hollow' },
  { name: 'bad', flag: MapFlag.bad, lane: 1, color: 'bad', shape: 'full' },
  { name: 'metadata', flag: MapFlag.metadata, lane: 2, color: 'metadata', shape: 'full' },
];

/** A run of buckets that carry the same mark. */
export interface Mark {
  readonly lane: Lane;
  readonly first: number;
  readonly count: number;
}

/** The marks to draw for buckets with these `MapFlag` bits, kind by kind. */
export function marksOf(flags: Uint8Array): Mark[] {
  const marks: Mark[] = [];
  for (const lane of LANES) {
    let first = -1;
    for (let bucket = 0; bucket <= flags.length; bucket++) {
      const set = ((flags[bucket] ?? 0) & lane.flag) !== 0;
      if (set && first < 0) first = bucket;
      if (set || first < 0) continue;
      marks.push({ lane, first, count: bucket - first });
      first = -1;
    }
  }
  return marks;
}

/** The sectors `[first, end)` that a bucket stands for: at least one. */
export function bucketSectors(
  bucket: number,
  bucketCount: number,
  sectorCount: number,
): { first: number; end: number } {
  const first = Math.min(Math.floor((bucket / bucketCount) * sectorCount), Math.max(0, sectorCount - 1));
  const end = Math.min(
    Math.max(first + 1, Math.ceil(((bucket + 1) / bucketCount) * sectorCount)),
    sectorCount,
  );
  return { first, end };
}

/** `MapFlag` bits in words: `remapped, bad`. */
export function bucketWords(flags: number): string {
  return LANES.filter((lane) => (flags & lane.flag) !== 0)
    .map((lane) => lane.name)
    .join(', ');
}

/** How many buckets a map of that height in pixels needs: at most one for each sector. */
export function bucketsFor(height: number, byteCount: number): number {
  return Math.max(1, Math.min(Math.floor(height), Math.ceil(byteCount / SECTOR_SIZE), 4096));
}
