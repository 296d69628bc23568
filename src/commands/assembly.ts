import { basename } from 'node:path';
import * as vscode from 'vscode';
import { isDeviceFile } from '../contract/deviceFile';
import { isSamePath } from '../contract/pathKey';
import { isObject } from '../contract/typeGuards';
import { formatSize } from '../contract/wording';
import type { AssemblyChoice } from '../devices/assembler';
import type { DevicesService } from '../devices/devicesService';
import type { FreeImage } from '../devices/freeImages';
import { isDisk, isSpareWithMetadata, mainsFor, possibleMains, sparesFor } from '../devices/pairing';
import {
  type DeviceSpec,
  formatSpare,
  inspectSpare,
  type RemapDevice,
  RemapError,
  SECTOR_SIZE,
} from '../engine';
import { askDevice } from '../frame/askDevice';
import { askToWrite } from '../frame/askToWrite';
import type { CommandOrigin } from '../frame/command';
import { confirm } from '../frame/decisions';
import type { Dialog } from '../frame/dialog';
import { folderOf } from '../frame/folderText';
import type { Choice } from '../frame/questions';
import { isTreeReference } from '../frame/treeReference';
import { askAboutMain, askToLook, isShortSpare } from './assemblyDoubts';

/** What to assemble. */
export interface Assembly {
  /** A device, or `{ main, spare }`. */
  readonly reference: unknown;
  /** Whether blank spares may be formatted; `ask`: the person is asked. Unless they may, no spare is written (R8). */
  readonly format: boolean | 'ask';
  readonly choice: AssemblyChoice;
  /** Whether main is the right one, though it may not fit the fingerprint that the spare keeps. */
  readonly acceptMain: boolean;
}

/**
 * Assembles a device; blank spares are formatted first, if they may be, and blank again if the device is refused.
 * @throws RemapError as `DevicesService.assemble`, `ECANCELED` when the person doesn't want the spares formatted
 */
export async function assemble(devices: DevicesService, assembly: Assembly): Promise<RemapDevice> {
  const device = await assembleOrFormat(devices, assembly);
  if (assembly.acceptMain) await device.acceptMain();
  return device;
}

async function assembleOrFormat(
  devices: DevicesService,
  { reference, format, choice }: Assembly,
): Promise<RemapDevice> {
  try {
    return await devices.assemble(reference, choice);
  } catch (error) {
    if (format === 'ask' && isShortSpare(error)) {
      return devices.assemble(reference, await askToLook(error, await devices.specOf(reference)));
    }
    if (format === false || !(error instanceof RemapError && error.code === 'ENODATA')) throw error;
    const spec = await devices.specOf(reference);
    const blank = await blankSpares(spec);
    if (blank.length === 0) throw error;
    const reason = choice.readOnly ?? (await devices.policy.whyReadOnly(spec));
    if (reason !== undefined) {
      throw new RemapError('EROFS', `the blank spare of ${spec.name} can't be formatted: ${reason}`);
    }
    if (format === 'ask' && !(await mayFormat(spec, blank))) {
      throw new RemapError('ECANCELED', 'not assembled', {}, { cause: error });
    }
    const main = await vscode.workspace.fs.stat(vscode.Uri.file(spec.main));
    return assembleFormatted(devices, { reference, choice }, blank, Math.floor(main.size / SECTOR_SIZE));
  }
}

/** If a spare can't be formatted or the device is refused, all the spares are blank again. */
async function assembleFormatted(
  devices: DevicesService,
  { reference, choice }: Pick<Assembly, 'reference' | 'choice'>,
  blank: readonly string[],
  mainSectorCount: number,
): Promise<RemapDevice> {
  const undo: (() => Promise<void>)[] = [];
  try {
    for (const path of blank) undo.push(await formatSpare(path, { mainSectorCount }));
    return await devices.assemble(reference, choice);
  } catch (error) {
    await Promise.allSettled(undo.map((takeBack) => takeBack()));
    throw error;
  }
}

