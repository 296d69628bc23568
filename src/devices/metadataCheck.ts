import { pathFrom } from '../contract/argumentReaders';
import { checkSpare, checkSpares, type MetadataReport, type RemapDevice, RemapError } from '../engine';
import type { DeviceEntry } from './deviceEntry';
import type { DevicesService } from './devicesService';

type Checked = Pick<DevicesService, 'find' | 'ownerOf' | 'announceVerdicts'> & {
  readonly verdicts: Pick<DevicesService['verdicts'], 'forgetMetadata'>;
};

/**
 * The five metadata copies of a device, assembled or not, on each of its spares, or of a spare image by its path.
 * @param folder where a relative path starts from; undefined: there is none
 * @throws RemapError when the reference means neither, or the image can't be read
 */
export async function checkMetadata(
  devices: Checked,
  reference: unknown,
  folder: string | undefined,
): Promise<MetadataReport> {
  const entry = knownDevice(devices, reference);
  if (entry?.device) return checkDevice(devices, entry.device);
  if (entry) return checkSpares(sparesOf(entry));
  const path = pathFrom(folder)(reference, 'device');
  const owner = devices.ownerOf(path);
  return owner?.role === 'spare' ? checkDevice(devices, owner.device, owner.member) : checkSpare(path);
}

/** Lets views that show a device's copies read them again. */
export function readCopiesAgain(
  devices: Pick<Checked, 'verdicts' | 'announceVerdicts'>,
  { name }: RemapDevice,
): void {
  devices.verdicts.forgetMetadata(name);
  devices.announceVerdicts(name);
}

async function checkDevice(devices: Checked, device: RemapDevice, member?: number): Promise<MetadataReport> {
  const report = await device.checkMetadata(member);
  readCopiesAgain(devices, device);
  return report;
}

/** The device that a reference means; undefined: it may be the path of an image. */
export function knownDevice(devices: Pick<Checked, 'find'>, reference: unknown): DeviceEntry | undefined {
  try {
    return devices.find(reference);
  } catch (error) {
    if (error instanceof RemapError && error.code === 'ENODEV') return undefined;
    throw error;
  }
}

function sparesOf({ content, problem }: DeviceEntry): readonly string[] {
  if (!content) throw problem;
  return content.spares;
}
