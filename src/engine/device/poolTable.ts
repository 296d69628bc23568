import { countSectors, mergeRanges } from '../block/range';
import { metadataRestored } from '../dmsetup/kernelTexts';
import { MAX_ENTRIES } from '../metadata/codec/v4';
import { PENDING } from '../metadata/entry';
import type { MetadataStore } from '../metadata/metadataStore';
import { type ForeignChange, type ForeignList, mergeForeign } from '../remap/foreignEntries';
import type { PoolEntry } from '../remap/poolEntry';
import type { RemapTable } from '../remap/remapTable';
import type { KernelLog } from './kernelLog';
import type { PoolPlan } from './poolPlan';

/** Ranges that a reason names, and entries that go to the log. */
const MAX_NAMED = 3;
const MAX_LOGGED = 20;

/** What loading the entries of a device found. */
export interface LoadedTable {
  /** The table is another one than the spares have: it must be written to all of them. */
  readonly isChanged: boolean;
  /** What another program did to a spare of the pool, a sentence each. */
  readonly reasons: readonly string[];
}

/** A spare that is there, and the first entries that it lists, if they aren't divided yet. */
interface Loaded {
  readonly index: number;
  readonly store: MetadataStore;
  readonly listed: PoolEntry[];
}

/**
 * Loads every store, as each must be before it can take commits. Only the newest one's entries count, and of a pool what
 * another program changed on any spare since its last commit: that is told apart and said (R16).
 * @param table null where other entries are in use already
 * @throws RemapError as {@link MetadataStore.load} has it
 */
export async function loadTable(
  stores: readonly (MetadataStore | null)[],
  plan: PoolPlan,
  table: RemapTable | null,
  log: KernelLog,
): Promise<LoadedTable> {
  const present = stores.flatMap((store, index) =>
    store ? [{ index, store, listed: [] as PoolEntry[] }] : [],
  );
  // The newest comes first: the others' tables are compared with it.
  present.sort((a, b) => Number(b.index === plan.newest) - Number(a.index === plan.newest));
  let isChanged = false;
  for (const loaded of present) {
    if (await load(loaded, plan, table)) isChanged = true;
    if (loaded.index === plan.newest && table) {
      log.line(metadataRestored(loaded.store.sequence, loaded.store.entryCount));
    }
  }
  table?.publishAll();
  if (!table || plan.stamp === null) return { isChanged: false, reasons: [] };
  const lists = foreignLists(present, plan);
  if (lists.length > 0 || table.size < table.slotCount) {
    const changes = mergeInto(table, present, plan, lists);
    const reasons = changes.flatMap((change) => sayChange(change, table, present, log));
    return { isChanged: true, reasons: [...reasons, ...sayUnused(present, plan)] };
  }
  return { isChanged, reasons: sayUnused(present, plan) };
}

/** @returns whether the store has other entries in some slots than the newest one: they must be written to it */
async function load({ index, store, listed }: Loaded, { newest }: PoolPlan, table: RemapTable | null) {
  const isListed = !store.isDivided;
  const hasSlots = store.extras.table.generation > 0;
  const differing = new Set<number>();
  await store.load((slot, entry) => {
    if (isListed && slot < MAX_ENTRIES) listed[slot] = entry;
    if (index === newest) table?.stageAt(slot, entry);
    else if (hasSlots && table && !isInSlot(table, slot, entry)) differing.add(slot);
    else differing.delete(slot);
  });
  return differing.size > 0;
}

function isInSlot(table: RemapTable, slot: number, { original, spare, member }: PoolEntry): boolean {
  if (slot >= table.slotCount) return false;
  const entry = table.entryAt(slot);
  return entry.original === original && entry.spare === spare && entry.member === member;
}

/** Of the spares that took part in the pool's last commit, what they list and we didn't write. */
function foreignLists(present: readonly Loaded[], { current }: PoolPlan): ForeignList[] {
  const took = present.filter(({ index }) => current.includes(index));
  return took.flatMap((loaded) => {
    const entries = foreignEntries(loaded, took);
    return entries.length > 0 ? [{ member: loaded.index, entries }] : [];
  });
}

/**
 * A spare that isn't divided holds the same list as the others of its pool: what these don't have, another program made. With
 * none to compare it is what a kernel leaves pending.
 */
