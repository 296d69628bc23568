import * as vscode from 'vscode';
import { assembleOptions, createDeviceOptions } from '../contract/commandArguments';
import { formatDevice } from '../contract/reportText';
import { listFew, plural } from '../contract/wording';
import type { DevicesService } from '../devices/devicesService';
import { baseFolder } from '../devices/workspaceFiles';
import type { DeviceInfo } from '../engine';
import { askAssembled } from '../frame/askDevice';
import { type CommandOrigin, define } from '../frame/command';
import type { Dialog } from '../frame/dialog';
import { mention } from '../frame/notifications';
import { commands } from '../manifest';
import { askNewDevice } from './askNewDevice';
import { askAssembly, assemble, namesFiles } from './assembly';
import { mayInterrupt } from './interruption';
import { askRemoval, type Removal, remove } from './removal';
import type { ReportDocuments } from './reportDocuments';

function mentionAssembled(all: DeviceInfo[]): void {
  const names = all.map(({ name }) => name);
  mention(`Assembled: ${listFew(names, 'device') || 'no device'}`);
}

/** Commands that create, assemble, suspend, resume and remove devices, and list them. */
export function lifecycleCommands(devices: DevicesService, reports: ReportDocuments) {
  const { machine } = devices;
  const infos = () => machine.devices().map((device) => device.info());
  const assembled = (origin: CommandOrigin, dialog: Dialog) => askAssembled(devices, origin, dialog);
  return {
    [commands.createDevice]: define({
      progress: 'Creating a device',
      fromCode: ([options]) => createDeviceOptions(options, baseFolder()),
      title: 'Create Device',
      fromPerson: (origin, dialog) => {
        devices.policy.requireTrust();
        return askNewDevice(origin, dialog);
      },
      run: async (wanted, task) => {
        const { device, notes } = await devices.create(wanted, task);
        const info = device.info();
        return notes.length === 0 ? info : { ...info, notes: [...(info.notes ?? []), ...notes] };
      },
      tell: ({ name, notes = [] }) => {
        if (notes.length > 0) mention([`Created ${name}`, ...notes].join('; '));
        return vscode.commands.executeCommand(commands.openSectors, name);
      },
    }),
    [commands.assemble]: define({
      progress: 'Assembling a device',
      fromCode: ([reference, options]) => ({
        reference,
        ...assembleOptions(options),
        choice: { permit: namesFiles(reference) },
      }),
      title: 'Assemble Device',
      fromPerson: (origin, dialog) => askAssembly(devices, origin, dialog),
      run: async (assembly) => (await assemble(devices, assembly)).info(),
      tell: ({ name, remaps, notes = [] }) =>
        mention([`Assembled ${name}: ${plural(remaps, 'remap')}`, ...notes].join('; ')),
    }),
    [commands.assembleAll]: define({
      progress: 'Assembling all devices',
      cancellable: true,
      fromCode: () => undefined,
      run: async (_input, { signal }) => {
        await devices.assembleAll(signal);
        return infos();
      },
      tell: mentionAssembled,
    }),
    [commands.remove]: define({
      progress: 'Removing a device',
      fromCode: ([reference]): Removal => ({ device: devices.getOwn(reference), mayLose: false }),
      title: 'Remove Device',
      fromPerson: (origin, dialog) => askRemoval(devices, origin, dialog),
      run: async (removal) => {
        await remove(devices, removal);
        return undefined;
      },
    }),
    [commands.suspend]: define({
      progress: 'Suspending a device',
      fromCode: ([reference]) => devices.getOwn(reference),
      title: 'Suspend Device',
      fromPerson: async (origin, dialog) => {
        const device = await assembled(origin, dialog);
        return (await mayInterrupt(devices, device, 'suspend')) ? device : undefined;
      },
      run: async (device) => {
        await machine.suspend(device.name);
        return device.info();
      },
    }),
    [commands.resume]: define({
      progress: 'Resuming a device',
      fromCode: ([reference]) => devices.getOwn(reference),
      title: 'Resume Device',
      fromPerson: assembled,
      run: async (device) => {
        await machine.resume(device.name);
        return device.info();
      },
    }),
    [commands.listDevices]: define({
      progress: 'Listing devices',
      fromCode: () => undefined,
      run: infos,
      tell: mentionAssembled,
    }),
    [commands.getDevice]: define({
      progress: 'Looking at a device',
      fromCode: ([reference]) => devices.get(reference),
      title: 'Show Device',
      fromPerson: assembled,
      run: (device) => device.info(),
      tell: (info) => reports.show({ title: `${info.name} device`, text: formatDevice(info) }),
    }),
  };
}
