import { DISPUTED } from '../metadata/entry';
import type { PoolEntry } from './poolEntry';

/** Entries that one spare of a pool lists now and that another program, such as a kernel, may have made or changed. */
export interface ForeignList {
  readonly member: number;
  /** In list order: of several for one original the last counts. All lead to this spare. */
  readonly entries: readonly PoolEntry[];
}

/** What became of a list. */
export interface ForeignChange {
  readonly member: number;
  /** Entries that count from now on: new ones, and new places on the same spare. */
  readonly taken: readonly PoolEntry[];
  /**
   * The entries that count, as before, of sectors for which the other program had no right to make one, since their data
   * live on another spare, and of those whose data it may have overwritten: which data are right is not known.
   */
  readonly disputed: readonly PoolEntry[];
}

/**
 * Joins the pool's entries with what another program, which knew one spare alone, listed there. It was right about the
 * sectors whose data live on that spare, and about those that had no entry. For all others the data on the other spare may
 * be older than what it wrote, and its own may be anything: neither is served as good (R16).
 * @param known the entries as the pool has them; of several for one original the last counts
 */
export function mergeForeign(
  known: Iterable<PoolEntry>,
  lists: readonly ForeignList[],
): { entries: PoolEntry[]; changes: ForeignChange[] } {
  const merged = new Map<number, PoolEntry>();
  for (const entry of known) {
    merged.delete(entry.original);
    merged.set(entry.original, entry);
  }
  const changes = lists.map((list) => mergeList(merged, list));
  return { entries: [...merged.values()], changes };
}

function mergeList(merged: Map<number, PoolEntry>, { member, entries }: ForeignList): ForeignChange {
  const listed = new Map(entries.map((entry) => [entry.original, { ...entry, member }]));
  const taken: PoolEntry[] = [];
  const refused: PoolEntry[] = [];
  for (const entry of listed.values()) {
    const before = merged.get(entry.original);
    if (before?.member === member && before.spare === entry.spare) continue;
    if (before && before.member !== member) {
      refused.push(entry);
      continue;
    }
    merged.set(entry.original, entry);
    taken.push(entry);
  }
  return { member, taken, disputed: refused.length > 0 ? dispute(merged, member, refused) : [] };
}

/** Marks the entries of the refused ones' sectors, and those whose place on the spare one of these has. */
function dispute(merged: Map<number, PoolEntry>, member: number, refused: readonly PoolEntry[]): PoolEntry[] {
  const originals = new Set(refused.map(({ original }) => original));
  const places = new Set(refused.map(({ spare }) => spare));
  const disputed: PoolEntry[] = [];
  for (const entry of merged.values()) {
    const isOverwritten = entry.member === member && places.has(entry.spare);
    if (!originals.has(entry.original) && !isOverwritten) continue;
    const marked = { ...entry, flags: entry.flags | DISPUTED };
    merged.set(entry.original, marked);
    disputed.push(marked);
  }
  return disputed;
}
