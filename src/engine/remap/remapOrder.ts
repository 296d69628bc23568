import { inSlices, type Slices, STEPS_PER_SLICE } from '../concurrency/slices';
import type { SectorRange } from '../errors';
import type { RemapTable } from './remapTable';

/** By what remap entries can be ordered. */
export type RemapOrder = 'original' | 'spare' | 'time' | 'errors' | 'member';

/** Which remap entries are wanted: those for which all that is given is true. */
export interface RemapFilter {
  readonly originals?: readonly SectorRange[];
  readonly spares?: readonly SectorRange[];
  /** Remapped at or after, and before, these times in milliseconds since 1970. An entry of unknown time is not. */
  readonly since?: number;
  readonly until?: number;
  readonly minErrors?: number;
  readonly maxErrors?: number;
  readonly member?: number;
}

/** Which entries are wanted, in which order; those that are equal in it come by their original sectors. */
export interface RemapQuery {
  readonly order: RemapOrder;
  readonly isDescending: boolean;
  readonly filter: RemapFilter;
}

const NS_PER_MS = 1e6;

/**
 * The original sectors of the entries that a query wants, in its order. Works in slices, so that nothing waits long for it:
 * entries that are made meanwhile may be in it or not.
 */
export function selectRemaps(table: RemapTable, query: RemapQuery): Promise<Float64Array> {
  return inSlices(select(table, query));
}

function* select(table: RemapTable, { order, isDescending, filter }: RemapQuery): Slices<Float64Array> {
  const originals: number[] = [];
  const keys: number[] = [];
  let next = 0;
  for (let cursor = table.index.firstIn(next, Number.POSITIVE_INFINITY); cursor !== -1; ) {
    for (let steps = 0; cursor !== -1 && steps < STEPS_PER_SLICE; steps++) {
      const original = table.index.keyAt(cursor);
      const key = keyOf(table, table.index.slotAt(cursor), order, filter);
      if (key !== null) {
        originals.push(original);
        keys.push(key);
      }
      next = original + 1;
      cursor = table.index.nextIn(cursor, Number.POSITIVE_INFINITY);
    }
    yield;
    cursor = table.index.firstIn(next, Number.POSITIVE_INFINITY);
  }
  const places = yield* sorted(keys, isDescending);
  return Float64Array.from(places, (place) => originals[place]!);
}

/** What an entry is ordered by; null: the filter doesn't let it through. */
function keyOf(table: RemapTable, slot: number, order: RemapOrder, filter: RemapFilter): number | null {
  const { original, spare, member, timeNs, errorCount } = table.entryAt(slot);
  const time = Number(timeNs) / NS_PER_MS;
  const { originals, spares, since, until, minErrors = 0, maxErrors = Number.POSITIVE_INFINITY } = filter;
  const passes =
    isIn(originals, original) &&
    isIn(spares, spare) &&
    (since === undefined || time >= since) &&
    (until === undefined || (time > 0 && time < until)) &&
    errorCount >= minErrors &&
    errorCount <= maxErrors &&
    (filter.member === undefined || member === filter.member);
  return passes ? { original, spare, member, time, errors: errorCount }[order] : null;
}

function isIn(ranges: readonly SectorRange[] | undefined, sector: number): boolean {
  return ranges?.some(([first, count]) => sector >= first && sector < first + count) ?? true;
}

/** The places of the keys in their order, equal ones as they were: a merge sort that can be left at each yield. */
function* sorted(keys: readonly number[], isDescending: boolean): Slices<Uint32Array> {
  const sign = isDescending ? -1 : 1;
  const compare = (a: number, b: number) => sign * (keys[a]! - keys[b]!) || a - b;
  let from = Uint32Array.from(keys, (_, place) => place);
  let to = new Uint32Array(keys.length);
  for (let at = 0; at < from.length; at += STEPS_PER_SLICE) {
    from.subarray(at, at + STEPS_PER_SLICE).sort(compare);
    yield;
  }
  for (let width = STEPS_PER_SLICE; width < from.length; width *= 2) {
    for (let at = 0; at < from.length; at += 2 * width) yield* merge(from, to, at, width, compare);
    [from, to] = [to, from];
  }
  return from;
}

/** Merges the run of `width` places at `start` with the one after it. */
function* merge(
  from: Uint32Array,
  to: Uint32Array,
  start: number,
  width: number,
  compare: (a: number, b: number) => number,
): Slices<void> {
  const middle = Math.min(start + width, from.length);
  const end = Math.min(middle + width, from.length);
  let [left, right] = [start, middle];
  for (let at = start; at < end; at++) {
    const takesLeft = left < middle && (right >= end || compare(from[left]!, from[right]!) < 0);
    to[at] = takesLeft ? from[left++]! : from[right++]!;
    if (at % STEPS_PER_SLICE === 0) yield;
  }
}
