import { RemapError } from '../errors';
import { copyHolding } from '../metadata/codec/v4';
import type { MetadataStore } from '../metadata/metadataStore';
import type { PoolEntry } from '../remap/poolEntry';
import type { Relocation } from '../remap/relocation';
import { adoptMetadata, obstaclesTo } from './construct';
import type { MetadataReport } from './deviceContracts';
import type { DeviceParts } from './deviceParts';
import { reportMetadata, reportSpares } from './metadataReport';

/**
 * Reads the five copies as they are on the spares now, between two commits. Writes nothing (R15): a copy that the last commits
 * left alone is told as stale.
 * @param member only this spare; absent: the first one, with all `members` of a pool
 * @throws RemapError `ENOENT` when that spare is missing
 */
export async function checkMetadata(device: DeviceParts, member?: number): Promise<MetadataReport> {
  const check = async (index: number): Promise<MetadataReport> =>
    reportMetadata(device.layerOf('spare', index), device.clock);
  return device.target.committer.whileAtRest(() =>
    member === undefined ? reportSpares(device.spec.spares, check) : check(member),
  );
}

/**
 * Writes every damaged copy again (R7), and also the first one if {@link exportPaths} has put paths there. On a device that
 * is read-only for what was found on its spare it does so too, except for copies that user data lie over (R15).
 * @throws RemapError `EINVAL` while the metadata module doesn't serve the device, `EROFS` when its images are open
 * read-only, `ESTALE` once one of them is displaced
 */
export async function repairMetadata(device: DeviceParts): Promise<MetadataReport> {
  device.requirePersistent();
  device.requireWritableImages();
  device.requirePlaces();
  const { target, stores } = device;
  const obstacles = obstaclesTo(stores);
  await target.committer.rewrite();
  const mended = obstacles.filter((reason) => !obstaclesTo(stores).includes(reason));
  target.readOnlyReasons = target.readOnlyReasons.filter((reason) => !mended.includes(reason));
  return checkMetadata(device);
}

/**
 * Lets dm-remap-scan find the device: the paths that it reads take the place of the first metadata copy, and the kernel
 * reads the other four (FORMAT.md, section 8). It stays so until {@link repairMetadata}. If it fails on one spare of several,
 * no spare gets them.
 * @throws RemapError `EINVAL` for a path too long for it, or while the metadata module doesn't serve the device; `EROFS`
 */
export async function exportPaths(device: DeviceParts): Promise<MetadataReport> {
  device.requirePersistent();
  device.requireWritable();
  const { main, spares } = device.spec;
  const added: MetadataStore[] = [];
  await device.target.committer.withStores(async ({ index, store }) => {
    const hadPaths = store.hasScript;
    try {
      await store.writeScript({ mainPath: main, sparePath: spares[index]! });
      if (!hadPaths) added.push(store);
    } catch (error) {
      for (const earlier of added) await earlier.removeScript().catch(() => undefined);
      throw error;
    }
  });
  device.events.sectorsChanged();
  return checkMetadata(device);
}

/**
 * Moves remaps that a kernel left inside the metadata area, so that the device takes writes again, unless some found no
 * room on the spare (R9).
 * @throws RemapError `EINVAL` while the metadata module doesn't serve the device, `EROFS` when its images are open
 * read-only or nothing can be committed
 */
export async function relocate(device: DeviceParts): Promise<Relocation> {
  device.requirePersistent();
  device.requireWritableImages();
  const [obstacle] = obstaclesTo(device.stores);
  if (obstacle !== undefined) throw new RemapError('EROFS', obstacle);
  const copies = device.stores.map((store) => store?.copies() ?? []);
  try {
    return await device.target.relocate((sector, member) => {
      const copy = copyHolding(sector);
      return copy !== null && copies[member]?.[copy]?.valid === true;
    });
  } finally {
    device.origins.forget();
    device.events.sectorsChanged();
  }
}

/** What callers are told of an entry. */
export function placeOf({ original, spare }: PoolEntry): { original: number; spare: number } {
  return { original, spare };
}

/** Drops a remap that leads nowhere: its sector is main's again, as main has it. Errors: `RemapTarget.dropStray`. */
export async function dropRemap(
  device: DeviceParts,
  sector: number,
): Promise<{ original: number; spare: number }> {
  const entry = await device.target.dropStray(sector);
  device.origins.forget();
  device.events.sectorsChanged();
  return placeOf(entry);
}

/**
 * Moves the data of a remapped sector back to main and ends its remap.
 * @throws RemapError as `RemapTarget.unremap`; nothing has changed for readers of the device then
 */
export async function unremapSector(
  device: DeviceParts,
  sector: number,
): Promise<{ original: number; spare: number }> {
  const { target, mainIdentity, origins, events } = device;
  try {
    const entry = await target.unremap(sector);
    mainIdentity.noteWrite(sector);
    await device.renewIdentity();
    return placeOf(entry);
  } finally {
    origins.forget();
    events.sectorsChanged();
  }
}

/**
 * The metadata module was loaded: from now on the device keeps its table, and uses the one on its spares. A device with a
 * displaced image stays as it is.
 */
export async function adoptLateModule(device: DeviceParts): Promise<void> {
  if (device.persistent) return;
  await device.stack.checkPlaces();
  if (device.target.end) return;
  const { target, events } = device;
  const wasSuspended = target.suspended;
  if (!wasSuspended) await target.suspend();
  try {
    await adoptMetadata(device, device.spec.readOnly, events.log);
    await device.checkMain();
  } finally {
    device.origins.forget();
    if (!wasSuspended) target.resume();
    events.sectorsChanged();
  }
}
