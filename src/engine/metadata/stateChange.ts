import { SECTOR_SIZE } from '../block/blockDevice';
import { type Extras, type ExtrasState, isSameExtras } from './codec/extras';
import {
  EXPANSION_OFFSET,
  entryOffset,
  MAX_ENTRIES,
  STRUCTURE_BYTES,
  STRUCTURE_SECTORS,
  v4Header,
  writeEntry,
} from './codec/v4';
import type { SlotEntry } from './entry';
import type { MetadataState } from './metadataState';
import { HEALTH_PREFIX, type HeaderValues, type HealthFields, ownEntryCountOf, putExtras } from './structure';

const U32_MAX = 0xffffffff;

/** What a commit changes in a structure. */
export interface StructureChange {
  readonly sequence: bigint;
  /** Seconds since the epoch. */
  readonly timestamp: bigint;
  readonly entryCount: number;
  readonly changed: readonly SlotEntry[];
  readonly nextSpare: number;
  readonly spareSectorCount: number;
  readonly extras: Omit<Extras, 'nextSpare' | 'entryCount'>;
  readonly health: Partial<HealthFields>;
}

/**
 * How many entries there are, those that only the large table has included. The extras' count matters only while the
 * structure's own entries fill it: a kernel that wrote fewer has made another list.
 */
export function entryCountOf({ bytes, extras }: MetadataState): number {
  const ownEntryCount = ownEntryCountOf(bytes);
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
  const ownEntryCount = Math.min(change.entryCount, MAX_ENTRIES);
  for (const { slot, entry } of change.changed) {
    if (slot >= MAX_ENTRIES) continue;
    writeEntry(structure, slot, entry);
    touch(touched, entryOffset(slot), entryOffset(slot + 1));
  }
  const droppedEnd = entryOffset(Math.max(ownEntryCount, ownEntryCountOf(base.bytes)));
  structure.fill(0, entryOffset(ownEntryCount), droppedEnd);
  touch(touched, entryOffset(ownEntryCount), droppedEnd);
  v4Header.encode(
    {
      sequence_number: change.sequence,
      timestamp: change.timestamp,
      spare_device_sectors: BigInt(change.spareSectorCount),
      active_remaps: ownEntryCount,
      next_spare_sector: Math.min(change.nextSpare, U32_MAX),
      ...prefixed(change.health),
    },
    structure,
  );
  const extrasState = changeExtras(base, structure, change, touched);
  structure.fill(0, STRUCTURE_BYTES);
  return base.changed(structure, touched, extrasState);
}

/** Writes the extras if they change: encoding and summing them takes longer than the rest of a commit. */
function changeExtras(
  base: MetadataState,
  structure: Uint8Array,
  change: StructureChange,
  touched: Set<number>,
): ExtrasState {
  const before = base.extrasState;
  if (before.kind === 'foreign') return before;
  const extras: Extras = {
    ...change.extras,
    nextSpare: change.nextSpare < U32_MAX ? 0 : change.nextSpare,
    entryCount: change.extras.table.generation === 0 ? 0 : change.entryCount,
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
