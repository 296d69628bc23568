import { RemapError } from '../errors';
import { recordedSector } from './codec/tableSector';
import { MAX_ENTRIES, visitEntries } from './codec/v4';
import { isRestIntact, visitOwnEntries, visitRest } from './division';
import type { RemapEntry } from './entry';
import type { LargeTable } from './largeTable';
import type { MetadataState } from './metadataState';
import { entryCountOf } from './stateChange';
import { ownEntryCountOf } from './structure';

/** Told of an entry and its slot. */
export type VisitEntry = (slot: number, entry: Required<RemapEntry>) => void;

/** What loading found out besides the entries. */
export interface LoadedEntries {
  readonly entryCount: number;
  /** Slots whose entry in the large table isn't what was visited: the next commit must write them. */
  readonly unsaved: readonly number[];
}

/**
 * Visits every entry: the structure's own in list order, then those that only the large table has. A slot may come
 * again, and its last entry counts.
 *
 * The structure is what a kernel reads and writes, so where it and the large table differ the structure is right
 * (R10): its entries override the table's for the same sectors, and entries that have lost their place among its 2,048
 * are appended to the list.
 * @throws RemapError `ENODATA` when the table is damaged in both mirrors or doesn't hold all entries
 */
export async function loadEntries(
  state: MetadataState,
  table: LargeTable,
  memberIndex: number,
  visit: VisitEntry,
): Promise<LoadedEntries> {
  if (state.extras.division) return loadDivided(state, table, memberIndex, visit);
  const entryCount = entryCountOf(state);
  const ownEntries: Required<RemapEntry>[] = [];
  visitEntries(state.bytes, ownEntryCountOf(state.bytes), (slot, entry) => {
    if (entryCount > MAX_ENTRIES) ownEntries.push(entry);
    visit(slot, entry);
  });
  const tableEntries: Required<RemapEntry>[] = [];
  let seen = 0;
  await table.load((slot, entry) => {
    if (slot > seen) throw gap(seen);
    if (slot === seen) seen++;
    if (slot < MAX_ENTRIES) tableEntries[slot] = entry;
    else if (slot < entryCount) visit(slot, entry);
  });
  if (entryCount <= MAX_ENTRIES) return { entryCount, unsaved: [] };
  if (seen < entryCount) throw gap(seen);
  if (tableEntries.every((entry, slot) => isSamePlace(entry, ownEntries[slot]!)))
    return { entryCount, unsaved: [] };
  return reconcile(ownEntries, tableEntries, entryCount, table, visit);
}

/**
 * Loads the entries of a pool's spare: all that the large table has, or the own ones and the rest. What another program
 * changed in the own part of one with a large table is left to the caller, who knows where each sector lives (R16).
 */
async function loadDivided(
  state: MetadataState,
  table: LargeTable,
  memberIndex: number,
  visit: VisitEntry,
): Promise<LoadedEntries> {
  const entryCount = entryCountOf(state);
  if (state.table.generation === 0) {
    const ownCount = ownEntryCountOf(state.bytes);
    visitOwnEntries(state, memberIndex, visit);
    if (isRestIntact(state)) visitRest(state, (index, entry) => visit(ownCount + index, entry));
    return { entryCount, unsaved: [] };
  }
  let seen = 0;
  await table.load((slot, entry) => {
    if (slot > seen) throw gap(seen);
    if (slot === seen) seen++;
    if (slot < entryCount) visit(slot, entry);
  });
  if (seen < entryCount) throw gap(seen);
  return { entryCount, unsaved: [] };
}

/**
 * Loads a table that differs from the structure's own entries, because a kernel has written in between.
 * @param ownEntries the structure's own entries, by slot
 * @param tableEntries the table's entries of the same slots
 */
async function reconcile(
  ownEntries: readonly Required<RemapEntry>[],
  tableEntries: readonly Required<RemapEntry>[],
  entryCount: number,
  table: LargeTable,
  visit: VisitEntry,
): Promise<LoadedEntries> {
  const ownByOriginal = new Map(ownEntries.map((entry) => [recordedSector(entry.original), entry]));
  const pushedOut = new Map<number, Required<RemapEntry>>();
  const unsaved = new Set<number>();
  for (const [slot, entry] of tableEntries.entries()) {
    if (!isSamePlace(entry, ownEntries[slot]!)) unsaved.add(slot);
    if (!ownByOriginal.has(entry.original)) pushedOut.set(entry.original, entry);
  }
  await table.load((slot, entry) => {
    if (slot < MAX_ENTRIES || slot >= entryCount) return;
    pushedOut.delete(entry.original);
    const newer = ownByOriginal.get(entry.original);
    if (!newer) return;
    visit(slot, newer);
    unsaved.add(slot);
  });
  let end = entryCount;
  for (const entry of pushedOut.values()) {
    unsaved.add(end);
    visit(end++, entry);
  }
  return { entryCount: end, unsaved: [...unsaved] };
}

function isSamePlace(inTable: RemapEntry, own: RemapEntry): boolean {
  return inTable.original === recordedSector(own.original) && inTable.spare === recordedSector(own.spare);
}

function gap(slot: number): RemapError {
  return new RemapError(
    'ENODATA',
    `the large remap table doesn't hold entry ${slot}, though the metadata count more`,
    { slot },
  );
}
