import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { DevicesService } from '../devices/devicesService';
import { copyImageAndMapfile, type DeviceImages, openImage, type RemapDevice, RemapError } from '../engine';

/** What copying needs of the devices. */
type CopiedDevices = Pick<DevicesService, 'getOwn' | 'specOf' | 'machine'>;

/**
 * Copies the images of a device, and their mapfiles, as they are at one moment: until they are copied, an assembled
 * device is suspended, and the images of a device that isn't assembled are locked.
 * @param folder gets the copies; it must not exist
 * @throws RemapError `EBUSY` when another process has the images or a scenario runs the device, `ECANCELED`
 */
export async function copyDeviceImages(
  devices: CopiedDevices,
  reference: unknown,
  folder: string,
  signal?: AbortSignal,
): Promise<DeviceImages> {
  const device = assembledDevice(devices, reference);
  const { main, spares, map: mainMap } = device ? device.spec : await devices.specOf(reference);
  const hold = device ? whileSuspended(devices, device) : whileLocked([main, ...spares]);
  await mkdir(folder);
  const copy = async (image: string, name: string, map?: string): Promise<string> => {
    const copied = join(folder, name);
    await copyImageAndMapfile(image, copied, { signal, map });
    return copied;
  };
  return hold(async () => {
    const copiedSpares: string[] = [];
    const copiedMain = await copy(main, 'main.img', mainMap);
    for (const [i, spare] of spares.entries()) copiedSpares.push(await copy(spare, `spare-${i}.img`));
    return { main: copiedMain, spares: copiedSpares };
  });
}

/** Undefined for a device that isn't assembled, or not known yet. */
function assembledDevice(devices: CopiedDevices, reference: unknown): RemapDevice | undefined {
  try {
    return devices.getOwn(reference);
  } catch (error) {
    if (error instanceof RemapError && error.code === 'ENODEV') return undefined;
    throw error;
  }
}

type Hold = <T>(work: () => Promise<T>) => Promise<T>;

function whileSuspended({ machine }: CopiedDevices, device: RemapDevice): Hold {
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
      for (const path of images)
        opened.push(await openImage(path, { readOnly: true, lock: true, anyFormat: true }));
      return await work();
    } finally {
      for (const image of opened) await image.close();
    }
  };
}
