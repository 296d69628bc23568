import { open, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createImages, fileError, type ImageRoom, type MarkerSpec, RemapError, SECTOR_SIZE } from '../engine';
import {
  DEVICE_FILE_ENDING,
  deviceNameOf,
  formatDeviceFile,
  isDeviceFile,
  pathInDeviceFile,
} from './deviceFile';
import type { Task } from './task';
import { formatSize } from './wording';

/** A device to be made: its file and, beside it, two sparse images. */
export interface NewDevice {
  /** The device file, absolute; the ending may be left out. */
  readonly path: string;
  readonly mainSectors: number;
  readonly spareSectors: number;
  readonly flakey?: string;
  readonly markers?: MarkerSpec;
}

/** The three files of a new device. */
export interface NewDevicePaths {
  readonly deviceFile: string;
  readonly main: string;
  readonly spare: string;
}

/** The files that were made, and what is to be known of them. */
export interface NewDeviceFiles extends NewDevicePaths {
  /** About the room that they take, as sentences without an end. */
  readonly notes: readonly string[];
}

/** Where a new device's three files go: disk.remap, disk.img and disk-spare.img. */
export function newDevicePaths(path: string): NewDevicePaths {
  const deviceFile = isDeviceFile(path) ? path : `${path}${DEVICE_FILE_ENDING}`;
  const base = join(dirname(deviceFile), deviceNameOf(deviceFile));
  return { deviceFile, main: `${base}.img`, spare: `${base}-spare.img` };
}

/**
 * Makes the images and the device file. A file that exists is never overwritten; a failure removes what was made.
 * @throws RemapError `EEXIST` when one of the files exists, and what making the images throws
 */
export async function createDeviceFiles(device: NewDevice, task?: Task): Promise<NewDeviceFiles> {
  const paths = newDevicePaths(device.path);
  const { deviceFile, main, spare } = paths;
  if (await exists(deviceFile))
    throw new RemapError('EEXIST', `${deviceFile} exists already`, { path: deviceFile });
  const { mainSectors, spareSectors } = device;
  const room = await createImages({ main, mainSectors, spare, spareSectors }, undefined, {
    signal: task?.signal,
    onProgress: (fraction) => task?.report('Writing zeros: the images take their full size', fraction),
  });
  try {
    const text = formatDeviceFile({
      main: pathInDeviceFile(deviceFile, main),
      spare: pathInDeviceFile(deviceFile, spare),
      ...(device.flakey !== undefined && { flakey: device.flakey }),
      ...(device.markers && { markers: device.markers }),
    });
    await writeNewFile(deviceFile, text);
  } catch (error) {
    await Promise.all([main, spare].map((path) => rm(path, { force: true })));
    throw error;
  }
  return { ...paths, notes: roomNotes(room) };
}

/** What is to be known of the room that new images take; nothing where they are sparse, and there is enough. */
function roomNotes({ isFull, byteCount, freeBytes }: ImageRoom): string[] {
  const size = formatSize(byteCount / SECTOR_SIZE);
  if (isFull) return [`the images take their full size, ${size}: their file system makes no holes`];
  if (freeBytes === null || freeBytes >= byteCount) return [];
  const free = formatSize(freeBytes / SECTOR_SIZE);
  return [`the images may grow to ${size}, and ${free} are free: writes fail once the file system is full`];
}

/** Removes the files that {@link createDeviceFiles} made. */
export async function deleteDeviceFiles({ deviceFile, main, spare }: NewDevicePaths): Promise<void> {
  await Promise.all([deviceFile, main, spare].map((path) => rm(path, { force: true })));
}

/** Writes a file that doesn't exist yet, durably; a part of it that could be written is removed when the rest can't. */
async function writeNewFile(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx').catch((error) => {
    throw fileError(error, path, 'create');
  });
  try {
    await file.writeFile(text);
    await file.sync();
  } catch (error) {
    await rm(path, { force: true });
    throw fileError(error, path, 'create');
  } finally {
    await file.close();
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
