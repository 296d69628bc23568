import { randomBytes } from 'node:crypto';
import type { Clock } from '../block/blockDevice';
import { validatePersistentSpare } from '../dmsetup/sizing';
import { RemapError } from '../errors';
import { formatMetadata } from '../metadata/formatMetadata';
import { inspectMetadata } from '../metadata/inspect';
import { MetadataStore } from '../metadata/metadataStore';
import { FIRST_DATA_SECTOR, SpareAllocator } from '../remap/spareAllocator';
import type { SpareMember } from '../remap/sparePool';
import type { DeviceParts } from './deviceParts';
import { Disk } from './disk';

interface NewMember {
  readonly disk: Disk;
  readonly store: MetadataStore;
  readonly member: SpareMember;
}

/**
 * Takes another spare into a device's pool while it runs, and makes its spares a pool if they weren't one. A blank image
 * is formatted for it.
 * @throws RemapError `EEXIST` for an image that holds other data, the metadata of another device, or remaps,
 * `ENOSPC` for one too small, `EROFS` on a read-only device, `EINVAL` while the metadata module doesn't serve the device, and as {@link Disk.open}
 */
export async function addSpare(device: DeviceParts, path: string): Promise<void> {
  device.requirePersistent();
  device.requireWritable();
  const { disk, store, member } = await openNewMember(path, device);
  device.stack.add(disk);
  device.stores.push(store);
  device.target.pool.replace(member);
  device.spec = { ...device.spec, spares: [...device.spec.spares, path] };
  await device.target.committer.commitAll();
  device.events.recover('full');
  device.events.sectorsChanged();
}

async function openNewMember(path: string, { target, stack, clock }: DeviceParts): Promise<NewMember> {
  const disk = await Disk.open(path, stack.options);
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
    return { disk, store, member: { index, device: disk.device, store, allocator } };
  } catch (error) {
    await disk.close();
    throw error;
  }
}

/** Formats a blank image; accepts one that was formatted for a main of this size and holds no remaps. */
async function prepare(disk: Disk, mainSectorCount: number, clock: Clock): Promise<void> {
  const { kind, winner, remaps, pool, ...found } = await inspectMetadata(disk.device, clock.now());
  if (kind === 'blank') return formatMetadata(disk.device, { mainSectorCount, clock });
  const isFresh =
    winner !== null && found.mainSectorCount === mainSectorCount && remaps === 0 && pool === undefined;
  if (isFresh) return;
  const text = `${disk.path} is not blank, and not a fresh spare for a main of ${mainSectorCount} sectors: format it or take another image`;
  throw new RemapError('EEXIST', text, { path: disk.path });
}
