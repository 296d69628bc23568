import { type BlockDevice, SECTOR_SIZE } from '../block/blockDevice';
import { fullnessOf, isMediumFailure, RemapError, reasonOf } from '../errors';
import { MAX_ENTRIES } from '../metadata/codec/v4';
import type { PoolEntry } from './poolEntry';
import { FIRST_DATA_SECTOR } from './spareAllocator';
import type { SpareMember } from './sparePool';
import type { Payload } from './spareWriter';
import { type RepairContext, remapPayloads } from './writeRepair';

/** What became of remaps whose data lay where metadata belong. */
export interface Relocation {
  readonly relocated: number;
  /**
   * Originals whose data are gone: overwritten by metadata or by another entry's, unreadable, or never where a stray entry
   * leads. They are no longer remapped. Ascending.
   */
  readonly lost: number[];
  /**
   * Originals that found no room on the spares, or whose spare is missing. They are remapped as before, and the device stays
   * read-only.
   */
  readonly left: number[];
}

/** Whether the bytes of a sector are those of an intact metadata copy, and so no longer a remapped sector's data. */
export type IsMetadata = (spareSector: number, member: number) => boolean;

/** The entries of a device and the spares that they lead to. */
type Entries = Pick<RepairContext, 'table' | 'pool'>;

/** An entry whose data are not safe where they are. `isShared`: a later entry has the same sector, and the data. */
interface UnsafeEntry {
  readonly entry: PoolEntry;
  readonly isShared: boolean;
}

/**
 * The entries whose data are not safe where they are (R9): inside the metadata area, in the large table's room, or on a
 * spare sector that a later entry uses as well. A kernel with bugs B2 and B3 makes such entries. Stray ones have no data.
 */
function findUnsafe({ table, pool }: Entries): UnsafeEntry[] {
  if (isPlainlySafe({ table, pool })) return [];
  const claimed = new Set<string>();
  const unsafe: UnsafeEntry[] = [];
  const served: number[] = [];
  table.index.visit(0, Number.POSITIVE_INFINITY, (_original, slot) => {
    if (!table.isStray(slot)) served.push(slot);
  });
  for (const slot of served.sort((a, b) => b - a)) {
    const entry = table.entryAt(slot);
    const place = `${entry.member}:${entry.spare}`;
    const isShared = claimed.has(place);
    if (isShared || !isDataSector(pool.member(entry.member), entry.spare)) unsafe.push({ entry, isShared });
    claimed.add(place);
  }
  return unsafe.reverse();
}

/** Of a spare that is missing nothing is known but where its metadata area is. The large table may lie below data. */
function isDataSector({ device, store, allocator }: SpareMember, spare: number): boolean {
  if (spare < FIRST_DATA_SECTOR) return false;
  return device === null || spare < allocator.limit || !store?.isTableRoom(spare);
}

/**
 * Whether all entries are data sectors, on one spare and each higher than the one before, as our allocator places them. A
 * table larger than the kernel's is ours and shares no sectors.
 */
function isPlainlySafe({ table, pool }: Entries): boolean {
  let isAscending = true;
  let highest = -1;
  for (let slot = 0; slot < table.slotCount; slot++) {
    const [spare, member] = [table.spareOf(slot), table.memberOf(slot)];
    if (!isDataSector(pool.member(member), spare)) return false;
    if (spare <= highest || member !== table.memberOf(0)) isAscending = false;
    highest = spare;
  }
  return isAscending || table.slotCount > MAX_ENTRIES;
}

/** Why a device whose table has unsafe entries takes no writes; null when it has none (R9). */
export function unsafeReason(entries: Entries): string | null {
  const count = findUnsafe(entries).length;
  if (count === 0) return null;
  const what = count === 1 ? '1 remap is' : `${count} remaps are`;
  return `${what} inside the metadata area of the spare (sectors 0 to ${FIRST_DATA_SECTOR - 1}), in the room of the large table, or shares its spare sector, as a kernel with known bugs wrote them: relocate them to write again`;
}

/**
 * Moves the data of unsafe entries to free spare sectors and commits their new places (R9). Where the data are gone, as
 * those of stray entries are, the entry ends and main serves its sector again: bytes of the metadata or of another sector
 * must not be served (R3).
 * @throws RemapError when a spare fails; `details.relocated` are then durable all the same
 */
export async function relocate(context: RepairContext, isMetadata: IsMetadata): Promise<Relocation> {
  const { table } = context;
  const strays = [...table.strays].filter((slot) => !table.isDisputed(slot));
  const lost = strays.map((slot) => table.entryAt(slot).original);
  const payloads: Payload[] = [];
  const left: number[] = [];
  for (const { entry, isShared } of findUnsafe(context)) {
    const { device } = context.pool.member(entry.member);
    if (!device) {
      left.push(entry.original);
      continue;
    }
    const isGone = isShared || isMetadata(entry.spare, entry.member);
    const bytes = isGone ? null : await readSector(device, entry.spare);
    if (bytes) payloads.push({ original: entry.original, bytes });
    else lost.push(entry.original);
  }
  try {
    protectData(context, true);
    const { entries, unplaced } = await remapPayloads(context, payloads);
    protectData(context, true);
    await endLost(context, lost, entries.length);
    lost.sort((a, b) => a - b);
    return {
      relocated: entries.length,
      lost,
      left: [...left, ...unplaced.map(({ original }) => original)],
    };
  } finally {
    protectData(context);
  }
}

/** Ends the entries whose data are lost. What is relocated by then stays so: it is durable, and safer than where it was. */
async function endLost(
  { committer }: RepairContext,
  lost: readonly number[],
  relocated: number,
): Promise<void> {
  if (lost.length === 0) return;
  try {
    await committer.drop(new Set(lost));
  } catch (error) {
    if (!(error instanceof RemapError) || relocated === 0) throw error;
    const message = `${relocated} remaps were relocated, but not all of those ended whose data are lost: ${reasonOf(error)}`;
    throw new RemapError(error.code, message, { ...fullnessOf(error), relocated }, { cause: error });
  }
}

/**
 * Keeps every metadata copy from being written that data of a remap lie over: they must be elsewhere, durably, before the
 * copy takes their place (R9).
 * @param mustCommit gives up the copy with the least data where no commit could be made without it
 */
export function protectData({ table, pool }: Entries, mustCommit = false): void {
  const low = new Map<number, number[]>(pool.persistent().map(({ index }) => [index, []]));
  table.index.visit(0, Number.POSITIVE_INFINITY, (_original, slot) => {
    const spare = table.spareOf(slot);
    if (spare < FIRST_DATA_SECTOR) low.get(table.memberOf(slot))?.push(spare);
  });
  for (const { index, store } of pool.persistent()) store.protect(low.get(index)!, mustCommit);
}

/** Null when the sector can't be read. */
async function readSector(spare: BlockDevice, sector: number): Promise<Uint8Array | null> {
  const bytes = new Uint8Array(SECTOR_SIZE);
  try {
    await spare.read(sector, bytes);
    return bytes;
  } catch (error) {
    if (!isMediumFailure(error)) throw error;
    return null;
  }
}
