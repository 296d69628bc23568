import { unlink } from 'node:fs/promises';
import { editSpares, pathInDeviceFile, readDeviceFileText } from '../contract/deviceFile';
import { createImage, type Machine, type RemapDevice, RemapError, replaceTextFile } from '../engine';

/** Another spare for a running device. */
export interface NewSpare {
  readonly device: RemapDevice;
  readonly path: string;
  /** The size of a sparse image to be made; undefined: the image exists. */
  readonly sectors: number | undefined;
}

/**
 * Takes the spare into the device's pool, and into its device file.
 * @throws RemapError when the device refuses it; then an image that was made is removed again
 */
export async function addSpare(machine: Machine, { device, path, sectors }: NewSpare): Promise<RemapDevice> {
  if (device.readOnly) throw new RemapError('EROFS', device.reasons[0] ?? 'the device is read-only');
  if (sectors !== undefined) await createImage(path, sectors);
  try {
    await machine.addSpare(device.name, path);
  } catch (error) {
    if (sectors !== undefined) await unlink(path).catch(() => undefined);
    throw error;
  }
  const { deviceFile, spares } = device.spec;
  if (deviceFile !== null) await writeSpares(deviceFile, spares);
  return device;
}

async function writeSpares(deviceFile: string, spares: readonly string[]): Promise<void> {
  const text = editSpares(
    await readDeviceFileText(deviceFile),
    spares.map((spare) => pathInDeviceFile(deviceFile, spare)),
  );
  await replaceTextFile(deviceFile, [Buffer.from(text).toString('latin1')]);
}
