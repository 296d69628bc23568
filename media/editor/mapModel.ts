import { SECTOR_SIZE } from '../../src/shared/protocol';
import {
  bucketOfSector,
  bucketSectors,
  countRuns,
  MAP_KINDS,
  type MapKind,
  type MapLayer,
  type MapPart,
} from '../../src/shared/sectorMap';
import { decimal, sectorNumbers, sizeNote } from './numberTexts';

/** A part of a view and how many sectors of each kind its buckets have. A kind without a layer isn't known. */
export interface MapContent {
  readonly part: MapPart;
  readonly layers: readonly MapLayer[];
  /** In sectors of how many bytes places are said; absent: 512. Counts are of 512 bytes. */
  readonly sectorSize?: number;
}

export const NO_MAP: MapContent = { part: { firstSector: 0, sectorCount: 0, bucketCount: 0 }, layers: [] };

/**
 * A kind of mark on the map beside the grid. Each has a lane (one of three columns of the map) or a shape of its own, so
 * that no mark is told apart by its colour alone.
 */
export interface MarkKind {
  readonly kind: MapKind;
  readonly lane: 0 | 1 | 2;
  /** `wide`: over all lanes, under the other marks; `flag`: a triangle at the edge, over them. */
  readonly shape: 'full' | 'hollow' | 'wide' | 'flag';
}

/** Every kind of mark, in the order of drawing. */
const MARK_KINDS: readonly MarkKind[] = [
  { kind: 'difference', lane: 0, shape: 'wide' },
  { kind: 'remapped', lane: 0, shape: 'full' },
  { kind: 'unsaved', lane: 0, shape: 'hollow' },
  { kind: 'notRescued', lane: 1, shape: 'hollow' },
  { kind: 'bad', lane: 1, shape: 'full' },
  { kind: 'metadata', lane: 2, shape: 'full' },
  { kind: 'match', lane: 2, shape: 'hollow' },
  { kind: 'bookmark', lane: 2, shape: 'flag' },
];

/** A run of buckets that carry the same mark. */
export interface Mark {
  readonly mark: MarkKind;
  readonly first: number;
  readonly count: number;
}

/** The marks to draw, one kind after the other. */
export function marksOf({ layers }: MapContent): Mark[] {
  return MARK_KINDS.flatMap((mark) =>
    bucketRuns(countsOf(layers, mark.kind)).map(([first, count]) => ({ mark, first, count })),
  );
}

/** How many sectors of a kind each bucket has; undefined where that isn't known. */
export function countsOf(layers: readonly MapLayer[], kind: MapKind): Float64Array | undefined {
  return layers.find((layer) => layer.kind === kind)?.counts;
}

/** The runs of neighbouring buckets that have any. */
export function bucketRuns(counts: Float64Array | undefined): [first: number, count: number][] {
  const runs: [number, number][] = [];
  counts?.forEach((count, bucket) => {
    const last = runs[runs.length - 1];
    if (count === 0) return;
    if (last && last[0] + last[1] === bucket) last[1]++;
    else runs.push([bucket, 1]);
  });
  return runs;
}

/** The kind in a bucket that matters most; null where nothing is known of it. */
export function worstOf({ layers }: MapContent, bucket: number): MapKind | null {
  return MAP_KINDS.find((kind) => (countsOf(layers, kind)?.[bucket] ?? 0) > 0) ?? null;
}

/** As {@link worstOf}, of the kinds that the map beside the grid marks. */
export function worstMarkOf(map: MapContent, bucket: number): MapKind | null {
  const worst = worstOf(map, bucket);
  return MARK_KINDS.some(({ kind }) => kind === worst) ? worst : null;
}

const NAMES: Readonly<Record<MapKind, string>> = {
  bad: 'bad',
  notRescued: 'not rescued',
  difference: 'different',
  match: 'matches',
  unsaved: 'changed',
  remapped: 'remapped',
  metadata: 'metadata',
  marker: 'for markers',
  bookmark: 'bookmarks',
  structure: 'in structures',
  file: 'in files',
  unknown: 'of unknown owner',
  free: 'free',
  written: 'written',
  empty: 'empty',
};

