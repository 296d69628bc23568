import * as vscode from 'vscode';
import { describeError } from '../contract/errorSentences';
import type { DevicesService } from '../devices/devicesService';
import { openText } from './openText';

const OPEN_FILE = 'Open File';
const SHOW_LOG = 'Show Log';

/** Tells a person what went wrong, with ways to look closer. What they cancelled themselves is no news. */
export async function reportError(devices: DevicesService, error: unknown): Promise<void> {
  const { message, cancelled, path, line, column } = describeError(error);
  if (cancelled) return;
  devices.log.error(error instanceof Error && error.stack !== undefined ? error : message);
  const actions = line === undefined ? [SHOW_LOG] : [OPEN_FILE, SHOW_LOG];
  const chosen = await vscode.window.showErrorMessage(asSentence(message), ...actions);
  if (chosen === SHOW_LOG) devices.log.show();
  if (chosen === OPEN_FILE && path !== undefined) await openText(path, line, column);
}

/** Says something small that needs no answer. */
export function mention(text: string): void {
  vscode.window.setStatusBarMessage(text, 5000);
}

function asSentence(message: string): string {
  return /[.!?]$/.test(message) ? message : `${message}.`;
}
