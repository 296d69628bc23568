import { editSpares, pathInDeviceFile, stageDeviceFile } from '../contract/deviceFile';
import {
  createImage,
  type Machine,
  type RemapDevice,
  RemapError,
  removeFile,
  type StagedText,
} from '../engine';

/** Another spare for a running device. */
export interface NewSpare {
  readonly device: RemapDevice;
  readonly path: string;
  /** The size of a sparse image to be made; undefined: the image exists. */
  readonly sectors: number | undefined;
}

/**
 * Takes the spare into the device's pool, and into its device file. What the file will say is on disk before the device
 * is changed, and takes the file's place before the spare counts, so that a file that can't be written refuses it.
 * @throws RemapError when the file can't be written or the device refuses the spare; then nothing has changed, and an
 * image that was made is removed again
 */
export async function addSpare(machine: Machine, { device, path, sectors }: NewSpare): Promise<RemapDevice> {
  if (device.readOnly) throw new RemapError('EROFS', device.reasons[0] ?? 'the device is read-only');
  const { deviceFile, spares } = device.spec;
  const staged = deviceFile === null ? null : await stageSpares(deviceFile, [...spares, path]);
  try {
    if (sectors !== undefined) await createImage(path, sectors);
    const record = async () => void (await staged?.commit());
    await machine.addSpare(device.name, path, record).catch(async (error: unknown) => {
      if (sectors !== undefined) await removeFile(path).catch(() => undefined);
      throw error;
    });
  } catch (error) {
    await staged?.discard();
    throw error;
  }
  return device;
}

function stageSpares(deviceFile: string, spares: readonly string[]): Promise<StagedText> {
  const paths = spares.map((spare) => pathInDeviceFile(deviceFile, spare));
  return stageDeviceFile(deviceFile, (text) => editSpares(text, paths));
}
