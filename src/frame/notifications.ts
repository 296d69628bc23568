import * as vscode from 'vscode';
import { describeError } from '../contract/errorSentences';
import type { DevicesService } from '../devices/devicesService';
import { openText } from './openText';

const OPEN_FILE = 'Open File';
const SHOW_LOG = 'Show Log';

/** Logs an error and shows it, with buttons that open its file and the log. A cancellation is no error. */
export async function reportError(devices: DevicesService, error: unknown): Promise<void> {
  const { message, cancelled, path, line, column } = describeError(error);
  if (cancelled) return;
  devices.log.error(error instanceof Error && error.stack !== undefined ? error : message);
  const actions = line === undefined ? [SHOW_LOG] : [OPEN_FILE, SHOW_LOG];
  const chosen = await vscode.window.showErrorMessage(asSentence(message), ...actions);
  if (chosen === SHOW_LOG) devices.log.show();
  if (chosen === OPEN_FILE && path !== undefined) await openText(path, line, column);
}

/** Shows a short text in the status bar for some seconds. */
export function mention(text: string): void {
  vscode.window.setStatusBarMessage(text, 5000);
}

function asSentence(message: string): string {
  return /[.!?]$/.test(message) ? message : `${message}.`;
}
