import { basename } from 'node:path';
import * as vscode from 'vscode';
import { clearErrorsOptions, injectErrorsOptions } from '../contract/commandArguments';
import {
  CLEAR_ALL,
  clearFindingsQuestion,
  clearFoundSectorsQuestion,
} from '../contract/destructiveQuestions';
import { injectCommand } from '../contract/deviceCommands';
import { describeFaults, describeFlakey, describeInjectedFile } from '../contract/faultWords';
import { formatRanges, parseBlockSize, parseRanges } from '../contract/typedInput';
import { listInWords, plural } from '../contract/wording';
import type { DevicesService } from '../devices/devicesService';
import { filesOfDisk } from '../devices/diskFiles';
import { baseFolder } from '../devices/workspaceFiles';
import {
  type ClearWhich,
  countSectors,
  type DeviceInfo,
  type DiskPart,
  type Injection as InjectionResult,
  type InjectOptions,
  type RemapDevice,
} from '../engine';
import { askAssembled } from '../frame/askDevice';
import { type CommandOrigin, define } from '../frame/command';
import { answerTo, confirm } from '../frame/decisions';
import type { Dialog } from '../frame/dialog';
import { inform, mention } from '../frame/notifications';
import type { Choice } from '../frame/questions';
import { isTreeReference } from '../frame/treeReference';
import { commands } from '../manifest';
import { askFlakey } from './askFlakey';
import { unreadableIn } from './queryCommands';

interface Injection {
  readonly device: RemapDevice;
  readonly options: InjectOptions;
}

interface Clearing {
  readonly device: RemapDevice;
  readonly which: ClearWhich;
}

/** Commands that make a device's layers fail, and heal them. */
export function faultCommands(devices: DevicesService) {
  return {
    [commands.injectErrors]: define({
      progress: 'Injecting errors',
      fromCode: ([reference, options]) => ({
        device: devices.get(reference),
        options: injectErrorsOptions(options, baseFolder()),
      }),
      title: 'Inject Errors',
      steps: 2,
      fromPerson: (origin, dialog) => askInjection(devices, origin, dialog),
      run: ({ device, options }) => injectCommand(device, options),
      tell: tellInjection,
    }),
    [commands.clearErrors]: define({
      progress: 'Clearing errors',
      fromCode: ([reference, options]): Clearing => ({
        device: devices.get(reference),
        which: clearErrorsOptions(options),
      }),
      title: 'Clear Errors',
      fromPerson: (origin, dialog) => askClearing(devices, origin, dialog),
      run: async ({ device, which }) => {
        const kept = await device.clearErrors(which);
        return { ...device.info(), kept };
      },
      tell: tellClearing,
    }),
  };
}

async function askInjection(
  devices: DevicesService,
  origin: CommandOrigin,
  dialog: Dialog,
): Promise<Injection | undefined> {
  const device = await askAssembled(devices, origin, dialog);
  const kind = await dialog.choice(`What should fail in ${device.name}?`, [
    {
      label: 'Bad Sectors on Main',
      description: 'reads and writes fail until cleared',
      value: 'error' as const,
    },
    {
      label: 'Bad Sectors on Main, Healed by Writing',
      description: 'reads fail until the sector is written, as dm-dust',
      value: 'dust' as const,
    },
    {
      label: 'Bad Sectors on the Spare',
      description: 'replacements and metadata copies fail',
      value: 'spare' as const,
    },
    {
      label: 'The Whole Main Image',
      description: 'a layer that fails on purpose, at all times or now and then: dm-flakey',
      value: 'flakey' as const,
    },
    {
      label: 'From a File...',
      description: 'a map of ddrescue, a list of badblocks or mdadm, a dm-dust script, a dmsetup table',
      value: 'mapfile' as const,
    },
  ]);
  if (kind === 'flakey') return askFlakeyInjection(device, dialog);
  if (kind === 'mapfile') return askMapfile(device, dialog);
  return askBadSectors(device, dialog, kind);
}

async function askBadSectors(
  device: RemapDevice,
  dialog: Dialog,
  kind: 'error' | 'dust' | 'spare',
): Promise<Injection | undefined> {
  const { sectors, spareSectors, markers, main, spare } = device.info();
  const isSpare = kind === 'spare';
  const ranges = await dialog.text({
    prompt: 'Sectors that go bad, such as 1000, 2000-2010, 5000+8',
    value: isSpare ? '' : markers.sectors.join(', '),
    read: (typed) => parseRanges(typed, isSpare ? spareSectors : sectors),
  });
  const image = basename(isSpare ? [spare].flat()[0]! : main);
  const total = countSectors(ranges);
  const detail = `Sectors ${formatRanges(ranges.slice(0, 10))}${ranges.length > 10 ? ', ...' : ''} fail from now on, also after a reload or reboot, until you clear the errors. What the image holds stays as it is.`;
  if (!(await confirm(`Make ${plural(total, 'sector')} of ${image} bad?`, detail, 'Inject Errors')))
    return undefined;
  return {
    device,
    options: { sectors: ranges, mode: kind === 'dust' ? 'dust' : 'error', on: isSpare ? 'spare' : 'main' },
  };
}

