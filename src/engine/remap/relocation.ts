import { SECTOR_SIZE } from '../block/blockDevice';
import { isMediumFailure } from '../errors';
import { MAX_ENTRIES } from '../metadata/codec/v4';
import type { PoolEntry } from './poolEntry';
import type { RemapTable } from './remapTable';
import { FIRST_DATA_SECTOR } from './spareAllocator';
import type { SpareMember } from './sparePool';
import type { Payload } from './spareWriter';
import { type RepairContext, remapPayloads } from './writeRepair';

/** What became of remaps whose data lay where metadata belong. */
export interface Relocation {
  readonly relocated: number;
  /** Originals whose data are gone: overwritten by metadata or by another entry's, or unreadable. They are no longer remapped. */
  readonly lost: number[];
  /** Originals that found no room on the spares. They are remapped as before, and the device stays read-only. */
  readonly left: number[];
}

/** Whether the bytes of a sector are those of an intact metadata copy, and so no longer a remapped sector's data. */
export type IsMetadata = (spareSector: number, member: number) => boolean;

/**
 * The entries whose data are not safe where they are (R9): inside the metadata area, or on a spare sector that a later
 * entry uses as well. A kernel with bugs B2 and B3 makes such entries.
 */
export function findUnsafe(table: RemapTable): PoolEntry[] {
  if (isPlainlySafe(table)) return [];
  const claimedBy = new Map<string, number>();
  const unsafe: PoolEntry[] = [];
  const served: number[] = [];
  table.index.visit(0, Number.POSITIVE_INFINITY, (_original, slot) => served.push(slot));
  for (const slot of served.sort((a, b) => b - a)) {
    const entry = table.entryAt(slot);
    const place = `${entry.member}:${entry.spare}`;
    if (entry.spare < FIRST_DATA_SECTOR || claimedBy.has(place)) unsafe.push(entry);
    claimedBy.set(place, slot);
  }
  return unsafe.reverse();
}

/** Whether all entries lie on one spare outside the metadata, each higher than the one before, as our allocator places them. */
function isPlainlySafe(table: RemapTable): boolean {
  let highest = FIRST_DATA_SECTOR - 1;
  for (let slot = 0; slot < table.slotCount; slot++) {
    const spare = table.spareOf(slot);
    if (spare <= highest || table.memberOf(slot) !== table.memberOf(0)) return false;
    highest = spare;
  }
  return true;
}

/** How many entries {@link findUnsafe} finds. A table larger than the kernel's is ours and has none. */
function countUnsafe(table: RemapTable): number {
  return table.slotCount > MAX_ENTRIES ? 0 : findUnsafe(table).length;
}

/** Why a device whose table has unsafe entries takes no writes; null when it has none (R9). */
export function unsafeReason(table: RemapTable): string | null {
  const count = countUnsafe(table);
  if (count === 0) return null;
  const what = count === 1 ? '1 remap is' : `${count} remaps are`;
  return `${what} inside the metadata area of the spare (sectors 0 to ${FIRST_DATA_SECTOR - 1}) or shares its spare sector, as a kernel with known bugs wrote them: relocate them to write again`;
}

/**
 * Moves the data of unsafe entries to free spare sectors and commits their new places (R9). Where the data are gone the
 * entry ends and main serves its sector again: bytes of the metadata or of another sector must not be served (R3).
 * @throws RemapError when a spare fails
 */
export async function relocate(context: RepairContext, isMetadata: IsMetadata): Promise<Relocation> {
  const unsafe = findUnsafe(context.table);
  const lost: number[] = [];
  const payloads: Payload[] = [];
  for (const entry of unsafe) {
    const isShared = entry.spare >= FIRST_DATA_SECTOR;
    const bytes =
      isShared || isMetadata(entry.spare, entry.member)
        ? null
        : await readSpare(context.pool.member(entry.member), entry);
    if (bytes) payloads.push({ original: entry.original, bytes });
    else lost.push(entry.original);
  }
  protectData(context, true);
  const { entries, unplaced } = await remapPayloads(context, payloads);
  protectData(context, true);
  const gone = new Set(lost);
  if (gone.size > 0) await context.committer.drop(gone);
  protectData(context);
  return { relocated: entries.length, lost, left: unplaced.map(({ original }) => original) };
}

/**
 * Keeps every metadata copy from being written that data of a remap lie over: they must be elsewhere, durably, before the
 * copy takes their place (R9).
 * @param mustCommit gives up the copy with the least data where no commit could be made without it
 */
export function protectData(
  { table, pool }: Pick<RepairContext, 'table' | 'pool'>,
  mustCommit = false,
): void {
  const low = new Map<number, number[]>(pool.persistent().map(({ index }) => [index, []]));
  table.index.visit(0, Number.POSITIVE_INFINITY, (_original, slot) => {
    const spare = table.spareOf(slot);
    if (spare < FIRST_DATA_SECTOR) low.get(table.memberOf(slot))?.push(spare);
  });
  for (const { index, store } of pool.persistent()) store.protect(low.get(index)!, mustCommit);
}

/** Null when the sector can't be read. */
async function readSpare(member: SpareMember, entry: PoolEntry): Promise<Uint8Array | null> {
  const bytes = new Uint8Array(SECTOR_SIZE);
  try {
    await member.device!.read(entry.spare, bytes);
    return bytes;
  } catch (error) {
    if (!isMediumFailure(error)) throw error;
    return null;
  }
}
