import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { markersFor } from '../contract/deviceContent';
import { type NewDevice, newDevicePaths } from '../contract/newDevice';
import { parseDeviceName, parseSize } from '../contract/typedInput';
import { formatSize } from '../contract/wording';
import { workspaceFolders } from '../devices/workspaceFiles';
import { FIRST_DATA_SECTOR, MINIMUM_MAIN_SECTORS, minimumSpareSectors, RemapError } from '../engine';
import type { CommandOrigin } from '../frame/command';
import type { Dialog } from '../frame/dialog';
import { askFlakey } from './askFlakey';

/** Name, size of main, size of the spare, flakey layer. */
const NEW_DEVICE_STEPS = 4;

/** What is proposed for a new device, and asked. */
interface Proposal {
  readonly mainSectors: number;
  readonly spareSectors: number;
  /** Absent: its main image gets no flakey layer. */
  readonly asksFlakey?: true;
}

/** The sizes of the published persistence test. */
const FULL_DEVICE: Proposal = { mainSectors: 204_800, spareSectors: 102_400, asksFlakey: true };

/** Small enough to see in one map, large enough for the usual markers. */
export const SMALL_DEVICE: Proposal = { mainSectors: 16_384, spareSectors: 4096 };

/** Asks a person for the path, sizes and flakey layer of a new device. */
export async function askNewDevice(
  origin: CommandOrigin,
  dialog: Dialog,
  proposal: Proposal = FULL_DEVICE,
): Promise<NewDevice> {
  const steps = proposal.asksFlakey ? NEW_DEVICE_STEPS : NEW_DEVICE_STEPS - 1;
  dialog.expect(steps);
  const folder = origin instanceof vscode.Uri ? origin.fsPath : await askFolder(dialog, steps);
  const path = await askPath(dialog, folder);
  const mainSectors = await askMainSectors(dialog, proposal);
  const spareSectors = await askSpareSectors(dialog, mainSectors, proposal);
  const flakey = proposal.asksFlakey ? await askFlakey(dialog) : '';
  const markers = markersFor(null, mainSectors);
  return {
    path,
    mainSectors,
    spareSectors,
    ...(flakey && { flakey }),
    ...(markers.sectors.length > 0 && { markers }),
  };
}

async function askFolder(dialog: Dialog, steps: number): Promise<string> {
  const folders = workspaceFolders();
  if (folders.length === 1) return folders[0]!;
  if (folders.length > 1) {
    dialog.expect(steps + 1);
    return dialog.choice(
      'Folder of the new device',
      folders.map((path) => ({ label: basename(path), detail: dirname(path), value: path })),
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
      const paths = newDevicePaths(join(folder, parseDeviceName(typed)));
      const taken = Object.values(paths).find((path) => existsSync(path));
      if (taken !== undefined) throw new RemapError('EEXIST', `${taken} exists already`);
      return paths.deviceFile;
    },
  });
}

function askMainSectors(dialog: Dialog, proposal: Proposal): Promise<number> {
  return dialog.text({
    prompt: 'Size of the main image, as sectors or with a unit',
    value: formatSize(proposal.mainSectors),
    read: (typed) => {
      const sectors = parseSize(typed);
      if (sectors >= MINIMUM_MAIN_SECTORS) return sectors;
      throw new RemapError('ENOSPC', `a main image has at least ${formatSize(MINIMUM_MAIN_SECTORS)}`);
    },
  });
}

function askSpareSectors(dialog: Dialog, mainSectors: number, proposal: Proposal): Promise<number> {
  const least = Math.max(minimumSpareSectors(mainSectors), FIRST_DATA_SECTOR + 1);
  return dialog.text({
    prompt: `Size of the spare image, at least ${least} sectors`,
    value: formatSize(
      mainSectors === proposal.mainSectors ? proposal.spareSectors : Math.ceil(least / 2048) * 2048,
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
