import { type BlockDevice, SECTOR_SIZE } from '../block/blockDevice';
import { BlockError, isMediumFailure, reasonOf } from '../errors';
import { PENDING } from '../metadata/entry';
import type { PoolEntry } from './poolEntry';
import { RETRIES } from './readRescue';
import { notServed, notStray, staysRemapped } from './refusals';
import type { SparePool } from './sparePool';
import { giveBackPlacements } from './spareWriter';
import type { RepairContext } from './writeRepair';

/* Both run while no request is under way (`IoGate.whileAtRest`). */

/**
 * Ends the remap of a sector whose entry is stray: main serves the sector again, with the bytes that it has there.
 * @throws RemapError `EINVAL` for a sector that isn't remapped, or whose data can be had; the error of the commit
 */
export async function dropStray({ table, committer }: RepairContext, sector: number): Promise<PoolEntry> {
  const slot = table.slotOf(sector);
  if (!table.isStray(slot)) throw notStray(sector, slot);
  const entry = table.entryAt(slot);
  await committer.drop(new Set([sector]));
  return entry;
}

/**
 * Moves the data of a remapped sector back to main and ends its remap. The data are durable on main, and were read from
 * there, before the entry goes: whenever the power fails, main or the spare serves them (R6). If main can't be written at
 * the sector, or doesn't keep what is written, nothing has changed for who reads the device.
 * @throws RemapError `EINVAL` for a sector that isn't remapped, or whose data can't be had, or where main holds other data
 * that a kernel may have written later; `EIO` when the spare can't be read or main can't take the data; the error of a
 * full or displaced disk, or of the commit
 */
export async function unremap(
  { table, pool, committer }: RepairContext,
  main: BlockDevice,
  sector: number,
): Promise<PoolEntry> {
  const slot = table.slotOf(sector);
  if (slot === -1 || table.isStray(slot)) throw notServed(sector, slot);
  const entry = table.entryAt(slot);
  const bytes = await readBytes(pool.member(entry.member).device, entry.spare);
  if (!bytes) throw staysRemapped('EIO', sector, `its data can't be read from spare sector ${entry.spare}`);
  if (entry.flags === PENDING) await refuseOtherData(main, sector, bytes);
  await makeDurableOn(main, sector, bytes);
  await committer.drop(new Set([sector]));
  freePlace(pool, entry);
  return entry;
}

/** @throws RemapError `EIO` when main doesn't have exactly these bytes afterwards */
async function makeDurableOn(main: BlockDevice, sector: number, bytes: Uint8Array): Promise<void> {
  try {
    await main.write(sector, bytes);
    await main.flush();
  } catch (error) {
    if (!(error instanceof BlockError && error.code === 'EIO')) throw error;
    throw staysRemapped('EIO', sector, `the main image can't be written there (${reasonOf(error)})`, error);
  }
  const kept = await readBytes(main, sector);
  if (kept && Buffer.compare(kept, bytes) === 0) return;
  throw staysRemapped('EIO', sector, "the main image didn't keep what was written there");
}

/** The kernel served main when it made a pending entry: what it wrote then is on main alone. */
async function refuseOtherData(main: BlockDevice, sector: number, bytes: Uint8Array): Promise<void> {
  const held = await readBytes(main, sector);
  if (!held || Buffer.compare(held, bytes) === 0) return;
  throw staysRemapped(
    'EINVAL',
    sector,
    'the main image holds other data there, which a kernel may have written after it made the remap',
  );
}

/** Null when the sector can't be read, or the disk is missing. */
async function readBytes(disk: BlockDevice | null, sector: number): Promise<Uint8Array | null> {
  const bytes = new Uint8Array(SECTOR_SIZE);
  for (let i = 0; disk && i <= RETRIES; i++) {
    try {
      await disk.read(sector, bytes);
      return bytes;
    } catch (error) {
      if (!isMediumFailure(error)) throw error;
    }
  }
  return null;
}

/** The spare sector may hold other data from now on, unless it is known to be bad. */
function freePlace(pool: SparePool, entry: PoolEntry): void {
  if (!pool.member(entry.member).allocator.badSectors.has(entry.spare)) giveBackPlacements(pool, [entry]);
}
