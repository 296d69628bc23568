import * as vscode from 'vscode';
import { describeError } from '../contract/errorSentences';
import type { DevicesService } from '../devices/devicesService';

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

/** Opens a file as text, whatever editor it has, at a one-based place. */
export async function openText(path: string, line = 1, column = 1): Promise<void> {
  const position = new vscode.Position(line - 1, column - 1);
  await vscode.window.showTextDocument(vscode.Uri.file(path), {
    selection: new vscode.Range(position, position),
  });
}

function asSentence(message: string): string {
  return /[.!?]$/.test(message) ? message : `${message}.`;
}
