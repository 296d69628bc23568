import { stat } from 'node:fs/promises';
import { type DeviceSpec, RemapError, SECTOR_SIZE } from '../engine';
import { type DeviceContent, markersFor, readDeviceContent } from './deviceContent';
import { deviceNameOf } from './deviceFile';
import { isObject } from './typeGuards';

/** What the machine needs to assemble a device, from what its file says. Null `deviceFile`: it has none. */
export async function specFromContent(
  content: DeviceContent,
  name: string,
  deviceFile: string | null,
): Promise<DeviceSpec> {
  const { markers, ...rest } = content;
  if (markers) return { name, deviceFile, ...rest, markers };
  // Without the main image's size all usual markers are taken: the machine refuses the image in its own words.
  const size = await stat(content.main).then(
    (found) => found.size,
    () => Number.MAX_SAFE_INTEGER,
  );
  return { name, deviceFile, ...rest, markers: markersFor(null, Math.floor(size / SECTOR_SIZE)) };
}

/**
 * What the machine needs to assemble `{ main, spare, flakey?, markers? }`, as a caller in code gives it.
 * @param folder where relative paths start from
 * @returns undefined when the value isn't of that form
 * @throws RemapError `EINVAL` naming the value that is wrong
 */
export async function specFromImages(
  value: unknown,
  folder = process.cwd(),
): Promise<DeviceSpec | undefined> {
  if (!isObject(value) || !('main' in value && 'spare' in value)) return undefined;
  const content = readDeviceContent(value, folder, (_path, problem) => {
    throw new RemapError('EINVAL', problem);
  });
  return specFromContent(content, deviceNameOf(content.main), null);
}
