import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { DevicesService } from '../devices/devicesService';
import {
  copyImage,
  type DeviceImages,
  mapfilePath,
  openImage,
  type RemapDevice,
  RemapError,
} from '../engine';

/**
 * Copies the images of a device, and their medium errors, as they are at one moment: an assembled device is suspended
 * for as long as that takes, the images of any other are locked.
 * @throws RemapError as finding the device, locking and copying do; `ECANCELED`
 */
export async function copyDevice(
  devices: DevicesService,
  reference: unknown,
  folder: string,
  signal?: AbortSignal,
): Promise<DeviceImages> {
  const device = assembledDevice(devices, reference);
  const { main, spares } = device ? device.spec : await devices.specOf(reference);
  const hold = device ? whileSuspended(devices, device) : whileLocked([main, ...spares]);
  await mkdir(folder);
  const copy = async (image: string, name: string): Promise<string> => {
    const copied = join(folder, name);
    await copyImage(image, copied, { signal });
    await copyFile(mapfilePath(image), mapfilePath(copied)).catch((error) => {
      if (error.code !== 'ENOENT') throw error;
    });
    return copied;
  };
  return hold(async () => {
    const copiedSpares: string[] = [];
    const copiedMain = await copy(main, 'main.img');
    for (const [i, spare] of spares.entries()) copiedSpares.push(await copy(spare, `spare-${i}.img`));
    return { main: copiedMain, spares: copiedSpares };
  });
}

/** Undefined for one that isn't assembled, or not known yet. */
function assembledDevice(devices: DevicesService, reference: unknown): RemapDevice | undefined {
  try {
    return devices.getOwn(reference);
  } catch (error) {
    if (error instanceof RemapError && error.code === 'ENODEV') return undefined;
    throw error;
  }
}

type Hold = <T>(work: () => Promise<T>) => Promise<T>;

function whileSuspended({ machine }: DevicesService, device: RemapDevice): Hold {
  return async (work) => {
    const wasSuspended = device.suspended;
    if (!wasSuspended) await machine.suspend(device.name);
    try {
      return await work();
    } finally {
      if (!wasSuspended) await machine.resume(device.name);
    }
  };
}

function whileLocked(images: readonly string[]): Hold {
  return async (work) => {
    const opened = [];
    try {
      for (const path of images) opened.push(await openImage(path, { readOnly: true, lock: true }));
      return await work();
    } finally {
      for (const image of opened) await image.close();
    }
  };
}