async function askFlakeyInjection(device: RemapDevice, dialog: Dialog): Promise<Injection | undefined> {
  const flakey = await askFlakey(dialog, false);
  const detail = `The layer between ${device.name} and ${basename(device.spec.main)} ${describeFlakey(flakey)} until you clear the errors (dm-flakey: ${flakey}).`;
  return (await confirm(`Make the main image of ${device.name} fail?`, detail, 'Inject Errors'))
    ? { device, options: { flakey } }
    : undefined;
}

async function askMapfile(device: RemapDevice, dialog: Dialog): Promise<Injection> {
  const { fsPath: mapfile } = await dialog.file({
    title: 'File with the Bad Sectors',
    openLabel: 'Inject Errors',
    defaultUri: vscode.Uri.file(device.spec.main),
    filters: {
      'Maps, lists, scripts and tables': ['map', 'mapfile', 'log', 'txt', 'lst', 'bb', 'sh', 'table'],
      'All files': ['*'],
    },
  });
  const likely = await device.blockSizesOf(mapfile);
  if (likely === null) return { device, options: { mapfile } };
  dialog.expect(3);
  const blockSize = await askBlockSize(dialog, basename(mapfile), likely);
  return { device, options: { mapfile, blockSize } };
}

const blockSizeHints: Readonly<Record<number, string>> = {
  512: 'sectors, as dm-dust and ddrescuelog list them',
  1024: 'as badblocks lists them, unless it is told otherwise',
  4096: 'badblocks -b 4096, and blocks of most file systems',
};

/** Asks in which unit a list of bare numbers is. */
async function askBlockSize(dialog: Dialog, name: string, likely: readonly number[]): Promise<number> {
  const choices: Choice<number>[] = likely.map((size) => ({
    label: `${size} Bytes`,
    description: blockSizeHints[size] ?? '',
    value: size,
  }));
  const other = { label: 'Other...', description: 'any multiple of 512 bytes', value: 0 };
  const chosen = await dialog.choice(`How large are the blocks that ${name} lists?`, [...choices, other]);
  if (chosen !== 0) return chosen;
  return dialog.text({ prompt: 'Bytes of a block', value: '2048', read: parseBlockSize });
}

function tellInjection(
  info: DeviceInfo & { readonly injection: InjectionResult },
  { options: { mapfile } }: Injection,
): void {
  const { name, injection } = info;
  const note = mapfile === undefined ? null : describeInjectedFile(name, basename(mapfile), injection);
  if (note !== null) void inform(note);
  if (injection.sectors === 0 && note !== null) return;
  mention(`${name}: ${describeFaults(info)}`);
}

/** Asks, where another program found any of what can't be read: that may be the only record of it. */
async function askClearing(
  devices: DevicesService,
  origin: CommandOrigin,
  dialog: Dialog,
): Promise<Clearing | undefined> {
  const device = await askAssembled(devices, origin, dialog);
  if (isTreeReference(origin) && origin.part) return askPartClearing(device, origin.part);
  const { findings = [] } = device.info();
  if (findings.length === 0) return { device, which: 'all' };
  const answer = await answerTo(clearFindingsQuestion(device.name, findings));
  if (answer === undefined) return undefined;
  return { device, which: answer === CLEAR_ALL ? 'all' : 'injected' };
}

async function askPartClearing(device: RemapDevice, part: DiskPart): Promise<Clearing | undefined> {
  const { disk, sectors } = part;
  const isFound = unreadableIn(device, part).some(({ found }) => found !== '+');
  const { image, map } = filesOfDisk(device, disk);
  if (isFound && !(await answerTo(clearFoundSectorsQuestion(image, map, formatRanges(sectors)))))
    return undefined;
  return { device, which: part };
}

function tellClearing(info: DeviceInfo & { readonly kept: readonly string[] }): void {
  const { name, kept } = info;
  const copies = kept.length === 0 ? '' : `; ${listInWords(kept.map((path) => basename(path)))} kept`;
  mention(`${name}: ${describeFaults(info)}${copies}`);
}
