import { randomBytes } from 'node:crypto';
import type { Clock } from '../block/blockDevice';
import { validatePersistentSpare } from '../dmsetup/sizing';
import { RemapError } from '../errors';
import { blankMetadata, formatMetadata } from '../metadata/formatMetadata';
import { inspectMetadata } from '../metadata/inspect';
import { MetadataStore } from '../metadata/metadataStore';
import { FIRST_DATA_SECTOR, SpareAllocator } from '../remap/spareAllocator';
import type { PersistentMember } from '../remap/sparePool';
import type { DeviceParts } from './deviceParts';
import { Disk } from './disk';

interface NewMember {
  readonly disk: Disk;
  /** Whether it was blank, and was formatted for the device. */
  readonly wasBlank: boolean;
  readonly store: MetadataStore;
  readonly member: PersistentMember;
}

/**
 * Takes another spare into a device's pool while it runs, and makes its spares a pool if they weren't one. A blank image
 * is formatted for it. I/O waits meanwhile. If it fails, the device and the image are as they were.
 * @param record called when the pool has the spare: if it fails, so does this
 * @throws RemapError `EEXIST` for an image that holds other data, the metadata of another device, or remaps,
 * `ENOSPC` for one too small, `EROFS` on a read-only device, `EINVAL` while the metadata module doesn't serve the device,
 * the error of a flush or a commit, and as {@link Disk.open}
 */
export async function addSpare(
  device: DeviceParts,
  path: string,
  record?: () => Promise<void>,
): Promise<void> {
  device.requirePersistent();
  device.requireWritable();
  const { target, events } = device;
  const wasSuspended = target.suspended;
  const added = await openNewMember(path, device);
  try {
    if (!wasSuspended) await target.suspend();
    await join(device, added, path, record);
  } catch (error) {
    await letGo(device, added);
    throw error;
  } finally {
    if (!wasSuspended) target.resume();
  }
  events.recover('full');
  events.sectorsChanged();
}

/** Makes a spare a member. The others name it only when it has the whole table. */
async function join(
  device: DeviceParts,
  { disk, store, member }: NewMember,
  path: string,
  record?: () => Promise<void>,
): Promise<void> {
  const { spec, target, stack, stores, events } = device;
  const { committer, pool } = target;
  const { stamp } = pool;
  let isTold = false;
  stack.add(disk);
  stores.push(store);
  pool.replace(member);
  pool.setStamp(stamp ?? { id: randomBytes(16).toString('hex'), epoch: 0 });
  device.spec = { ...spec, spares: [...spec.spares, path] };
  try {
    await committer.commitAllTo(member);
    isTold = true;
    await committer.commitAll();
    if (pool.member(member.index).store === null) throw new RemapError('EIO', `${path} failed`, { path });
    await record?.();
  } catch (error) {
    device.spec = spec;
    pool.setStamp(stamp);
    pool.removeLast();
    stores.pop();
    stack.removeLast();
    events.recover('spare', member.index);
    // If this fails too, the table is in doubt, and the next flush writes it.
    if (isTold) await committer.commitAll().catch(() => undefined);
    throw error;
  }
}

/** Closes an image that is no member, and leaves it as it was found. */
async function letGo({ target, clock }: DeviceParts, { disk, wasBlank }: NewMember): Promise<void> {
  const options = { mainSectorCount: target.sectorCount, clock, force: true };
  await (wasBlank ? blankMetadata(disk.device) : formatMetadata(disk.device, options)).catch(() => undefined);
  await disk.close().catch(() => undefined);
}

async function openNewMember(path: string, { target, stack, clock }: DeviceParts): Promise<NewMember> {
  const disk = await Disk.open(path, stack.options);
  try {
    validatePersistentSpare(disk.sectorCount, FIRST_DATA_SECTOR);
    const mainSectorCount = target.sectorCount;
    const wasBlank = await prepare(disk, mainSectorCount, clock);
    const index = target.pool.members.length;
    const store = await MetadataStore.open(disk.device, { mainSectorCount, clock, memberIndex: index });
    await store.load(() => {});
    const allocator = new SpareAllocator(store.nextSpare, store.freeLimit, store.badSpares);
    store.attach(allocator);
    return { disk, wasBlank, store, member: { index, device: disk.device, store, allocator } };
  } catch (error) {
    await disk.close();
    throw error;
  }
}

/**
 * Formats a blank image; accepts one that was formatted for a main of this size and holds no remaps.
 * @returns whether it was blank
 */
async function prepare(disk: Disk, mainSectorCount: number, clock: Clock): Promise<boolean> {
  const { kind, winner, remaps, pool, ...found } = await inspectMetadata(disk.device, clock.now());
  if (kind === 'blank') {
    await formatMetadata(disk.device, { mainSectorCount, clock });
    return true;
  }
  const isFresh =
    winner !== null && found.mainSectorCount === mainSectorCount && remaps === 0 && pool === undefined;
  if (isFresh) return false;
  const text = `${disk.path} is not blank, and not a fresh spare for a main of ${mainSectorCount} sectors: format it or take another image`;
  throw new RemapError('EEXIST', text, { path: disk.path });
}
