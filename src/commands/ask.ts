import * as vscode from 'vscode';
import type { Target } from '../devices/define';
import type { DevicesService } from '../devices/devicesService';
import { plural } from '../devices/format';
import type { DeviceEntry } from '../devices/registry';
import { type RemapDevice, RemapError } from '../engine';
import { problemWith } from './typedInput';

export interface DeviceQuestion {
  /** What is about to happen, as the title of the list. */
  readonly title: string;
  readonly among?: (entry: DeviceEntry) => boolean;
  /** Why there is nothing to choose from. */
  readonly none?: string;
}

/** The device that the target names, the only one there is, or the one that the person picks. */
export async function askDevice(
  devices: DevicesService,
  target: Target,
  {
    title,
    among = () => true,
    none = 'no device is known: create one, or open a folder with a .remap file',
  }: DeviceQuestion,
): Promise<DeviceEntry | undefined> {
  if (target) return devices.find(target);
  const entries = devices.entries().filter((entry) => entry.scenario === undefined && among(entry));
  if (entries.length === 0) throw new RemapError('ENODEV', none);
  if (entries.length === 1) return entries[0];
  const focused = devices.focus()?.deviceKey;
  entries.sort((a, b) => Number(b.deviceKey === focused) - Number(a.deviceKey === focused));
  const items = entries.map((entry) => ({
    label: entry.name,
    description: describe(entry),
    detail: vscode.workspace.asRelativePath(entry.deviceKey),
    entry,
  }));
  const picked = await vscode.window.showQuickPick(items, {
    title,
    placeHolder: 'Device',
    matchOnDetail: true,
  });
  return picked?.entry;
}

/** As {@link askDevice}; a device that isn't assembled yet is assembled, since that is what the person needs first. */
export async function askAssembled(
  devices: DevicesService,
  target: Target,
  title: string,
): Promise<RemapDevice | undefined> {
  const entry = await askDevice(devices, target, { title });
  return entry && (entry.device ?? devices.assemble(entry));
}

export interface TextQuestion<T> {
  readonly title: string;
  readonly prompt: string;
  readonly value?: string;
  readonly placeHolder?: string;
  /** Makes a value of the text, or throws a RemapError that says what is wrong with it. */
  readonly read: (text: string) => T;
}

/** Asks for a text and checks it while it is typed. */
export async function askText<T>({ read, ...question }: TextQuestion<T>): Promise<T | undefined> {
  const text = await vscode.window.showInputBox({
    ...question,
    validateInput: (typed) => problemWith(() => read(typed)),
  });
  return text === undefined ? undefined : read(text);
}

export interface Choice<T> extends vscode.QuickPickItem {
  readonly value: T;
}

export async function askChoice<T>(
  title: string,
  placeHolder: string,
  choices: Choice<T>[],
): Promise<T | undefined> {
  const picked = await vscode.window.showQuickPick(choices, { title, placeHolder });
  return picked?.value;
}

/** Asks once before something that can't be undone; the button says what it does. */
export async function confirm(message: string, detail: string, verb: string): Promise<boolean> {
  return (await vscode.window.showWarningMessage(message, { modal: true, detail }, verb)) === verb;
}

/** Says something small that needs no answer. */
export function mention(text: string): void {
  vscode.window.setStatusBarMessage(text, 5000);
}

function describe({ device, problem }: DeviceEntry): string {
  if (!device) return problem ? 'not assembled, has a problem' : 'not assembled';
  const { state, remaps } = device.info();
  return `${state}, ${plural(remaps, 'remap')}`;
}