/** Whether a reference in code gives paths, of a device file or of images: the caller has named what may be written. */
export function namesFiles(reference: unknown): boolean {
  if (typeof reference === 'string') return reference.startsWith('file:') || isDeviceFile(reference);
  return reference instanceof vscode.Uri || (isObject(reference) && 'main' in reference);
}

/** Asks a person what to assemble: a known device, or two images that belong to none. Undefined: they declined. */
export async function askAssembly(
  devices: DevicesService,
  origin: CommandOrigin,
  dialog: Dialog,
): Promise<Assembly | undefined> {
  const reference =
    isTreeReference(origin) && origin.imagePath !== undefined
      ? await askPartner(devices, origin.imagePath, dialog)
      : await askReference(devices, origin, dialog);
  const choice = await askToWrite(devices, reference);
  if (!choice) return undefined;
  const acceptMain = await askAboutMain(devices, reference, choice);
  return acceptMain === undefined ? undefined : { reference, format: 'ask', choice, acceptMain };
}

async function askReference(
  devices: DevicesService,
  origin: CommandOrigin,
  dialog: Dialog,
): Promise<unknown> {
  if (origin instanceof vscode.Uri) {
    return isDeviceFile(origin.fsPath) ? origin : askPartner(devices, origin.fsPath, dialog);
  }
  if (origin || devices.entries().some((entry) => !entry.device)) {
    return askDevice(devices, origin, dialog, { among: (entry) => !entry.device });
  }
  const images = await devices.freeImages();
  const mains = possibleMains(images);
  if (mains.length === 0) {
    throw new RemapError(
      'ENODEV',
      'nothing to assemble: all known devices are, and no pair of free images was found',
    );
  }
  dialog.expect(2);
  const main = await askImage(dialog, 'Main image', mains);
  return askPartner(devices, main.path, dialog);
}

/** Asks for the other image of a device: the main image for a spare with metadata, a spare for any other. */
async function askPartner(
  devices: DevicesService,
  path: string,
  dialog: Dialog,
): Promise<{ main: string; spare: string }> {
  const images = await devices.freeImages();
  const image = images.find((each) => isSamePath(each.path, path));
  if (!image) throw new RemapError('EBUSY', `${path} belongs to a device already`, { path });
  if (!isDisk(image)) throw image.problem;
  if (isSpareWithMetadata(image)) {
    const mains = mainsFor(image, images);
    if (mains.length === 0) throw noMain(image);
    const main = mains.length === 1 ? mains[0]! : await askImage(dialog, 'Main image', mains);
    return { main: main.path, spare: path };
  }
  const spares = sparesFor(image, images);
  if (spares.length === 0)
    throw new RemapError('ENOENT', `no free image can be the spare of ${basename(path)}`);
  const spare =
    spares.length === 1 ? spares[0]! : await askImage(dialog, `Spare of ${basename(path)}`, spares);
  return { main: path, spare: spare.path };
}

function noMain({ path, inspection }: FreeImage): RemapError {
  const sectors = inspection?.mainSectorCount ?? 0;
  return new RemapError(
    'ENOENT',
    `${basename(path)} belongs to a main image of ${sectors} sectors (${formatSize(sectors)}), and no free image has that size`,
    { path },
  );
}

function askImage(dialog: Dialog, placeHolder: string, images: readonly FreeImage[]): Promise<FreeImage> {
  const choices: Choice<FreeImage>[] = images.map((image) => ({
    label: basename(image.path),
    description: formatSize(image.sectorCount),
    detail: folderOf(image.path),
    value: image,
  }));
  return dialog.choice(placeHolder, choices);
}

async function blankSpares({ spares }: DeviceSpec): Promise<string[]> {
  const kinds = await Promise.all(spares.map(async (path) => (await inspectSpare(path)).kind));
  return spares.filter((_, index) => kinds[index] === 'blank');
}

function mayFormat({ main }: DeviceSpec, blank: readonly string[]): Promise<boolean> {
  const names = blank.map((path) => basename(path)).join(', ');
  return confirm(
    `Format ${names} as spare of ${basename(main)}?`,
    'It is blank. Formatting writes five empty copies of the metadata to its first 1,280 sectors.',
    'Format',
  );
}
