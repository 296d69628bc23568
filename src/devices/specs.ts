import { stat } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import { type DeviceContent, isObject, markersFor, readDeviceContent } from '../contract/deviceContent';
import { deviceNameOf } from '../contract/deviceFile';
import { type DeviceSpec, RemapError, SECTOR_SIZE } from '../engine';
import type { DeviceEntry } from './registry';

/** What assembling a device that has a file takes. @throws whatever keeps the file from being read */
export async function specFromEntry({
  name,
  deviceFile,
  content,
  problem,
}: DeviceEntry): Promise<DeviceSpec> {
  if (!content) throw problem;
  return complete(content, name, deviceFile);
}

/**
 * What assembling `{ main, spare, flakey?, markers? }` takes: the device file's form, given by a caller in code.
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
  return complete(content, deviceNameOf(content.main), null);
}

/** Whether a device was assembled from something else than what its file says now. */
export function isOutdated({ content, device }: DeviceEntry): boolean {
  if (!content || !device) return false;
  const { main, spares, flakey, markers } = device.spec;
  const now = { ...content, markers: content.markers ?? markers };
  return !isDeepStrictEqual(now, { main, spares, flakey, markers });
}

async function complete(
  content: DeviceContent,
  name: string,
  deviceFile: string | null,
): Promise<DeviceSpec> {
  const { markers, ...rest } = content;
  if (markers) return { name, deviceFile, ...rest, markers };
  // A main image that can't be had is the machine's to refuse, in its own words.
  const size = await stat(content.main).then(
    (found) => found.size,
    () => Number.MAX_SAFE_INTEGER,
  );
  return { name, deviceFile, ...rest, markers: markersFor(null, Math.floor(size / SECTOR_SIZE)) };
}