function foreignEntries({ index, store, listed }: Loaded, took: readonly Loaded[]): readonly PoolEntry[] {
  if (store.isDivided) return store.foreignEntries();
  const other = took.find((loaded) => loaded.index !== index && !loaded.store.isDivided);
  if (!other) return listed.filter(({ flags }) => flags === PENDING);
  const places = new Set(other.listed.map(placeOf));
  return listed.filter((entry) => !places.has(placeOf(entry)));
}

function placeOf({ original, spare, member }: PoolEntry): string {
  return `${original} ${member} ${spare}`;
}

function mergeInto(
  table: RemapTable,
  present: readonly Loaded[],
  { newest }: PoolPlan,
  lists: readonly ForeignList[],
): readonly ForeignChange[] {
  const own = lists.find(({ member }) => member === newest);
  const places = new Set(own?.entries.map(placeOf));
  const isOfTable = (present.find(({ index }) => index === newest)?.store.extras.table.generation ?? 0) > 0;
  const known: PoolEntry[] = [];
  for (let slot = 0; slot < table.slotCount; slot++) {
    const entry = table.entryAt(slot);
    if (isOfTable || slot >= MAX_ENTRIES || !places.has(placeOf(entry))) known.push(entry);
  }
  const { entries, changes } = mergeForeign(known, lists);
  table.rebuild(entries);
  return changes;
}

/** What another program did, a sentence; each of its entries goes to the log. Disputed ones have a reason of their own. */
function sayChange(
  { member, taken, disputed }: ForeignChange,
  table: RemapTable,
  present: readonly Loaded[],
  log: KernelLog,
): string[] {
  const isDivided = present.some(({ index, store }) => index === member && store.isDivided);
  const mixed = isDivided ? [] : mayBeMixedUp(table, member);
  const facts = [
    ...(taken.length > 0 ? [`${count(taken.length, 'remap')} of its own in use now`] : []),
    ...(mixed.length > 0 ? [`${named(mixed)} may hold another sector's data`] : []),
  ];
  for (const { original, spare } of taken.slice(0, MAX_LOGGED))
    log.warning(`Spare ${member}: another program remapped sector ${original} to spare sector ${spare}`);
  for (const { original, spare, member: at } of disputed.slice(0, MAX_LOGGED))
    log.warning(`Sector ${original} is disputed: spare ${at} has older data for it at sector ${spare}`);
  return facts.length > 0 ? [`${culprit(member)}: ${facts.join('; ')}`] : [];
}

/** Changes on a spare that missed commits since can't be told from what it missed, and are not used. */
function sayUnused(present: readonly Loaded[], { current }: PoolPlan): string[] {
  return present
    .filter(({ index, store }) => !current.includes(index) && store.foreignEntries().length > 0)
    .map(
      ({ index }) => `${culprit(index)}, which are not used, since the pool was used without this spare too`,
    );
}

function culprit(member: number): string {
  return `another program, such as a kernel that was given spare ${member} alone, changed its remaps`;
}

/** Sectors of a spare that a kernel took for those of other spares' entries: nothing told it that these live elsewhere. */
function mayBeMixedUp(table: RemapTable, member: number): number[] {
  const elsewhere = new Set<number>();
  for (let slot = 0; slot < table.slotCount; slot++) {
    if (table.memberOf(slot) !== member) elsewhere.add(table.spareOf(slot));
  }
  const originals: number[] = [];
  table.index.visit(0, Number.POSITIVE_INFINITY, (original, slot) => {
    if (table.memberOf(slot) === member && elsewhere.has(table.spareOf(slot))) originals.push(original);
  });
  return originals;
}

/** "3 sectors (1000, 2000 to 2001)". */
function named(originals: readonly number[]): string {
  const ranges = mergeRanges(originals.map((original) => [original, 1] as const));
  const texts = ranges
    .slice(0, MAX_NAMED)
    .map(([first, each]) => (each === 1 ? `${first}` : `${first} to ${first + each - 1}`));
  if (ranges.length > MAX_NAMED) texts.push('and others');
  return `${count(countSectors(ranges), 'sector')} (${texts.join(', ')})`;
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}
