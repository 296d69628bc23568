import { deviceNameOf, parseDeviceFile, readDeviceFileText } from '../contract/deviceFile';
import { specFromContent } from '../contract/deviceSpec';
import type { DeviceSpec } from '../engine';

/** What a device file says now. @throws RemapError `EINVAL` naming its mistake; the system's error */
export async function readSpec(deviceFile: string): Promise<DeviceSpec> {
  const content = parseDeviceFile(await readDeviceFileText(deviceFile), deviceFile);
  return specFromContent(content, deviceNameOf(deviceFile), deviceFile);
}
