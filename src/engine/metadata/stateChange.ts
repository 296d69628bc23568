import { SECTOR_SIZE } from '../block/blockDevice';
import { type Division, type Extras, type ExtrasState, isSameExtras } from './codec/extras';
import {
  EXPANSION_OFFSET,
  entryOffset,
  MAX_ENTRIES,
  STRUCTURE_BYTES,
  STRUCTURE_SECTORS,
  v4Header,
  writeEntry,
} from './codec/v4';
import { divideEntries, restCountOf } from './division';
import type { RemapEntry, SlotEntry } from './entry';
import type { MetadataState } from './metadataState';
import { HEALTH_PREFIX, type HeaderValues, type HealthFields, ownEntryCountOf, putExtras } from './structure';

const U32_MAX = 0xffffffff;

/** How a commit places entries in a structure that divides them, or divided them before. */
export interface EntryPlacing {
  /** Which spare of a pool it is; null on one that is of none any more. */
  readonly memberIndex: number | null;
  /** Whether all entries are placed anew, instead of the changed ones alone. */
  readonly isWhole: boolean;
  /** Whether it keeps its own entries alone, because it has no room for the large table. */
  readonly isBehind: boolean;
  readonly entryAt: (slot: number) => RemapEntry;
}

/** What a commit changes in a structure. */
export interface StructureChange {
  readonly sequence: bigint;
  /** Seconds since the epoch. */
  readonly timestamp: bigint;
  readonly entryCount: number;
  readonly changed: readonly SlotEntry[];
  readonly nextSpare: number;
  readonly spareSectorCount: number;
  readonly extras: Omit<Extras, 'nextSpare' | 'entryCount' | 'division'>;
  readonly health: Partial<HealthFields>;
  readonly placing?: EntryPlacing;
}

/**
 * How many entries there are, those that only the large table has included. The extras' count matters only while the
 * structure's own entries fill it: a kernel that wrote fewer has made another list.
 */
export function entryCountOf(state: MetadataState): number {
  const { bytes, extras } = state;
  const ownEntryCount = ownEntryCountOf(bytes);
  if (extras.division && extras.table.generation > 0) return extras.entryCount;
  if (extras.division) return ownEntryCount + restCountOf(state);
  return ownEntryCount < MAX_ENTRIES ? ownEntryCount : Math.max(ownEntryCount, extras.entryCount);
}

/** The first spare sector that was never handed out: in the kernel's 32-bit field, or in the extras where that is too narrow. */
export function nextSpareOf({ bytes, extras }: MetadataState): number {
  const narrow = v4Header.get(bytes, 'next_spare_sector');
  return narrow < U32_MAX ? narrow : Math.max(narrow, extras.nextSpare);
}

/** The state that a commit makes of `base`, which stays as it is. Foreign expansion data are kept. */
export function changeStructure(base: MetadataState, change: StructureChange): MetadataState {
  const structure = copyOf(base.bytes);
  const touched = new Set([0, STRUCTURE_SECTORS - 1]);
  const placed = placeEntries(structure, base, change, touched);
  v4Header.encode(
    {
      sequence_number: change.sequence,
      timestamp: change.timestamp,
      spare_device_sectors: BigInt(change.spareSectorCount),
      active_remaps: placed.ownCount,
      next_spare_sector: Math.min(change.nextSpare, U32_MAX),
      ...prefixed(change.health),
    },
    structure,
  );
  const extrasState = changeExtras(base, structure, change, placed, touched);
  structure.fill(0, STRUCTURE_BYTES);
  return base.changed(structure, touched, extrasState);
}

/** Where the entries are after a commit: how many a kernel reads, how many there are, and how they are divided. */
interface Placed {
  readonly ownCount: number;
  readonly entryCount: number;
  readonly division: Division | null;
}

/** Writes the entries that change; what a kernel doesn't read stays zero or is the rest of a pool's (R16). */
function placeEntries(
  structure: Uint8Array,
  base: MetadataState,
  change: StructureChange,
  touched: Set<number>,
): Placed {
  const { placing, changed, entryCount } = change;
  const { division } = base.extras;
  if (!placing && division) {
    return { ownCount: ownEntryCountOf(base.bytes), entryCount: base.extras.entryCount, division };
  }
  if (!placing) return placeInOrder(structure, base, changed, entryCount, touched);
  touch(touched, entryOffset(0), entryOffset(MAX_ENTRIES));
  const { memberIndex, entryAt, isWhole, isBehind } = placing;
  if (memberIndex === null) {
    structure.fill(0, entryOffset(0), entryOffset(MAX_ENTRIES));
    const count = Math.min(entryCount, MAX_ENTRIES);
    for (let slot = 0; slot < count; slot++) writeEntry(structure, slot, entryAt(slot));
    return { ownCount: count, entryCount, division: null };
  }
  const hasRest = change.extras.table.generation === 0 && !isBehind;
  const entries = { memberIndex, isWhole, entryCount, entryAt, changed, hasRest };
  const divided = divideEntries(structure, base, entries);
  const { ownCount } = divided.division;
  return {
    ownCount,
    entryCount: hasRest || isBehind ? ownCount + divided.restCount : entryCount,
    division: divided.division,
  };
}

/** Places entries by their slots, as the kernel's own list has them. */
function placeInOrder(
  structure: Uint8Array,
  base: MetadataState,
  changed: readonly SlotEntry[],
  entryCount: number,
  touched: Set<number>,
): Placed {
  const ownCount = Math.min(entryCount, MAX_ENTRIES);
  for (const { slot, entry } of changed) {
    if (slot >= MAX_ENTRIES) continue;
    writeEntry(structure, slot, entry);
    touch(touched, entryOffset(slot), entryOffset(slot + 1));
  }
  const droppedEnd = entryOffset(Math.max(ownCount, ownEntryCountOf(base.bytes)));
  structure.fill(0, entryOffset(ownCount), droppedEnd);
  touch(touched, entryOffset(ownCount), droppedEnd);
  return { ownCount, entryCount, division: null };
}

/** Writes the extras if they change: encoding and summing them takes longer than the rest of a commit. */
function changeExtras(
  base: MetadataState,
  structure: Uint8Array,
  change: StructureChange,
  { entryCount, division }: Placed,
  touched: Set<number>,
): ExtrasState {
  const before = base.extrasState;
  if (before.kind === 'foreign') return before;
  const extras: Extras = {
    ...change.extras,
    nextSpare: change.nextSpare < U32_MAX ? 0 : change.nextSpare,
    entryCount: division || change.extras.table.generation > 0 ? entryCount : 0,
    division,
  };
  if (before.kind === 'ours' && isSameExtras(before.extras, extras)) return before;
  putExtras(structure, extras);
  touch(touched, EXPANSION_OFFSET, STRUCTURE_BYTES);
  return { kind: 'ours', extras };
}

/** Adds the sectors of bytes `[start, end)`. */
function touch(sectors: Set<number>, start: number, end: number): void {
  for (let sector = Math.floor(start / SECTOR_SIZE); sector * SECTOR_SIZE < end; sector++)
    sectors.add(sector);
}

/** As `slice`, but without zeroing the memory first, which would slow every commit noticeably. */
function copyOf(base: Uint8Array): Uint8Array {
  const copy = new Uint8Array(Buffer.allocUnsafeSlow(base.length).buffer);
  copy.set(base);
  return copy;
}

function prefixed(health: Partial<HealthFields>): Partial<HeaderValues> {
  return Object.fromEntries(Object.entries(health).map(([name, value]) => [HEALTH_PREFIX + name, value]));
}
