import type * as vscode from 'vscode';
import * as commands from './commands';
import { DevicesService } from './devices/devicesService';
import * as editor from './editor';
import { complain } from './frame/notifications';
import * as testing from './testing';
import * as views from './views';

let devices: DevicesService | undefined;

/** Makes the services and registers each feature. */
export function activate(context: vscode.ExtensionContext): void {
  try {
    devices = new DevicesService(context);
    context.subscriptions.push(devices);
    for (const feature of [commands, editor, testing, views]) feature.register(context, devices);
    devices.begin();
  } catch (error) {
    // VS Code doesn't show why an activation failed.
    void complain(`Remap Inspector could not start: ${error}`);
    throw error;
  }
}

/** Waits until all devices are closed, so that the next window finds their images free. */
export async function deactivate(): Promise<void> {
  await devices?.close();
}
