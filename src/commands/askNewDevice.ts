import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import * as vscode from 'vscode';
import { markersFor } from '../contract/deviceContent';
import { type NewDevice, newDevicePaths } from '../contract/newDevice';
import { parseSize } from '../contract/typedInput';
import { formatSize } from '../contract/wording';
import { workspaceFolders } from '../devices/workspaceFiles';
import { FIRST_DATA_SECTOR, MINIMUM_MAIN_SECTORS, minimumSpareSectors, RemapError } from '../engine';
import type { CommandOrigin } from '../frame/command';
import type { Dialog } from '../frame/dialog';
import { askFlakey } from './askFlakey';

/** Name, size of main, size of the spare, flakey layer. */
export const NEW_DEVICE_STEPS = 4;

/** The sizes of the published persistence test. */
const DEFAULT_MAIN_SECTORS = 204_800;
const DEFAULT_SPARE_SECTORS = 102_400;

/** Asks a person for the path, sizes and flakey layer of a new device. */
export async function askNewDevice(origin: CommandOrigin, dialog: Dialog): Promise<NewDevice> {
  const folder = origin instanceof vscode.Uri ? origin.fsPath : await askFolder(dialog);
  const path = await askPath(dialog, folder);
  const mainSectors = await askMainSectors(dialog);
  const spareSectors = await askSpareSectors(dialog, mainSectors);
  const flakey = await askFlakey(dialog);
  const markers = markersFor(null, mainSectors);
  return {
    path,
    mainSectors,
    spareSectors,
    ...(flakey && { flakey }),
    ...(markers.sectors.length > 0 && { markers }),
  };
}

async function askFolder(dialog: Dialog): Promise<string> {
  const folders = workspaceFolders();
  if (folders.length === 1) return folders[0]!;
  if (folders.length > 1) {
    dialog.expect(NEW_DEVICE_STEPS + 1);
    return dialog.choice(
      'Folder of the new device',
      folders.map((path) => ({ label: basename(path), detail: path, value: path })),
    );
  }
  const picked = await dialog.file({
    openLabel: 'Create Here',
    canSelectFiles: false,
    canSelectFolders: true,
  });
  return picked.fsPath;
}

function askPath(dialog: Dialog, folder: string): Promise<string> {
  return dialog.text({
    prompt: `Name of the device; its device file and two sparse images go to ${folder}`,
    value: freeName(folder),
    read: (typed) => {
      const name = typed.trim();
      if (!/^[\w.+-]+$/.test(name))
        throw new RemapError('EINVAL', 'a name consists of letters, digits, and . _ + -');
      const paths = newDevicePaths(join(folder, name));
      const taken = Object.values(paths).find((path) => existsSync(path));
      if (taken !== undefined) throw new RemapError('EEXIST', `${taken} exists already`);
      return paths.deviceFile;
    },
  });
}

function askMainSectors(dialog: Dialog): Promise<number> {
  return dialog.text({
    prompt: 'Size of the main image, as sectors or with a unit',
    value: formatSize(DEFAULT_MAIN_SECTORS),
    read: (typed) => {
      const sectors = parseSize(typed);
      if (sectors >= MINIMUM_MAIN_SECTORS) return sectors;
      throw new RemapError('ENOSPC', `a main image has at least ${formatSize(MINIMUM_MAIN_SECTORS)}`);
    },
  });
}

function askSpareSectors(dialog: Dialog, mainSectors: number): Promise<number> {
  const least = Math.max(minimumSpareSectors(mainSectors), FIRST_DATA_SECTOR + 1);
  return dialog.text({
    prompt: `Size of the spare image, at least ${least} sectors`,
    value: formatSize(
      mainSectors === DEFAULT_MAIN_SECTORS ? DEFAULT_SPARE_SECTORS : Math.ceil(least / 2048) * 2048,
    ),
    read: (typed) => {
      const sectors = parseSize(typed);
      if (sectors >= least) return sectors;
      throw new RemapError('ENOSPC', `a spare for ${formatSize(mainSectors)} has at least ${least} sectors`);
    },
  });
}

/** The first name of disk, disk2, disk3... for which no file exists. */
function freeName(folder: string): string {
  for (let i = 1; ; i++) {
    const name = i === 1 ? 'disk' : `disk${i}`;
    if (!Object.values(newDevicePaths(join(folder, name))).some((path) => existsSync(path))) return name;
  }
}
