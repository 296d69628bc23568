import { RemapError } from '../errors';
import { recordedSector } from './codec/tableSector';
import { MAX_ENTRIES, visitEntries } from './codec/v4';
import type { RemapEntry } from './entry';
import type { LargeTable } from './largeTable';
import type { MetadataState } from './metadataState';
import { entryCountOf } from './stateChange';
import { inlineCountOf } from './structure';

export type VisitEntry = (position: number, entry: Required<RemapEntry>) => void;

/** What loading found out besides the entries. */
export interface LoadedEntries {
  readonly entryCount: number;
  /** Positions whose entry in the large table isn't what was visited: the next commit must write them. */
  readonly unsaved: readonly number[];
}

/**
 * Visits every entry: the structure's own in list order, then those that only the large table has. A position may come
 * again, and its last entry counts.
 *
 * The structure is what a kernel reads and writes, so where it and the large table differ the structure is right
 * (R10): its entries override the table's for the same sectors, and entries that it pushed out of its 2,048 places are
 * appended to the list.
 * @throws RemapError `ENODATA` when the table is damaged in both mirrors or doesn't hold all entries
 */
export async function loadEntries(
  image: MetadataState,
  table: LargeTable,
  visit: VisitEntry,
): Promise<LoadedEntries> {
  const entryCount = entryCountOf(image);
  const inline: Required<RemapEntry>[] = [];
  visitEntries(image.bytes, inlineCountOf(image.bytes), (position, entry) => {
    if (entryCount > MAX_ENTRIES) inline.push(entry);
    visit(position, entry);
  });
  const logged: Required<RemapEntry>[] = [];
  let seen = 0;
  await table.load((position, entry) => {
    if (position > seen) throw gap(seen);
    if (position === seen) seen++;
    if (position < MAX_ENTRIES) logged[position] = entry;
    else if (position < entryCount) visit(position, entry);
  });
  if (entryCount <= MAX_ENTRIES) return { entryCount, unsaved: [] };
  if (seen < entryCount) throw gap(seen);
  if (logged.every((entry, position) => isSamePlace(entry, inline[position]!)))
    return { entryCount, unsaved: [] };
  return reconcile(inline, logged, entryCount, table, visit);
}

async function reconcile(
  inline: readonly Required<RemapEntry>[],
  logged: readonly Required<RemapEntry>[],
  entryCount: number,
  table: LargeTable,
  visit: VisitEntry,
): Promise<LoadedEntries> {
  const inlineByOriginal = new Map(inline.map((entry) => [recordedSector(entry.original), entry]));
  const pushedOut = new Map<number, Required<RemapEntry>>();
  const unsaved = new Set<number>();
  for (const [position, entry] of logged.entries()) {
    if (!isSamePlace(entry, inline[position]!)) unsaved.add(position);
    if (!inlineByOriginal.has(entry.original)) pushedOut.set(entry.original, entry);
  }
  await table.load((position, entry) => {
    if (position < MAX_ENTRIES || position >= entryCount) return;
    pushedOut.delete(entry.original);
    const newer = inlineByOriginal.get(entry.original);
    if (!newer) return;
    visit(position, newer);
    unsaved.add(position);
  });
  let end = entryCount;
  for (const entry of pushedOut.values()) {
    unsaved.add(end);
    visit(end++, entry);
  }
  return { entryCount: end, unsaved: [...unsaved] };
}

function isSamePlace(logged: RemapEntry, inline: RemapEntry): boolean {
  return logged.original === recordedSector(inline.original) && logged.spare === recordedSector(inline.spare);
}

function gap(position: number): RemapError {
  return new RemapError(
    'ENODATA',
    `the large remap table doesn't hold entry ${position}, though the metadata count more`,
    { position },
  );
}
