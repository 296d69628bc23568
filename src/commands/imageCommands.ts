import { basename, dirname, extname, join } from 'node:path';
import * as vscode from 'vscode';
import { type ImageToSave, saveOpenImageOptions } from '../contract/commandArguments';
import { plural } from '../contract/wording';
import type { DevicesService } from '../devices/devicesService';
import { baseFolder } from '../devices/workspaceFiles';
import { countSectors, type DisplacedImage, type RemapDevice, RemapError } from '../engine';
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
      run: ({ device, path, image, member }, { signal, report }) =>
        device.saveOpenImage(path, {
          image,
          member,
          signal,
          onProgress: (fraction) => report(basename(path), fraction),
        }),
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
  const found =
    displaced.length > 1
      ? await runDialog(TITLE, (dialog) =>
          dialog.choice(
            'Image',
            displaced.map((value) => ({ label: basename(value.path), description: value.reason, value })),
          ),
        )
      : displaced[0];
  if (displaced.length === 0) {
    throw new RemapError(
      'EINVAL',
      `the images of ${device.name} are where they were opened: copy the files themselves`,
    );
  }
  const target = found && (await askTarget(found));
  return target && { device, path: target.fsPath, image: found.image, member: found.member };
}

async function askTarget({ path }: DisplacedImage): Promise<vscode.Uri | undefined> {
  const ending = extname(path);
  return vscode.window.showSaveDialog({
    title: TITLE,
    saveLabel: 'Save',
    defaultUri: vscode.Uri.file(join(dirname(path), `${basename(path, ending)}-saved${ending}`)),
  });
}
