import { basename } from 'node:path';
import * as vscode from 'vscode';
import { describeError } from '../contract/errorSentences';
import { isSamePath } from '../contract/pathKey';
import type { DevicesService } from '../devices/devicesService';
import type { CountedMap } from '../devices/rescueMaps';
import { useDeviceMap, useImageMap } from '../devices/useMap';
import { RemapError } from '../engine';
import { askDevice } from '../frame/askDevice';
import { askToWrite } from '../frame/askToWrite';
import { type CommandOrigin, defineAction } from '../frame/command';
import type { Dialog } from '../frame/dialog';
import { mention } from '../frame/notifications';
import { openText } from '../frame/openText';
import { isTreeReference } from '../frame/treeReference';
import { builtIn, uiCommands } from '../manifest';

/** Commands that open or find something, refresh the views, or use a rescue map. */
export function windowCommands(devices: DevicesService) {
  return {
    [uiCommands.openDeviceFile]: defineAction('Open Device File as Text', async (origin, dialog) => {
      const entry = await askDevice(devices, origin, dialog, {
        among: ({ deviceFile }) => deviceFile !== null,
        none: 'no device has a device file',
      });
      if (!entry.deviceFile) return;
      const { path, line, column } = describeError(entry.problem);
      // A file with an error opens at its place.
      if (path !== undefined && isSamePath(path, entry.deviceFile)) await openText(path, line, column);
      else await openText(entry.deviceFile);
    }),
    [uiCommands.revealInExplorer]: defineAction('Reveal in Explorer', async (origin, dialog) => {
      const file = vscode.Uri.file(await fileOf(devices, origin, dialog));
      const isInWorkspace = vscode.workspace.getWorkspaceFolder(file) !== undefined;
      await vscode.commands.executeCommand(isInWorkspace ? builtIn.reveal : builtIn.revealOutside, file);
    }),
    [uiCommands.copyPath]: defineAction('Copy Path', async (origin, dialog) => {
      const path = await fileOf(devices, origin, dialog);
      await vscode.env.clipboard.writeText(path);
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
      const offer = await askOffer(devices, origin, dialog);
      const { path } = await offer.accept();
      mention(`${basename(path)} is the rescue map of ${offer.name} now`);
    }),
    [uiCommands.refresh]: defineAction('Refresh', () => devices.search()),
    [uiCommands.showLog]: defineAction('Show Log', async () => devices.log.show()),
  };
}

/** The path of an image, or of a device's file; that of its main image for a device without one. */
async function fileOf(devices: DevicesService, origin: CommandOrigin, dialog: Dialog): Promise<string> {
  if (origin instanceof vscode.Uri) return origin.fsPath;
  if (isTreeReference(origin) && origin.imagePath !== undefined) return origin.imagePath;
  return (await askDevice(devices, origin, dialog)).deviceKey;
}

/** A rescue map under another name that fits a device's main image, or an image that belongs to no device. */
interface MapOffer {
  readonly name: string;
  accept(): Promise<CountedMap>;
}

/**
 * The offer for what the origin names, or one that the person picks.
 * @throws RemapError `ENOENT` when there is none
 */
async function askOffer(devices: DevicesService, origin: CommandOrigin, dialog: Dialog): Promise<MapOffer> {
  const ofDevice = (entry: { name: string; deviceKey: string }): MapOffer => ({
    name: entry.name,
    accept: () => useDeviceMap(devices, { deviceKey: entry.deviceKey }),
  });
  const ofImage = (path: string): MapOffer => ({
    name: basename(path),
    accept: () => useImageMap(devices, path),
  });
  if (isTreeReference(origin) && origin.imagePath !== undefined) return ofImage(origin.imagePath);
  if (isTreeReference(origin) && origin.deviceKey !== undefined) return ofDevice(devices.find(origin));
  const choices = [
    ...devices
      .entries()
      .flatMap((entry) => (entry.offeredMap ? [choiceOf(entry.offeredMap, ofDevice(entry))] : [])),
    ...(await devices.freeImages()).flatMap(({ path, maps }) =>
      maps.offered ? [choiceOf(maps.offered, ofImage(path))] : [],
    ),
  ];
  if (choices.length > 0) return dialog.choice('Device or Image', choices);
  throw new RemapError('ENOENT', 'no device or image has a rescue map under another name that fits');
}

function choiceOf(map: CountedMap, offer: MapOffer) {
  return { label: offer.name, description: basename(map.path), value: offer };
}
