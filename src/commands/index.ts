import * as vscode from 'vscode';
import type { DevicesService } from '../devices/devicesService';
import type { CommandHandler } from '../frame/command';
import type { CommandId, commands, uiCommands } from '../manifest';
import { dmsetupCommands } from './dmsetupCommands';
import { faultCommands } from './faultCommands';
import { lifecycleCommands } from './lifecycleCommands';
import { markerCommands } from './markerCommands';
import { metadataCommands } from './metadataCommands';
import { moduleCommands } from './moduleCommands';
import { ReportDocuments } from './reportDocuments';
import { sectorCommands } from './sectorCommands';
import { upkeepCommands } from './upkeepCommands';
import { windowCommands } from './windowCommands';

/** The sector editor, the views and the tests register these themselves, since they carry them out. */
type RegisteredElsewhere =
  | typeof commands.openSectors
  | typeof commands.runPersistenceTest
  | typeof uiCommands.askPersistenceTest
  | typeof uiCommands.askPersistenceTestOnCopy
  | typeof uiCommands.showDevice;

export function register(context: vscode.ExtensionContext, devices: DevicesService): void {
  const reports = new ReportDocuments();
  // Typed by id, so that the compiler finds the command without a handler.
  const handlers: Record<Exclude<CommandId, RegisteredElsewhere>, CommandHandler> = {
    ...lifecycleCommands(devices, reports),
    ...sectorCommands(devices, reports),
    ...faultCommands(devices),
    ...markerCommands(devices, reports),
    ...moduleCommands(devices),
    ...metadataCommands(devices, reports),
    ...dmsetupCommands(devices, reports),
    ...upkeepCommands(devices),
    ...windowCommands(devices),
  };
  context.subscriptions.push(reports);
  for (const [id, handle] of Object.entries(handlers)) {
    context.subscriptions.push(
      vscode.commands.registerCommand(id, (...args: unknown[]) => handle(devices, args)),
    );
  }
}
