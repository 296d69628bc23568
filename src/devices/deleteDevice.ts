import { existsSync } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import type { Deletion, KeptFile } from '../contract/deletionQuestion';
import { isSamePath, pathKey } from '../contract/pathKey';
import { type DeviceSpec, mapfilePath, openImage, RemapError } from '../engine';
import { type DeviceEntry, specFromEntry } from './deviceEntry';

/** What to delete of a device. */
export interface DeletionPlan extends Deletion {
  /** Those of the files that are images. */
  readonly images: readonly string[];
}

/** How files go. */
export interface Eraser {
  /** Whether the trash is tried first. */
  readonly useTrash: boolean;
  erase(path: string, useTrash: boolean): Promise<void>;
  /** Asked when the trash refuses the first file: whether all may go for good. */
  mayEraseForGood(reason: unknown): Promise<boolean>;
}

/**
 * The files that a device has and that exist: its device file, images and rescue maps. A file that another known device
 * uses stays, also where it has another name; so does one outside the workspace that is written only after a question.
 * @param outside real paths of the device's files outside the workspace that it may not write
 * @throws RemapError `ESTALE` for a device with a displaced image: what the open file holds is nowhere else (R13)
 */
export async function planDeletion(
  entry: DeviceEntry,
  entries: readonly DeviceEntry[],
  outside: (spec: DeviceSpec) => Promise<readonly string[]>,
): Promise<DeletionPlan> {
  const { name, deviceFile, device } = entry;
  const displaced = device?.displaced.find(({ isSaved }) => !isSaved);
  if (displaced) {
    const message = `${displaced.reason}: save the open image, or remove the device, before its files are deleted`;
    throw new RemapError('ESTALE', message, { path: displaced.path });
  }
  const spec = device?.spec ?? (await specFromEntry(entry).catch(() => undefined));
  const users = await usersOf(entries.filter(({ deviceKey }) => !isSamePath(deviceKey, entry.deviceKey)));
  const strangers = new Set((await Promise.all((spec ? await outside(spec) : []).map(identitiesOf))).flat());
  const files = deviceFile !== null && existsSync(deviceFile) ? [deviceFile] : [];
  const kept: KeptFile[] = [];
  for (const path of spec ? filesOf(spec) : []) {
    const identities = await identitiesOf(path);
    if (identities.length === 0 || includes(files, path)) continue;
    const used = identities.find((identity) => users.has(identity));
    if (used !== undefined) kept.push({ path, why: `the device ${users.get(used)} uses too` });
    else if (identities.some((identity) => strangers.has(identity)))
      kept.push({ path, why: 'is outside the workspace' });
    else files.push(path);
  }
  const images = spec ? [spec.main, ...spec.spares].filter((path) => includes(files, path)) : [];
  return { name, files, kept, images };
}

/**
 * Deletes the files of a device that is taken down. If the trash takes none and they may not go for good, nothing is changed.
 * @throws RemapError `EBUSY` for an image that is open elsewhere, before any file is deleted; what `erase` throws
 */
export async function eraseFiles(
  { files, images }: Pick<DeletionPlan, 'files' | 'images'>,
  { useTrash, erase, mayEraseForGood }: Eraser,
): Promise<void> {
  for (const path of images) await requireFree(path);
  const [first, ...others] = files;
  if (first === undefined) return;
  let isTrashUsed = useTrash;
  try {
    await erase(first, isTrashUsed);
  } catch (error) {
    if (!useTrash) throw error;
    if (!(await mayEraseForGood(error))) return;
    isTrashUsed = false;
    await erase(first, isTrashUsed);
  }
  for (const path of others) await erase(path, isTrashUsed);
}

/** The images of a device, and where its rescue maps may be. */
function filesOf({ main, spares, map }: Pick<DeviceSpec, 'main' | 'spares' | 'map'>): string[] {
  const images = [main, ...spares];
  return [...images, ...(map === undefined ? [] : [map]), ...images.map(mapfilePath)];
}

/** Which device uses a file, by the file's identity: other names and links lead to it too. */
async function usersOf(entries: readonly DeviceEntry[]): Promise<Map<string, string>> {
  const users = new Map<string, string>();
  for (const { name, device, content } of entries) {
    for (const source of [device?.spec, content]) {
      for (const path of source ? filesOf(source) : []) {
        for (const identity of await identitiesOf(path)) users.set(identity, name);
      }
    }
  }
  return users;
}

/** What a file is known by; nothing where there is none. Its real path too: on some shares its numbers mean nothing. */
async function identitiesOf(path: string): Promise<string[]> {
  const found = await stat(path, { bigint: true }).catch(() => undefined);
  if (!found) return [];
  const realPath = pathKey(await realpath(path).catch(() => path));
  return found.ino === 0n ? [realPath] : [realPath, `${found.dev}:${found.ino}`];
}

function includes(files: readonly string[], path: string): boolean {
  return files.some((file) => isSamePath(file, path));
}

/** @throws RemapError `EBUSY` when an image is open elsewhere */
async function requireFree(path: string): Promise<void> {
  try {
    await (await openImage(path)).close();
  } catch (error) {
    if (error instanceof RemapError && error.code === 'EBUSY') throw error;
  }
}
