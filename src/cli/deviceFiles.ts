import { deviceNameOf, parseDeviceFile, readDeviceFileText } from '../contract/deviceFile';
import { specFromContent } from '../contract/deviceSpec';
import { type DeviceSpec, requireFree } from '../engine';

/** What a device file says now. @throws RemapError `EINVAL` naming its mistake; the system's error */
export async function readSpec(deviceFile: string): Promise<DeviceSpec> {
  const content = parseDeviceFile(await readDeviceFileText(deviceFile), deviceFile);
  return specFromContent(content, deviceNameOf(deviceFile), deviceFile);
}

/**
 * The device, to be opened read-only, which takes no locks.
 * @param why as the device says it
 * @throws RemapError `EBUSY` while another process has one of its images; the system's error
 */
export async function openedReadOnly(spec: DeviceSpec, why: string): Promise<DeviceSpec> {
  for (const image of [spec.main, ...spec.spares]) await requireFree(image);
  return { ...spec, readOnly: why };
}
