import * as vscode from 'vscode';
import { type ExportOptions, exportOptions } from '../contract/commandArguments';
import { clientCommands, describeExports } from '../contract/exportTexts';
import { plural } from '../contract/wording';
import type { ShownExport } from '../devices/deviceExports';
import type { DevicesService } from '../devices/devicesService';
import { type RemapDevice, RemapError } from '../engine';
import { askAssembled, askDevice } from '../frame/askDevice';
import { type CommandOrigin, define, defineAction } from '../frame/command';
import type { Dialog } from '../frame/dialog';
import { inform, mention } from '../frame/notifications';
import { isTreeReference } from '../frame/treeReference';
import { commands, uiCommands } from '../manifest';
import { mayInterrupt } from './interruption';

const COPY_URI = 'Copy URI';
const COPY_COMMAND = 'Copy Command...';

/** Commands that offer devices to NBD clients, and copy what these need. */
export function exportCommands(devices: DevicesService) {
  const { exports, policy } = devices;
  return {
    [commands.export]: define({
      progress: 'Exporting a device',
      title: 'Export as NBD Disk',
      fromCode: ([reference, options]) => ({
        device: devices.getOwn(reference),
        options: exportOptions(options),
      }),
      fromPerson: async (origin, dialog) => {
        policy.requireTrust();
        const device = await askAssembled(devices, origin, dialog);
        return { device: devices.getOwn(device.name), options: await askHow(device, dialog) };
      },
      run: async ({ device, options }) => {
        policy.requireTrust();
        const { uri, socket } = await exports.export(device, options);
        return { uri, socket };
      },
      tell: ({ uri }, { device: { name } }) => offerCopies(name, uri),
    }),
    [commands.unexport]: define({
      progress: 'Ending an export',
      title: 'Stop Exporting',
      fromCode: ([reference]) => devices.getOwn(reference),
      fromPerson: async (origin, dialog) => {
        const { device } = await askDevice(devices, origin, dialog, {
          among: (entry) => entry.device !== undefined && exports.of(entry.device).length > 0,
          none: 'no device is exported',
        });
        return device && (await mayInterrupt(devices, device, 'unexport')) ? device : undefined;
      },
      run: async ({ name }) => {
        await exports.unexport(name);
        return undefined;
      },
      tell: (_result, { name }) => mention(`${name} is not exported any more`),
    }),
    [commands.listExports]: define({
      progress: 'Listing exports',
      fromCode: ([reference]) => oneOrAll(devices, reference),
      fromPerson: async (origin) => oneOrAll(devices, origin),
      run: ({ device }) => exports.list(device).map(({ rates: _rates, ...each }) => each),
      tell: (all, { device }) => mention(describeExports(all, device)),
    }),
    [uiCommands.copyExportUri]: defineAction(COPY_URI, async (origin, dialog) => {
      const { uri } = await askExport(devices, origin, dialog);
      await copy(uri);
    }),
    [uiCommands.copyExportCommand]: defineAction('Copy Command', async (origin, dialog) => {
      const lines = clientCommands(await askExport(devices, origin, dialog));
      const choices = lines.map(({ program, purpose, line }) => ({
        label: program,
        description: purpose,
        detail: line,
        value: line,
      }));
      await copy(await dialog.choice('Program', choices));
    }),
  };
}

function oneOrAll(devices: DevicesService, reference: unknown): { readonly device: string | undefined } {
  return { device: reference === undefined ? undefined : devices.get(reference).name };
}

async function copy(text: string): Promise<void> {
  await vscode.env.clipboard.writeText(text);
  mention('Copied to the clipboard');
}

async function askHow(device: RemapDevice, dialog: Dialog): Promise<ExportOptions> {
  const whole: ExportOptions = { tcp: false, readOnly: device.readOnly, from: 'device' };
  const readOnly = {
    label: 'Read-only',
    description: 'clients may only read',
    value: { ...whole, readOnly: true },
  };
  if (device.readOnly) return readOnly.value;
  return dialog.choice('What clients may do', [
    { label: 'Read and Write', description: 'a write to a bad sector is remapped', value: whole },
    readOnly,
    {
      label: 'Read and Write over TCP',
      description: 'for clients that take no Unix socket; any user of this computer can connect',
      value: { ...whole, tcp: true },
    },
    {
      label: 'Main Image, Read-only',
      description: 'without remaps: its bad sectors fail',
      value: { ...whole, readOnly: true, from: 'main' as const },
    },
    {
      label: 'Spare Image, Read-only',
      description: 'with the metadata',
      value: { ...whole, readOnly: true, from: 'spare' as const },
    },
  ]);
}

async function offerCopies(name: string, uri: string): Promise<void> {
  const chosen = await inform(`${name} is exported over NBD until it is removed.`, COPY_URI, COPY_COMMAND);
  if (chosen === undefined) return;
  const command = chosen === COPY_URI ? uiCommands.copyExportUri : uiCommands.copyExportCommand;
  await vscode.commands.executeCommand(command, { treeReference: true, exportUri: uri });
}

/** The export that an item is about, the only one that fits, or the one that the person picks. */
async function askExport(
  devices: DevicesService,
  origin: CommandOrigin,
  dialog: Dialog,
): Promise<ShownExport> {
  const uri = isTreeReference(origin) ? origin.exportUri : undefined;
  const device = origin && uri === undefined ? devices.get(origin).name : undefined;
  const all = devices.exports.list(device).filter((each) => uri === undefined || each.uri === uri);
  if (all.length === 0) throw new RemapError('ENOENT', 'no device is exported: export one first');
  if (all.length === 1) return all[0]!;
  return dialog.choice(
    'Export',
    all.map((each) => ({ label: each.name, description: plural(each.clients, 'client'), value: each })),
  );
}
