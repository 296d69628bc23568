import { basename } from 'node:path';
import type { DevicesService } from '../devices/devicesService';
import { RemapError } from '../engine';
import { askDevice } from '../frame/askDevice';
import { askToWrite } from '../frame/askToWrite';
import { type CommandOrigin, defineAction } from '../frame/command';
import type { Dialog } from '../frame/dialog';
import { mention } from '../frame/notifications';
import { openText } from '../frame/openText';
import { isTreeReference } from '../frame/treeReference';
import { uiCommands } from '../manifest';

/** Commands that open or refresh something. */
export function windowCommands(devices: DevicesService) {
  return {
    [uiCommands.openDeviceFile]: defineAction('Open Device File as Text', async (origin, dialog) => {
      const entry = await askDevice(devices, origin, dialog, {
        among: ({ deviceFile }) => deviceFile !== null,
        none: 'no device has a device file',
      });
      if (entry.deviceFile) await openText(entry.deviceFile);
    }),
    [uiCommands.openForWriting]: defineAction('Open Device for Writing', async (origin, dialog) => {
      devices.policy.requireTrust();
      const entry = await askDevice(devices, origin, dialog, {
        among: ({ device }) => device?.spec.readOnly !== undefined,
        none: 'no device is open read-only that could be opened for writing',
      });
      const choice = await askToWrite(devices, entry);
      if (!choice || choice.readOnly !== undefined) return;
      const { name } = await devices.assemble(entry, { forWriting: true });
      mention(`${name} is open for writing`);
    }),
    [uiCommands.useMap]: defineAction('Use Rescue Map', async (origin, dialog) => {
      const image = await askImageWithOffer(devices, origin, dialog);
      const { path } = await devices.useMap(image);
      mention(`${basename(path)} is the rescue map of ${basename(image)} now`);
    }),
    [uiCommands.refresh]: defineAction('Refresh', () => devices.search()),
    [uiCommands.showLog]: defineAction('Show Log', async () => devices.log.show()),
  };
}

/**
 * The image that the origin names, or one that the person picks, of those that a rescue map under another name fits.
 * @throws RemapError `ENOENT` when there is none
 */
async function askImageWithOffer(
  devices: DevicesService,
  origin: CommandOrigin,
  dialog: Dialog,
): Promise<string> {
  if (isTreeReference(origin) && origin.imagePath !== undefined) return origin.imagePath;
  const images = (await devices.freeImages()).filter(({ maps }) => maps.offered);
  if (images.length === 0)
    throw new RemapError('ENOENT', 'no image has a rescue map that fits it and is not used');
  const choices = images.map(({ path, maps }) => ({
    label: basename(path),
    description: basename(maps.offered!.path),
    value: path,
  }));
  return dialog.choice('Image', choices);
}
