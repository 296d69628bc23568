import * as vscode from 'vscode';
import { describeError } from '../contract/errorSentences';
import { withoutIcons, withoutLinks } from '../contract/foreignText';
import { BREAK_LOCK, isInDoubt } from '../contract/lockTexts';
import type { DevicesService } from '../devices/devicesService';
import { builtIn, commands } from '../manifest';
import { openText } from './openText';

const OPEN_FILE = 'Open File';
const SHOW_LOG = 'Show Log';
const MANAGE_TRUST = 'Manage Trust';

/** Logs an error and shows it, with buttons that open its file and the log. A cancellation is no error. */
export async function reportError(devices: DevicesService, error: unknown): Promise<void> {
  const { code, message, cancelled, path, line, column } = describeError(error);
  const isLocked = isInDoubt(error) && path !== undefined;
  if (cancelled) return;
  devices.log.error(error instanceof Error && error.stack !== undefined ? error : message);
  const isRestricted = code === 'EROFS' && !devices.policy.isTrusted;
  const actions = line === undefined ? [SHOW_LOG] : [OPEN_FILE, SHOW_LOG];
  if (isRestricted) actions.unshift(MANAGE_TRUST);
  if (isLocked) actions.unshift(BREAK_LOCK);
  const chosen = await complain(asSentence(message), ...actions);
  if (chosen === MANAGE_TRUST) await vscode.commands.executeCommand(builtIn.manageTrust);
  if (chosen === BREAK_LOCK)
    await vscode.commands.executeCommand(commands.breakLock, { treeReference: true, imagePath: path });
  if (chosen === SHOW_LOG) devices.log.show();
  if (chosen === OPEN_FILE && path !== undefined) await openText(path, line, column);
}

/** As {@link inform}, for an error. */
export function complain<T extends string>(message: string, ...buttons: T[]): Thenable<T | undefined> {
  return vscode.window.showErrorMessage(withoutLinks(message), ...buttons);
}

/** Shows a message with buttons. @returns the text of the button that was pressed; undefined: it was closed */
export function inform<T extends string>(message: string, ...buttons: T[]): Thenable<T | undefined> {
  return vscode.window.showInformationMessage(withoutLinks(message), ...buttons);
}

/** As {@link inform}, for what needs attention. */
export function warn<T extends string>(message: string, ...buttons: T[]): Thenable<T | undefined> {
  return vscode.window.showWarningMessage(withoutLinks(message), ...buttons);
}

/** Shows a short text in the status bar for some seconds. */
export function mention(text: string): void {
  vscode.window.setStatusBarMessage(withoutIcons(text), 5000);
}

function asSentence(message: string): string {
  return /[.!?]$/.test(message) ? message : `${message}.`;
}
