import { removalQuestion, SAVE_OPEN_IMAGE } from '../contract/displacedTexts';
import type { DevicesService } from '../devices/devicesService';
import { isDisplaced, type RemapDevice } from '../engine';
import { askDevice } from '../frame/askDevice';
import type { CommandOrigin } from '../frame/command';
import { answerTo } from '../frame/decisions';
import type { Dialog } from '../frame/dialog';
import { withProgress } from '../frame/progress';
import { askSaving, saveImage } from './imageCommands';

/** A device to take down. */
export interface Removal {
  readonly device: RemapDevice;
  /** The person knows that what a displaced image holds goes with it (R13). */
  readonly mayLose: boolean;
}

/** Asks a person what to remove, and whether an image that is displaced is saved before; undefined: they declined. */
export async function askRemoval(
  devices: DevicesService,
  origin: CommandOrigin,
  dialog: Dialog,
): Promise<Removal | undefined> {
  const { device } = await askDevice(devices, origin, dialog, {
    among: ({ device }) => device !== undefined,
    none: 'no device is assembled',
  });
  if (!device) return undefined;
  await device.checkPlaces();
  const mayLose = device.displaced.length > 0;
  return (await mayRemove(devices, device)) ? { device, mayLose } : undefined;
}

/** Takes a device down. @throws RemapError `ESTALE` for what a displaced image held, unless that may be lost */
export async function remove(devices: DevicesService, { device, mayLose }: Removal): Promise<void> {
  try {
    await devices.remove(device.name);
  } catch (error) {
    if (!mayLose || !isDisplaced(error)) throw error;
  }
}

/** Asks again after an image was saved: another one may be left, and the person may have cancelled the saving. */
async function mayRemove({ exports }: DevicesService, device: RemapDevice): Promise<boolean> {
  for (;;) {
    const chosen = await answerTo(removalQuestion(device.name, device.displaced, exports.clientsOf(device)));
    if (chosen !== SAVE_OPEN_IMAGE) return chosen !== undefined;
    const saving = await askSaving(device);
    if (!saving) continue;
    await withProgress('Saving an open image', (task) => saveImage(saving, task), { cancellable: true });
  }
}
