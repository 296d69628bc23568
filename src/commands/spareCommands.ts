import { basename, dirname, extname, join } from 'node:path';
import * as vscode from 'vscode';
import { pathFrom } from '../contract/argumentReaders';
import { addSpareOptions } from '../contract/commandArguments';
import { parseSize } from '../contract/typedInput';
import { formatSize, plural } from '../contract/wording';
import { addSpare, type NewSpare } from '../devices/addSpare';
import type { DevicesService } from '../devices/devicesService';
import { baseFolder } from '../devices/workspaceFiles';
import { FIRST_DATA_SECTOR, RemapError } from '../engine';
import { askAssembled } from '../frame/askDevice';
import { type CommandOrigin, define } from '../frame/command';
import type { Dialog } from '../frame/dialog';
import { mention } from '../frame/notifications';
import { commands } from '../manifest';

/** The command that gives a device another spare. */
export function spareCommands(devices: DevicesService) {
  return {
    [commands.addSpare]: define({
      progress: 'Adding a spare',
      fromCode: ([reference, path, options]) => ({
        device: devices.get(reference),
        path: pathFrom(baseFolder())(path, 'path'),
        ...addSpareOptions(options),
      }),
      title: 'Add Spare',
      steps: 2,
      fromPerson: (origin, dialog) => askNewSpare(devices, origin, dialog),
      run: async (spare) => {
        const device = await addSpare(devices.machine, spare);
        await devices.policy.permit(device.spec);
        return device.info();
      },
      tell: ({ name, spareFree }) => mention(`${name}: ${plural(spareFree, 'spare sector')} free`),
    }),
  };
}

async function askNewSpare(
  devices: DevicesService,
  origin: CommandOrigin,
  dialog: Dialog,
): Promise<NewSpare> {
  const device = await askAssembled(devices, origin, dialog);
  const isNew = await dialog.choice(`Another spare for ${device.name}`, [
    { label: 'New Image...', description: 'sparse, beside the first spare', value: true },
    { label: 'Existing Image...', description: 'blank, or formatted for this main image', value: false },
  ]);
  return isNew ? askNewImage(device, dialog) : askExistingImage(device, dialog);
}

async function askNewImage(device: NewSpare['device'], dialog: Dialog): Promise<NewSpare> {
  const [first] = device.spec.spares;
  const number = device.spec.spares.length + 1;
  const path = join(dirname(first!), `${basename(first!, extname(first!))}-${number}${extname(first!)}`);
  const least = FIRST_DATA_SECTOR + 1;
  const sectors = await dialog.text({
    prompt: `Size of ${basename(path)}, as sectors or with a unit`,
    value: formatSize(device.info().spareSectors),
    read: (typed) => {
      const size = parseSize(typed);
      if (size >= least) return size;
      throw new RemapError('ENOSPC', `a spare has at least ${least} sectors`);
    },
  });
  return { device, path, sectors };
}

async function askExistingImage(device: NewSpare['device'], dialog: Dialog): Promise<NewSpare> {
  const { fsPath } = await dialog.file({
    openLabel: 'Add Spare',
    defaultUri: vscode.Uri.file(dirname(device.spec.spares[0]!)),
  });
  return { device, path: fsPath, sectors: undefined };
}
