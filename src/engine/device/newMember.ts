import { randomBytes } from 'node:crypto';
import type { Clock } from '../block/blockDevice';
import { validatePersistentSpare } from '../dmsetup/sizing';
import { RemapError } from '../errors';
import { formatMetadata } from '../metadata/formatMetadata';
import { inspectMetadata } from '../metadata/inspect';
import { MetadataStore } from '../metadata/metadataStore';
import type { RemapTarget } from '../remap/remapTarget';
import { FIRST_DATA_SECTOR, SpareAllocator } from '../remap/spareAllocator';
import type { SpareMember } from '../remap/sparePool';
import { Disk, type DiskOptions } from './disk';

/**
 * Opens an image as the next spare of a device's pool, and makes the device's spares a pool if they weren't one. The
 * caller commits the table to it.
 * @throws RemapError `EEXIST` for an image that isn't blank and whose metadata are another device's or have remaps,
 * `ENOSPC` for one too small, and as {@link Disk.open}
 */
export async function openNewMember(
  path: string,
  target: RemapTarget,
  clock: Clock,
  options: DiskOptions,
): Promise<{ disk: Disk; member: SpareMember }> {
  const disk = await Disk.open(path, options);
  try {
    validatePersistentSpare(disk.sectorCount, FIRST_DATA_SECTOR);
    const mainSectorCount = target.sectorCount;
    await prepare(disk, mainSectorCount, clock);
    const index = target.pool.members.length;
    const store = await MetadataStore.open(disk.device, { mainSectorCount, clock, memberIndex: index });
    await store.load(() => {});
    const allocator = new SpareAllocator(store.nextSpare, store.freeLimit, store.badSpares);
    store.attach(allocator);
    if (!target.pool.stamp) target.pool.setStamp({ id: randomBytes(16).toString('hex'), epoch: 0 });
    return { disk, member: { index, device: disk.device, store, allocator } };
  } catch (error) {
    await disk.close();
    throw error;
  }
}

async function prepare(disk: Disk, mainSectorCount: number, clock: Clock): Promise<void> {
  const {
    kind,
    winner,
    mainSectorCount: named,
    remaps,
    pool,
  } = await inspectMetadata(disk.device, clock.now());
  if (kind === 'blank') return formatMetadata(disk.device, { mainSectorCount, clock });
  const isFresh = winner !== null && named === mainSectorCount && remaps === 0 && pool === undefined;
  if (isFresh) return;
  const text = `${disk.path} is not blank, and not a fresh spare for a main of ${mainSectorCount} sectors: format it or take another image`;
  throw new RemapError('EEXIST', text, { path: disk.path });
}