/** What isn't counted in sectors, where there is one. */
const SINGLE: Partial<Record<MapKind, string>> = { match: '1 match', bookmark: '1 bookmark' };

/** What a bucket has: `3 bad, 12 remapped, 97 written`. */
export function bucketWords({ layers }: MapContent, bucket: number): string {
  const words = MAP_KINDS.flatMap((kind) => {
    const count = countsOf(layers, kind)?.[bucket] ?? 0;
    if (count === 0) return [];
    return count === 1 && kind in SINGLE ? [SINGLE[kind]!] : [`${decimal(count)} ${NAMES[kind]}`];
  });
  return words.join(', ');
}

/** `Sectors 0 – 63: 3 bad`, or `Sector 5`; `Sectors 0 – 7 (of 4,096 bytes): 3 bad, in sectors of 512 bytes`. */
export function bucketText(map: MapContent, bucket: number): string {
  const { first, end } = bucketSectors(bucket, map.part);
  const { sectorSize = SECTOR_SIZE } = map;
  const numbers = sectorNumbers(first, end, sectorSize);
  const span = `${/^[\d,]+$/.test(numbers) ? 'Sector' : 'Sectors'} ${numbers}${sizeNote(sectorSize)}`;
  const words = bucketWords(map, bucket);
  if (words === '') return span;
  return `${span}: ${words}${sectorSize === SECTOR_SIZE ? '' : `, in sectors of ${SECTOR_SIZE} bytes`}`;
}

/** How many sectors of a kind all buckets have; null where that isn't known. */
export function totalOf(layers: readonly MapLayer[], kind: MapKind): number | null {
  return countsOf(layers, kind)?.reduce((sum, count) => sum + count, 0) ?? null;
}

/** How many buckets a map of that height in pixels needs: at most one for each sector. */
export function bucketsFor(height: number, byteCount: number): number {
  return Math.max(1, Math.min(Math.floor(height), Math.ceil(byteCount / SECTOR_SIZE), 4096));
}

/** What the page knows of the sectors of a view besides what the extension counts. */
export class MapKnowledge {
  /** Firsts and counts by turns of the runs that are empty; null: not known. */
  empty: Float64Array | null = null;
  /** Null while there is no search for all. */
  matches: readonly { readonly byteOffset: number }[] | null = null;

  bookmarks: readonly { readonly byteOffset: number }[] = [];

  /** The map of a part, of what the extension counted and what is known here. */
  mapOf(part: MapPart, counted: readonly MapLayer[]): MapContent {
    const layers = [...counted];
    if (this.matches) layers.push({ kind: 'match', counts: countPlaces(this.matches, part) });
    if (this.bookmarks.length > 0)
      layers.push({ kind: 'bookmark', counts: countPlaces(this.bookmarks, part) });
    if (this.empty) {
      const empty = countRuns(pairs(this.empty), part);
      layers.push({ kind: 'empty', counts: empty }, { kind: 'written', counts: restOf(part, layers, empty) });
    }
    return { part, layers };
  }
}

function countPlaces(places: readonly { readonly byteOffset: number }[], part: MapPart): Float64Array {
  const counts = new Float64Array(part.bucketCount);
  const end = part.firstSector + part.sectorCount;
  for (const { byteOffset } of places) {
    const sector = Math.floor(byteOffset / SECTOR_SIZE);
    if (sector >= part.firstSector && sector < end) counts[bucketOfSector(sector, part)]!++;
  }
  return counts;
}

/** The sectors that are neither empty nor unreadable. */
function restOf(part: MapPart, layers: readonly MapLayer[], empty: Float64Array): Float64Array {
  const [bad, notRescued] = [countsOf(layers, 'bad'), countsOf(layers, 'notRescued')];
  return empty.map((count, bucket) => {
    const { first, end } = bucketSectors(bucket, part);
    return end - first - count - (bad?.[bucket] ?? 0) - (notRescued?.[bucket] ?? 0);
  });
}

function* pairs(runs: Float64Array): Generator<readonly [first: number, count: number]> {
  for (let index = 0; index < runs.length; index += 2) yield [runs[index]!, runs[index + 1]!];
}
