import { basename, dirname, extname, join } from 'node:path';
import * as vscode from 'vscode';
import { type ImageToSave, saveOpenImageOptions } from '../contract/commandArguments';
import type { Task } from '../contract/task';
import { plural } from '../contract/wording';
import type { DevicesService } from '../devices/devicesService';
import { baseFolder } from '../devices/workspaceFiles';
import { countSectors, type DisplacedImage, type RemapDevice, RemapError, type SavedImage } from '../engine';
import { askDevice } from '../frame/askDevice';
import { define } from '../frame/command';
import { runDialog } from '../frame/dialog';
import { mention, warn } from '../frame/notifications';
import { commands } from '../manifest';

const TITLE = 'Save Open Image As';

/** A displaced image of a device, and the file that it is saved as. */
export interface SavingOfImage extends ImageToSave {
  readonly device: RemapDevice;
}

/** The command that saves what a displaced image holds (R13). */
export function imageCommands(devices: DevicesService) {
  return {
    [commands.saveOpenImage]: define({
      progress: 'Saving an open image',
      cancellable: true,
      fromCode: ([reference, options]): SavingOfImage => ({
        device: devices.get(reference),
        ...saveOpenImageOptions(options, baseFolder()),
      }),
      title: TITLE,
      fromPerson: async (origin, dialog) => {
        const { device } = await askDevice(devices, origin, dialog, {
          among: ({ device }) => device !== undefined && device.displaced.length > 0,
          none: 'every image of an assembled device is where it was opened: copy the file itself',
        });
        return device && askSaving(device);
      },
      run: saveImage,
      tell: ({ path, lost }) => {
        const sectors = countSectors(lost);
        if (sectors === 0) return mention(`Saved as ${basename(path)}`);
        return warn(
          `Saved as ${basename(path)}. The shortened file had lost ${plural(sectors, 'sector')}, bad in the map of the copy.`,
        );
      },
    }),
  };
}

/** Asks which displaced image of a device to save, and as what; undefined: the person cancelled. */
export async function askSaving(device: RemapDevice): Promise<SavingOfImage | undefined> {
  const displaced = device.displaced;
  if (displaced.length === 0) {
    throw new RemapError(
      'EINVAL',
      `the images of ${device.name} are where they were opened: copy the files themselves`,
    );
  }
  const found = displaced.length === 1 ? displaced[0] : await askImage(displaced);
  const target = found && (await askTarget(found));
  return target && { device, path: target.fsPath, image: found.image, member: found.member };
}

/** Saves a displaced image. @throws RemapError as `RemapDevice.saveOpenImage` */
export function saveImage(
  { device, path, image, member }: SavingOfImage,
  { signal, report }: Task,
): Promise<SavedImage> {
  const onProgress = (fraction: number) => report(basename(path), fraction);
  return device.saveOpenImage(path, { image, member, signal, onProgress });
}

function askImage(displaced: readonly DisplacedImage[]): Promise<DisplacedImage | undefined> {
  const choices = displaced.map((value) => ({
    label: basename(value.path),
    description: value.reason,
    value,
  }));
  return runDialog(TITLE, (dialog) => dialog.choice('Image', choices));
}

async function askTarget({ path }: DisplacedImage): Promise<vscode.Uri | undefined> {
  const ending = extname(path);
  return vscode.window.showSaveDialog({
    title: TITLE,
    saveLabel: 'Save',
    defaultUri: vscode.Uri.file(join(dirname(path), `${basename(path, ending)}-saved${ending}`)),
  });
}
