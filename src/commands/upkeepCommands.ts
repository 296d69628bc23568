import { basename, dirname, extname, join } from 'node:path';
import * as vscode from 'vscode';
import { pathFrom } from '../contract/argumentReaders';
import { addSpareOptions, scanOptions } from '../contract/commandArguments';
import { parseSize } from '../contract/typedInput';
import { formatSize, plural } from '../contract/wording';
import { addSpare, type NewSpare } from '../devices/addSpare';
import type { DevicesService } from '../devices/devicesService';
import { readSetting } from '../devices/settings';
import { baseFolder } from '../devices/workspaceFiles';
import { FIRST_DATA_SECTOR, RemapError, type ScanReport } from '../engine';
import { askText } from '../frame/ask';
import { askAssembled } from '../frame/askDevice';
import { type CommandOrigin, define, defineAction } from '../frame/command';
import { mention } from '../frame/notifications';
import { commands, uiCommands } from '../manifest';

const BYTES_PER_MEBIBYTE = 2 ** 20;

/** Commands that keep a device in good health: scans, another spare, and paths for dm-remap's own scripts. */
export function upkeepCommands(devices: DevicesService) {
  return {
    [commands.scan]: define({
      progress: 'Scanning a device',
      cancellable: true,
      fromCode: ([reference, options]) => ({
        device: devices.get(reference),
        bytesPerSecond: scanOptions(options).bytesPerSecond ?? rateSetting(),
      }),
      fromPerson: async (origin) => {
        const device = await askAssembled(devices, origin, 'Scan Device');
        return device && { device, bytesPerSecond: rateSetting() };
      },
      run: ({ device, bytesPerSecond }, task) => devices.scans.scan(device, bytesPerSecond, task),
      tell: (report, { device }) => tellScan(device.name, report),
    }),
    [uiCommands.pauseScan]: defineAction(() => devices.scans.pause()),
    [uiCommands.resumeScan]: defineAction(() => devices.scans.resume()),
    [commands.addSpare]: define({
      progress: 'Adding a spare',
      fromCode: ([reference, path, options]) => ({
        device: devices.get(reference),
        path: pathFrom(baseFolder())(path, 'path'),
        ...addSpareOptions(options),
      }),
      fromPerson: (origin) => askSpare(devices, origin),
      run: async (spare) => (await addSpare(devices.machine, spare)).info(),
      tell: ({ name, spareFree }) => mention(`${name}: ${plural(spareFree, 'spare sector')} free`),
    }),
    [commands.exportPaths]: define({
      progress: 'Exporting paths',
      fromCode: ([reference]) => devices.get(reference),
      fromPerson: (origin) => askAssembled(devices, origin, 'Export Paths for dm-remap-scan'),
      run: (device) => device.exportPaths(),
      tell: () =>
        mention('The spare names both images for dm-remap-scan; four metadata copies stay for the kernel'),
    }),
  };
}

function rateSetting(): number {
  return readSetting('scanRate') * BYTES_PER_MEBIBYTE;
}

function tellScan(name: string, { failing, slow, rescued, seconds, sectorCount }: ScanReport): void {
  const total = (ranges: ScanReport['failing']) => ranges.reduce((sum, [, length]) => sum + length, 0);
  const facts = [
    `${plural(total(failing), 'unreadable sector')}`,
    `${plural(total(slow), 'slow sector')}`,
    `${plural(rescued, 'sector')} moved to the spare`,
  ].join(', ');
  const text = `${name}: ${formatSize(sectorCount)} scanned in ${seconds.toFixed(1)} s: ${facts}.`;
  if (total(failing) > 0) void vscode.window.showWarningMessage(text);
  else void vscode.window.showInformationMessage(text);
}

async function askSpare(devices: DevicesService, origin: CommandOrigin): Promise<NewSpare | undefined> {
  const title = 'Add Spare';
  const device = await askAssembled(devices, origin, title);
  if (!device) return undefined;
  const picked = await vscode.window.showQuickPick(
    [
      { label: 'New Image...', description: 'sparse, beside the first spare', isNew: true },
      { label: 'Existing Image...', description: 'blank, or formatted for this main image', isNew: false },
    ],
    { title, placeHolder: `Another spare for ${device.name}` },
  );
  if (!picked) return undefined;
  return picked.isNew ? askNewImage(device, title) : askExistingImage(device, title);
}

async function askNewImage(device: NewSpare['device'], title: string): Promise<NewSpare | undefined> {
  const [first] = device.spec.spares;
  const number = device.spec.spares.length + 1;
  const path = join(dirname(first!), `${basename(first!, extname(first!))}-${number}${extname(first!)}`);
  const least = FIRST_DATA_SECTOR + 1;
  const sectors = await askText({
    title,
    prompt: `Size of ${basename(path)}, as sectors or with a unit`,
    value: formatSize(device.info().spareSectors),
    read: (typed) => {
      const size = parseSize(typed);
      if (size >= least) return size;
      throw new RemapError('ENOSPC', `a spare has at least ${least} sectors`);
    },
  });
  return sectors === undefined ? undefined : { device, path, sectors };
}

async function askExistingImage(device: NewSpare['device'], title: string): Promise<NewSpare | undefined> {
  const picked = await vscode.window.showOpenDialog({
    title,
    openLabel: 'Add Spare',
    defaultUri: vscode.Uri.file(dirname(device.spec.spares[0]!)),
  });
  return picked?.[0] && { device, path: picked[0].fsPath, sectors: undefined };
}
