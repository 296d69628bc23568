import type { Division } from './codec/extras';
import { entryOffset, MAX_ENTRIES, visitEntries, visitPlaces, writeEntry } from './codec/v4';
import { crc32le } from './crc';
import type { RemapEntry, SlotEntry } from './entry';
import type { MetadataState } from './metadataState';
import { ownEntryCountOf } from './structure';

/**
 * How a spare of a pool holds entries (R16): those that live on it come first in the structure's array, where a kernel reads
 * them. The rest, which live on other spares, stand at the end of the array, the first of them last: a kernel reads
 * nothing there, and the entries that it adds take the free places between. With a large table, which has all, there is
 * no rest.
 */

/** What a commit says of the entries of a pool's spare. */
export interface DividedEntries {
  /** Which spare of the pool it is. */
  readonly memberIndex: number;
  /** Whether all entries are placed anew, instead of the changed ones alone. */
  readonly isWhole: boolean;
  readonly entryCount: number;
  readonly entryAt: (slot: number) => RemapEntry;
  readonly changed: readonly SlotEntry[];
  /** Whether the structure holds the rest: no large table does. */
  readonly hasRest: boolean;
}

/** How many entries of other spares a divided structure holds. */
export function restCountOf({ extras }: MetadataState): number {
  const { division, table, entryCount } = extras;
  return division && table.generation === 0 ? Math.max(0, entryCount - division.ownCount) : 0;
}

/**
 * The own entries of a divided structure that we didn't write, but another program, such as a kernel: those after ours, or
 * all if ours are no more as they were.
 */
export function foreignOwnEntries(state: MetadataState, memberIndex: number): Required<RemapEntry>[] {
  const { division } = state.extras;
  if (!division) return [];
  const { ownCount, ownChecksum } = division;
  const isPrefixOurs = ownChecksumOf(state.bytes, ownCount) === ownChecksum;
  const isOurs = isPrefixOurs && ownEntryCountOf(state.bytes) >= ownCount;
  const foreign: Required<RemapEntry>[] = [];
  visitOwnEntries(state, memberIndex, (slot, entry) => {
    if (!isOurs || slot >= ownCount) foreign.push(entry);
  });
  return foreign;
}

/** Whether the entries of other spares are as they were written. */
export function isRestIntact(state: MetadataState): boolean {
  const { division } = state.extras;
  return !division || restChecksumOf(state.bytes, restCountOf(state)) === division.restChecksum;
}

/** Visits the own entries of a pool's spare. They live where they are listed: a kernel doesn't know `pool_member`. */
export function visitOwnEntries(
  { bytes }: MetadataState,
  memberIndex: number,
  visit: (slot: number, entry: Required<RemapEntry>) => void,
): void {
  visitEntries(bytes, ownEntryCountOf(bytes), (slot, entry) =>
    visit(slot, { ...entry, member: memberIndex }),
  );
}

/** Visits the entries of other spares, which must be intact, in the order in which they were written. */
export function visitRest(
  state: MetadataState,
  visit: (index: number, entry: Required<RemapEntry>) => void,
): void {
  const first = MAX_ENTRIES - restCountOf(state);
  const rest: Required<RemapEntry>[] = [];
  visitEntries(state.bytes, MAX_ENTRIES, (slot, entry) => {
    if (slot >= first) rest.push(entry);
  });
  for (const [index, entry] of rest.reverse().entries()) visit(index, entry);
}

/**
 * Writes entries to a structure that is a copy of `base`.
 * @returns how they are divided now
 */
export function divideEntries(
  structure: Uint8Array,
  base: MetadataState,
  entries: DividedEntries,
): { division: Division; restCount: number } {
  const parts = new Parts(structure, entries.memberIndex);
  if (entries.isWhole || !base.extras.division) parts.placeAll(entries);
  else parts.placeChanged(base, entries);
  structure.fill(0, entryOffset(parts.ownCount), entryOffset(MAX_ENTRIES - parts.restCount));
  const division = {
    ownCount: parts.ownCount,
    ownChecksum: ownChecksumOf(structure, parts.ownCount),
    restChecksum: restChecksumOf(structure, parts.restCount),
  };
  return { division, restCount: parts.restCount };
}

