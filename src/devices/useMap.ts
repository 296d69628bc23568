import { editMap, pathInDeviceFile, stageDeviceFile } from '../contract/deviceFile';
import { RemapError, type StagedText } from '../engine';
import type { DevicesService } from './devicesService';
import type { CountedMap } from './rescueMaps';

type MapUsers = Pick<
  DevicesService,
  'policy' | 'maps' | 'find' | 'readOnlyChoice' | 'remove' | 'assemble' | 'specOf' | 'lookForMaps'
>;

/**
 * Uses the rescue map under another name that fits a device's main image: the device file names it from then on, and
 * an assembled device is assembled again, read-only if a person chose that. If that fails, file and device are as before.
 * @throws RemapError `ENOENT` where there is no such map any more, or no device file; `EROFS` in Restricted Mode; and as
 * `DevicesService.remove` and `assemble`
 */
export async function useDeviceMap(devices: MapUsers, reference: unknown): Promise<CountedMap> {
  devices.policy.requireTrust();
  const { deviceKey, deviceFile, device, offeredMap } = devices.find(reference);
  if (!offeredMap) throw new RemapError('ENOENT', 'no other rescue map fits this device now');
  const { path } = offeredMap;
  if (deviceFile === null) {
    const message = `the device has no device file that could name its map: rename ${path} to ${deviceKey}.map`;
    throw new RemapError('ENOENT', message, { path });
  }
  const change = await stageChange(deviceFile, (text) => editMap(text, pathInDeviceFile(deviceFile, path)));
  try {
    if (device && !device.suspended) await device.flush();
    await change.after.commit();
  } catch (error) {
    await Promise.all([change.after.discard(), change.before.discard()]);
    throw error;
  }
  const choice = devices.readOnlyChoice(deviceKey);
  try {
    if (device) await devices.remove({ deviceKey });
    if (device) await devices.assemble({ deviceKey }, choice);
    else await devices.specOf({ deviceKey });
  } catch (error) {
    await change.before.commit().catch(() => undefined);
    if (device) await devices.assemble({ deviceKey }, choice).catch(() => undefined);
    throw error;
  }
  await change.before.discard();
  await devices.lookForMaps();
  return offeredMap;
}

/** Writes what a device file will say, and beside it what it says now, so that a full disk can't keep that from coming back. */
async function stageChange(
  deviceFile: string,
  edit: (text: string) => string,
): Promise<{ after: StagedText; before: StagedText }> {
  const after = await stageDeviceFile(deviceFile, edit);
  try {
    return { after, before: await stageDeviceFile(deviceFile, (text) => text) };
  } catch (error) {
    await after.discard();
    throw error;
  }
}

/**
 * Uses the rescue map under another name that fits an image which belongs to no device.
 * @throws RemapError `ENOENT` where there is none any more
 */
export async function useImageMap(devices: MapUsers, image: string): Promise<CountedMap> {
  const { offered } = await devices.maps.look(image);
  if (!offered) throw new RemapError('ENOENT', `no other rescue map fits ${image} now`, { path: image });
  await devices.maps.choose(image, offered.path);
  await devices.lookForMaps();
  return offered;
}
