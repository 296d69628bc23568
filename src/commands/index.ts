import * as vscode from 'vscode';
import type { CommandResults } from '../contract/commandResults';
import type { DevicesService } from '../devices/devicesService';
import type { CommandHandler } from '../frame/command';
import type { commands, uiCommands, walkthroughCommands as walkthroughIds } from '../manifest';
import { compareCommands } from './compareCommands';
import { deletionCommands } from './deletionCommands';
import { dmsetupCommands } from './dmsetupCommands';
import { exportCommands } from './exportCommands';
import { faultCommands } from './faultCommands';
import { imageCommands } from './imageCommands';
import { lifecycleCommands } from './lifecycleCommands';
import { lockCommands } from './lockCommands';
import { markerCommands } from './markerCommands';
import { mergeCommands } from './mergeCommands';
import { metadataCommands } from './metadataCommands';
import { moduleCommands } from './moduleCommands';
import { queryCommands } from './queryCommands';
import { ReportDocuments } from './reportDocuments';
import { scanCommands } from './scanCommands';
import { sectorCommands } from './sectorCommands';
import { spareCommands } from './spareCommands';
import { volumeCommands } from './volumeCommands';
import { volumeFileCommands } from './volumeFileCommands';
import { walkthroughCommands } from './walkthroughCommands';
import { windowCommands } from './windowCommands';

/** Commands that the sector editor, the views and the tests register themselves. */
type RegisteredElsewhere =
  | 'openSectors'
  | 'runPersistenceTest'
  | 'askPersistenceTest'
  | 'askPersistenceTestOnCopy'
  | 'showDevice'
  | 'filterDevices'
  | 'clearDeviceFilter'
  | 'orderDevices'
  | 'sortRemaps'
  | 'filterRemaps'
  | 'clearRemapFilter'
  | 'showRemap'
  | 'filterFiles'
  | 'clearFileFilter';

type Commands = Omit<typeof commands, RegisteredElsewhere>;
type UiCommands = Omit<typeof uiCommands, RegisteredElsewhere>;

/** A handler for each id. The compiler refuses a missing one, and one whose result isn't of the declared type. */
type Handlers = {
  readonly [Name in keyof Commands as Commands[Name]]: CommandHandler<CommandResults[Name]>;
} & Readonly<
  Record<UiCommands[keyof UiCommands] | (typeof walkthroughIds)[keyof typeof walkthroughIds], CommandHandler>
>;

/** Registers all commands but those that are registered elsewhere. */
export function register(context: vscode.ExtensionContext, devices: DevicesService): void {
  const reports = new ReportDocuments();
  const handlers: Handlers = {
    ...lifecycleCommands(devices, reports),
    ...sectorCommands(devices, reports),
    ...faultCommands(devices),
    ...queryCommands(devices, reports),
    ...markerCommands(devices, reports),
    ...moduleCommands(devices),
    ...metadataCommands(devices, reports),
    ...dmsetupCommands(devices, reports),
    ...scanCommands(devices, reports),
    ...spareCommands(devices),
    ...imageCommands(devices),
    ...mergeCommands(devices),
    ...compareCommands(devices, reports),
    ...lockCommands(devices),
    ...windowCommands(devices),
    ...exportCommands(devices),
    ...walkthroughCommands(devices, reports),
    ...deletionCommands(devices),
    ...volumeCommands(devices, reports),
    ...volumeFileCommands(devices, reports),
  };
  context.subscriptions.push(reports);
  for (const [id, handle] of Object.entries(handlers)) {
    context.subscriptions.push(
      vscode.commands.registerCommand(id, (...args: unknown[]) => handle(devices, args)),
    );
  }
}
