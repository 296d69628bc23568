import { pathFrom } from '../contract/argumentReaders';
import { openVolumeTarget, type SectorView, type VolumeTarget, volumeTargetOf } from '../engine';
import type { DevicesService } from './devicesService';
import { knownDevice } from './metadataCheck';

type Known = Pick<DevicesService, 'find' | 'get' | 'ownerOf'>;

/**
 * The disk in which volumes are looked for: an assembled device, one of its images, or an image by itself. To be closed.
 * @param folder where a relative path starts from; undefined: there is none
 * @param from which bytes of a device; absent: as its clients see it
 * @throws RemapError `ENODEV` for a device that isn't assembled, and as `openVolumeTarget`
 */
export async function findVolumeTarget(
  devices: Known,
  reference: unknown,
  folder: string | undefined,
  from?: SectorView,
): Promise<VolumeTarget> {
  if (knownDevice(devices, reference)) return volumeTargetOf(devices.get(reference), from);
  const path = pathFrom(folder)(reference, 'device');
  const owner = devices.ownerOf(path);
  return owner ? volumeTargetOf(owner.device, owner.role, owner.member) : openVolumeTarget(path);
}
