import type * as vscode from 'vscode';
import type { MachineEvent } from '../engine';

/** Puts a line of the kernel log into the log that people see. @param prefix names the machine it is from */
export function logKernelLine(
  log: vscode.LogOutputChannel,
  { level, text }: MachineEvent & { kind: 'log' },
  prefix: string,
): void {
  log[level === 'warning' ? 'warn' : level](prefix + text);
}
