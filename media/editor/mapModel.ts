import { MapFlag, SECTOR_SIZE } from '../../src/shared/protocol';

/**
 * A kind of mark on the map. Each has a lane (one of three columns of the map) or a shape of its own, so that no mark is
 * told apart by its colour alone.
 */
export interface MarkKind {
  readonly name: string;
  readonly flag: number;
  readonly lane: 0 | 1 | 2;
  readonly color: 'remapped' | 'bad' | 'metadata' | 'not-rescued' | 'unsaved' | 'match';
  readonly shape: 'full' | 'hollow';
}

/** Every kind of mark, in the order of drawing. */
const MARK_KINDS: readonly MarkKind[] = [
  { name: 'remapped', flag: MapFlag.remapped, lane: 0, color: 'remapped', shape: 'full' },
  { name: 'unsaved', flag: MapFlag.unsaved, lane: 0, color: 'unsaved', shape: 'hollow' },
  { name: 'not rescued', flag: MapFlag.notRescued, lane: 1, color: 'not-rescued', shape: 'hollow' },
  { name: 'bad', flag: MapFlag.bad, lane: 1, color: 'bad', shape: 'full' },
  { name: 'metadata', flag: MapFlag.metadata, lane: 2, color: 'metadata', shape: 'full' },
  { name: 'match', flag: MapFlag.match, lane: 2, color: 'match', shape: 'hollow' },
];

/** A run of buckets that carry the same mark. */
export interface Mark {
  readonly kind: MarkKind;
  readonly first: number;
  readonly count: number;
}

/** The marks to draw for buckets with these `MapFlag` bits, one kind after the other. */
export function marksOf(flags: Uint8Array): Mark[] {
  const marks: Mark[] = [];
  for (const kind of MARK_KINDS) {
    let first = -1;
    for (let bucket = 0; bucket <= flags.length; bucket++) {
      const set = ((flags[bucket] ?? 0) & kind.flag) !== 0;
      if (set && first < 0) first = bucket;
      if (set || first < 0) continue;
      marks.push({ kind, first, count: bucket - first });
      first = -1;
    }
  }
  return marks;
}

/**
 * The sectors `[first, end)` that the engine counts in a bucket; the nearest one if it has none. Multiplies before it
 * divides: dividing first rounds now and then into the neighbour bucket.
 */
export function bucketSectors(
  bucket: number,
  bucketCount: number,
  sectorCount: number,
): { first: number; end: number } {
  const startOf = (index: number) => Math.ceil((index * sectorCount) / bucketCount);
  const first = Math.min(startOf(bucket), Math.max(0, sectorCount - 1));
  return { first, end: Math.min(Math.max(first + 1, startOf(bucket + 1)), sectorCount) };
}

/** The flags with a mark in the bucket of each of these bytes. */
export function withMatches(
  flags: Uint8Array,
  sectorCount: number,
  matches: readonly { readonly byteOffset: number }[],
): Uint8Array {
  if (matches.length === 0 || flags.length === 0) return flags;
  const marked = flags.slice();
  for (const { byteOffset } of matches) {
    const sector = Math.floor(byteOffset / SECTOR_SIZE);
    const bucket = Math.min(Math.floor((sector * flags.length) / sectorCount), flags.length - 1);
    marked[bucket]! |= MapFlag.match;
  }
  return marked;
}

/** `MapFlag` bits in words: `remapped, bad`. */
export function bucketWords(flags: number): string {
  return MARK_KINDS.filter((kind) => (flags & kind.flag) !== 0)
    .map((kind) => kind.name)
    .join(', ');
}

/** How many buckets a map of that height in pixels needs: at most one for each sector. */
export function bucketsFor(height: number, byteCount: number): number {
  return Math.max(1, Math.min(Math.floor(height), Math.ceil(byteCount / SECTOR_SIZE), 4096));
}
