import { basename } from 'node:path';
import * as vscode from 'vscode';
import { whole } from '../contract/argumentReaders';
import { exportPathsQuestion } from '../contract/destructiveQuestions';
import { isSamePath } from '../contract/pathKey';
import { SECTORS_IN } from '../contract/reportLinks';
import { formatMetadata } from '../contract/reportText';
import { formatRanges } from '../contract/typedInput';
import { isObject } from '../contract/typeGuards';
import { plural } from '../contract/wording';
import type { DeviceEntry } from '../devices/deviceEntry';
import type { DevicesService } from '../devices/devicesService';
import { checkMetadata, readCopiesAgain } from '../devices/metadataCheck';
import { baseFolder } from '../devices/workspaceFiles';
import { type MetadataReport, mergeRanges, type RemapDevice, RemapError, type RemapListing } from '../engine';
import { askAssembled, askDevice } from '../frame/askDevice';
import { type CommandOrigin, define } from '../frame/command';
import { answerTo, confirm } from '../frame/decisions';
import type { Dialog } from '../frame/dialog';
import { mention, warn } from '../frame/notifications';
import type { Choice } from '../frame/questions';
import { isTreeReference } from '../frame/treeReference';
import { commands } from '../manifest';
import type { Report, ReportDocuments } from './reportDocuments';

const DROP = 'Drop Remap';

/** Commands on the metadata of a spare: its five copies, its remaps, and paths for dm-remap's own scripts. */
export function metadataCommands(devices: DevicesService, reports: ReportDocuments) {
  return {
    [commands.checkMetadata]: define({
      progress: 'Checking the metadata',
      fromCode: ([reference]) => reference,
      title: 'Check Metadata',
      fromPerson: (origin, dialog) => askSpare(devices, origin, dialog),
      run: (reference) => checkMetadata(devices, reference, baseFolder()),
      tell: (report, reference) => reports.show(copiesReport(devices, reference, report)),
    }),
    [commands.repairMetadata]: define({
      progress: 'Repairing the metadata',
      fromCode: ([reference]) => devices.get(reference),
      title: 'Repair Metadata',
      fromPerson: (origin, dialog) => askAssembled(devices, origin, dialog),
      run: async (device) => {
        const report = await device.repairMetadata();
        readCopiesAgain(devices, device);
        return report;
      },
      tell: ({ copies }) => mention(`${copies.filter(({ valid }) => valid).length} of 5 copies valid`),
    }),
    [commands.relocate]: define({
      progress: 'Relocating remaps',
      fromCode: ([reference]) => devices.get(reference),
      title: 'Relocate Remaps',
      fromPerson: (origin, dialog) => askAssembled(devices, origin, dialog),
      run: (device) => device.relocate(),
      tell: ({ relocated, lost, left }) => {
        const facts = [`${plural(relocated, 'remap')} relocated`];
        if (lost.length > 0)
          facts.push(`The data of ${inWords(lost)} are gone: overwritten, or never where the remap led`);
        if (left.length > 0)
          facts.push(`The spare has no room for ${inWords(left)}, so the device stays read-only`);
        if (facts.length === 1) mention(facts[0]!);
        else void warn(`${facts.join('. ')}.`);
      },
    }),
    [commands.dropRemap]: define({
      progress: 'Dropping a remap',
      fromCode: ([reference, sector]) => ({
        device: devices.get(reference),
        sector: whole(sector, 'sector'),
      }),
      title: DROP,
      fromPerson: (origin, dialog) => askStray(devices, origin, dialog),
      run: ({ device, sector }) => device.dropRemap(sector),
      tell: ({ original }) => mention(`Sector ${original} is read from the main image again`),
    }),
    [commands.exportPaths]: define({
      progress: 'Writing paths',
      fromCode: ([reference]) => devices.get(reference),
      title: 'Write Image Paths for dm-remap-scan',
      fromPerson: async (origin, dialog) => {
        const device = await askAssembled(devices, origin, dialog);
        const { main, spares } = device.spec;
        return (await answerTo(exportPathsQuestion(main, spares))) === undefined ? undefined : device;
      },
      run: (device) => device.exportPaths(),
      tell: () =>
        mention('The spare names both images for dm-remap-scan; four metadata copies stay for the kernel'),
    }),
  };
}

/** @param reference a device, or the path or Uri of a spare image */
function copiesReport(devices: DevicesService, reference: unknown, report: MetadataReport): Report {
  const path = reference instanceof vscode.Uri ? reference.fsPath : reference;
  const isNamed = (key: string) => typeof path === 'string' && isSamePath(key, path);
  const entry = devices.entries().find((each) => isNamed(each.deviceKey) || isSameDevice(each, reference));
  const subject = entry ? { deviceKey: entry.deviceKey } : { imagePath: String(path) };
  const title = `${entry?.name ?? basename(String(path))} metadata copies`;
  return { title, text: formatMetadata(report), links: { subject, pattern: SECTORS_IN.copies } };
}

function isSameDevice({ deviceKey }: DeviceEntry, reference: unknown): boolean {
  return isObject(reference) && reference.deviceKey === deviceKey;
}

/** How many sectors, and which. */
function inWords(sectors: readonly number[]): string {
  return `${plural(sectors.length, 'sector')}: ${formatRanges(mergeRanges(sectors.map((sector) => [sector, 1])))}`;
}

async function askSpare(devices: DevicesService, origin: CommandOrigin, dialog: Dialog): Promise<unknown> {
  if (origin instanceof vscode.Uri) return origin;
  if (isTreeReference(origin) && origin.imagePath !== undefined) return origin.imagePath;
  return askDevice(devices, origin, dialog);
}

/** Asks which remap that leads nowhere to drop, and whether to. */
async function askStray(
  devices: DevicesService,
  origin: CommandOrigin,
  dialog: Dialog,
): Promise<{ readonly device: RemapDevice; readonly sector: number } | undefined> {
  const device = await askAssembled(devices, origin, dialog);
  const strays = device.strays();
  if (strays.length === 0)
    throw new RemapError('EINVAL', `every remap of ${device.name} leads to its data: there is none to drop`);
  const named = isTreeReference(origin)
    ? strays.find(({ original }) => original === origin.sector)
    : undefined;
  const stray = named ?? (await dialog.choice('Remap that leads nowhere', strays.map(strayChoice)));
  const { original, spare } = stray;
  const mayDrop = await confirm(
    `Drop the remap of sector ${original}?`,
    `It leads to spare sector ${spare}, which holds no data of the device. Without it the sector is read from the main image again, which may hold older data. To give the sector new data, write it instead.`,
    DROP,
  );
  return mayDrop ? { device, sector: original } : undefined;
}

function strayChoice(remap: RemapListing['remaps'][number]): Choice<RemapListing['remaps'][number]> {
  return { label: `${remap.original}`, description: `→ spare sector ${remap.spare}`, value: remap };
}