function ownChecksumOf(bytes: Uint8Array, count: number): number {
  return crc32le(bytes.subarray(entryOffset(0), entryOffset(count)));
}

function restChecksumOf(bytes: Uint8Array, count: number): number {
  return crc32le(bytes.subarray(entryOffset(MAX_ENTRIES - count), entryOffset(MAX_ENTRIES)));
}

/** The two parts of an array of entries while they change. */
class Parts {
  readonly #structure: Uint8Array;
  readonly #memberIndex: number;
  readonly #own = new Part((index) => index);
  readonly #rest = new Part((index) => MAX_ENTRIES - 1 - index);

  constructor(structure: Uint8Array, memberIndex: number) {
    this.#structure = structure;
    this.#memberIndex = memberIndex;
  }

  get ownCount(): number {
    return this.#own.count;
  }

  get restCount(): number {
    return this.#rest.count;
  }

  placeAll({ entryCount, entryAt, hasRest }: DividedEntries): void {
    for (let slot = 0; slot < entryCount; slot++) {
      if (!hasRest && this.#own.count === MAX_ENTRIES) return;
      this.#place(entryAt(slot), hasRest);
    }
  }

  placeChanged(base: MetadataState, { changed, hasRest }: DividedEntries): void {
    const ownCount = ownEntryCountOf(base.bytes);
    const restStart = MAX_ENTRIES - (hasRest ? restCountOf(base) : 0);
    const rest: number[] = [];
    let at = 0;
    visitPlaces(base.bytes, MAX_ENTRIES, ({ original }) => {
      if (at < ownCount) this.#own.note(original);
      else if (at >= restStart) rest.push(original);
      at++;
    });
    for (const original of rest.reverse()) this.#rest.note(original);
    for (const { entry } of changed) this.#place(entry, hasRest);
  }

  #place(entry: RemapEntry, hasRest: boolean): void {
    const isOwn = (entry.member ?? 0) === this.#memberIndex;
    (isOwn ? this.#rest : this.#own).remove(entry.original, this.#structure);
    if (!isOwn && !hasRest) return;
    const hasRoom = this.#own.count + this.#rest.count < MAX_ENTRIES;
    (isOwn ? this.#own : this.#rest).put(entry, this.#structure, hasRoom);
  }
}

/** One part of the array: its entries have places 0, 1, ... in a row. */
class Part {
  readonly #slotOf: (place: number) => number;
  readonly #originals: number[] = [];
  readonly #places = new Map<number, number>();

  constructor(slotOf: (place: number) => number) {
    this.#slotOf = slotOf;
  }

  get count(): number {
    return this.#originals.length;
  }

  /** Takes over the next entry, which is in its place. */
  note(original: number): void {
    this.#places.set(original, this.#originals.length);
    this.#originals.push(original);
  }

  /** Writes an entry to its place, or to a new one if there is room: only a large table has those that found none. */
  put(entry: RemapEntry, structure: Uint8Array, hasRoom: boolean): void {
    let place = this.#places.get(entry.original);
    if (place === undefined) {
      if (!hasRoom) return;
      place = this.#originals.length;
      this.note(entry.original);
    }
    writeEntry(structure, this.#slotOf(place), entry);
  }

  /** Ends an entry; the last one takes its place. */
  remove(original: number, structure: Uint8Array): void {
    const place = this.#places.get(original);
    if (place === undefined) return;
    const last = this.#originals.pop()!;
    this.#places.delete(original);
    if (last === original) return;
    this.#originals[place] = last;
    this.#places.set(last, place);
    const from = entryOffset(this.#slotOf(this.#originals.length));
    structure.copyWithin(entryOffset(this.#slotOf(place)), from, from + entryOffset(1) - entryOffset(0));
  }
}
