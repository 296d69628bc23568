import * as vscode from 'vscode';
import { text } from '../contract/argumentReaders';
import { statusOptions } from '../contract/commandArguments';
import { formatReply } from '../contract/reportText';
import type { DevicesService } from '../devices/devicesService';
import { readSetting } from '../devices/settings';
import { describeStatus, parseStatus, type RemapDevice, RemapError } from '../engine';
import { askAssembled } from '../frame/askDevice';
import { type CommandOrigin, define, defineAction } from '../frame/command';
import type { Dialog } from '../frame/dialog';
import { inform, mention } from '../frame/notifications';
import { commands, uiCommands } from '../manifest';
import type { ReportDocuments } from './reportDocuments';

/** Commands for the lines that dmsetup shows, messages, and the script that builds the same stack. */
export function dmsetupCommands(devices: DevicesService, reports: ReportDocuments) {
  return {
    [commands.status]: define({
      progress: 'Asking for the status',
      fromCode: ([reference, options]) => {
        const { dialect = readSetting('statusDialect') } = statusOptions(options);
        return { device: devices.get(reference), dialect };
      },
      title: 'Show Status',
      fromPerson: async (origin, dialog) => ({
        device: await askAssembled(devices, origin, dialog),
        dialect: readSetting('statusDialect'),
      }),
      run: ({ device, dialect }) => device.status(dialect),
      tell: (line, { device, dialect }) => {
        const { status } = parseStatus(line, dialect);
        const text = `${line}\n\n${describeStatus(status, 'human', { time: new Date() })}`;
        return reports.show({ title: `${device.name} status`, text });
      },
    }),
    [commands.table]: define({
      progress: 'Asking for the table',
      fromCode: ([reference]) => devices.get(reference),
      title: 'Show Table',
      fromPerson: (origin, dialog) => askAssembled(devices, origin, dialog),
      run: (device) => device.table(),
      tell: (line, { name }) => reports.show({ title: `${name} table`, text: `${line}\n` }),
    }),
    [commands.message]: define({
      progress: 'Sending a message',
      fromCode: ([reference, message]) => ({
        device: devices.get(reference),
        message: text(message, 'text'),
      }),
      title: 'Send Message',
      fromPerson: (origin, dialog) => askMessage(devices, origin, dialog),
      run: ({ device, message }) => device.message(message),
      tell: (reply, { device, message }) => {
        if (reply === '') mention(`${device.name} took the message`);
        else if (reply.length < 200 && !reply.includes('\n')) void inform(reply);
        else void reports.show({ title: `${device.name} message`, text: formatReply(message, reply) });
      },
    }),
    [uiCommands.copyStatus]: copyOf(devices, 'Copy Status', (device) =>
      device.status(readSetting('statusDialect')),
    ),
    [uiCommands.copyTable]: copyOf(devices, 'Copy Table', (device) => device.table()),
    [uiCommands.copyShellScript]: copyOf(devices, 'Copy as Shell Script', (device) => device.shellScript()),
  };
}

async function askMessage(devices: DevicesService, origin: CommandOrigin, dialog: Dialog) {
  const device = await askAssembled(devices, origin, dialog);
  const message = await dialog.text({
    prompt:
      'To dm-remap: help, status, stats, clear_stats, health, cache_stats; to dm-dust: addbadblock, listbadblocks, ...',
    value: 'help',
    read: (typed) => {
      if (typed.trim() !== '') return typed.trim();
      throw new RemapError('EINVAL', 'type a message, such as help');
    },
  });
  return { device, message };
}

function copyOf(devices: DevicesService, title: string, read: (device: RemapDevice) => string) {
  return defineAction(title, async (origin, dialog) => {
    const device = await askAssembled(devices, origin, dialog);
    await vscode.env.clipboard.writeText(read(device));
    mention(`${title}: done for ${device.name}`);
  });
}
