import * as vscode from 'vscode';
import { text } from '../contract/argumentReaders';
import { statusOptions } from '../contract/commandArguments';
import { formatReply } from '../contract/reportText';
import type { DevicesService } from '../devices/devicesService';
import { readSetting } from '../devices/settings';
import { describeStatus, parseStatus, type RemapDevice } from '../engine';
import { askText } from '../frame/ask';
import { askAssembled } from '../frame/askDevice';
import { type CommandOrigin, define, defineAction } from '../frame/command';
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
      fromPerson: async (origin) => {
        const device = await askAssembled(devices, origin, 'Show Status');
        return device && { device, dialect: readSetting('statusDialect') };
      },
      run: ({ device, dialect }) => device.status(dialect),
      tell: (line, { device, dialect }) => {
        const { status } = parseStatus(line, dialect);
        return reports.show(
          `${device.name} status`,
          `${line}\n\n${describeStatus(status, 'human', { time: new Date() })}`,
        );
      },
    }),
    [commands.table]: define({
      progress: 'Asking for the table',
      fromCode: ([reference]) => devices.get(reference),
      fromPerson: (origin) => askAssembled(devices, origin, 'Show Table'),
      run: (device) => device.table(),
      tell: (line, { name }) => reports.show(`${name} table`, `${line}\n`),
    }),
    [commands.message]: define({
      progress: 'Sending a message',
      fromCode: ([reference, message]) => ({
        device: devices.get(reference),
        message: text(message, 'text'),
      }),
      fromPerson: (origin) => askMessage(devices, origin),
      run: ({ device, message }) => device.message(message),
      tell: (reply, { device, message }) => {
        if (reply.length < 200 && !reply.includes('\n')) {
          void inform(reply === '' ? `${device.name} took the message.` : reply);
        } else void reports.show(`${device.name} message`, formatReply(message, reply));
      },
    }),
    [uiCommands.copyStatus]: copyOf(devices, 'Copy Status', (device) =>
      device.status(readSetting('statusDialect')),
    ),
    [uiCommands.copyTable]: copyOf(devices, 'Copy Table', (device) => device.table()),
    [uiCommands.copyShellScript]: copyOf(devices, 'Copy as Shell Script', (device) => device.shellScript()),
  };
}

async function askMessage(devices: DevicesService, origin: CommandOrigin) {
  const device = await askAssembled(devices, origin, 'Send Message');
  const message =
    device &&
    (await askText({
      title: 'Send Message',
      prompt:
        'To dm-remap: help, status, stats, clear_stats, health, cache_stats; to dm-dust: addbadblock, listbadblocks, ...',
      value: 'help',
      read: (typed) => typed.trim(),
    }));
  return device && message ? { device, message } : undefined;
}

function copyOf(devices: DevicesService, title: string, read: (device: RemapDevice) => string) {
  return defineAction(async (origin) => {
    const device = await askAssembled(devices, origin, title);
    if (!device) return;
    await vscode.env.clipboard.writeText(read(device));
    mention(`${title}: done for ${device.name}`);
  });
}
