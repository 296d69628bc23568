import { pathFrom } from '../contract/argumentReaders';
import { checkSpare, type MetadataReport, RemapError } from '../engine';
import type { DeviceEntry } from './deviceEntry';
import type { DevicesService } from './devicesService';
import { baseFolder } from './workspaceFiles';

/**
 * The five metadata copies of a device, assembled or not, or of a spare image by its path.
 * @throws RemapError when the reference means neither, or the image can't be read
 */
export async function checkMetadata(devices: DevicesService, reference: unknown): Promise<MetadataReport> {
  const entry = knownDevice(devices, reference);
  if (entry?.device) return entry.device.checkMetadata();
  if (entry) return checkSpare(spareOf(entry));
  const path = pathFrom(baseFolder())(reference, 'device');
  const owner = devices.ownerOf(path);
  return owner?.role === 'spare' ? owner.device.checkMetadata(owner.member) : checkSpare(path);
}

function knownDevice(devices: DevicesService, reference: unknown): DeviceEntry | undefined {
  try {
    return devices.find(reference);
  } catch (error) {
    // A reference that means no device may still be the path of an image.
    if (error instanceof RemapError && error.code === 'ENODEV') return undefined;
    throw error;
  }
}

function spareOf({ content, problem }: DeviceEntry): string {
  const spare = content?.spares[0];
  if (spare === undefined) throw problem;
  return spare;
}
