import assert from 'node:assert/strict';
import { mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { DeviceInfo } from '../../../src/engine/device/deviceContracts';

/** Calls a command as a script does. */
export async function call<T = unknown>(command: string, ...args: unknown[]): Promise<T> {
  return (await vscode.commands.executeCommand(command, ...args)) as T;
}

/** A folder of a suite's own in the workspace, and the devices in it. */
export class Folder {
  readonly path: string;

  constructor(name: string) {
    this.path = join(process.env.REMAP_WORKSPACE!, name);
  }

  file(name: string): string {
    return join(this.path, name);
  }

  /** Makes the folder, empty: a test that is tried again finds nothing of the first try. */
  async create(): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
    await mkdir(this.path, { recursive: true });
  }

  /** Removes the devices whose images lie here, and the folder. */
  async remove(): Promise<void> {
    for (const { name, main } of await call<DeviceInfo[]>('remap.listDevices')) {
      if (main.startsWith(this.path)) await call('remap.remove', name);
    }
    await rm(this.path, { recursive: true, force: true });
  }
}

/** Expects a command to fail with exactly one error: a code and a sentence. */
export async function fails(pattern: RegExp, command: string, ...args: unknown[]): Promise<void> {
  await assert.rejects(call(command, ...args), (error: Error) => {
    assert.match(error.message, pattern);
    return true;
  });
}

/** Makes a sparse file. */
export async function sparseFile(path: string, byteLength: number): Promise<void> {
  const file = await open(path, 'wx');
  await file.truncate(byteLength);
  await file.close();
}

/** Waits until a condition holds that some event brings about. */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.fail(`never came about: ${what}`);
}

/**
 * Does something that makes a file appear, and waits until VS Code has noticed: it forgets files that go before that.
 */
export async function noticed<T>(path: string, make: () => Promise<T>): Promise<T> {
  const watcher = vscode.workspace.createFileSystemWatcher(path);
  const created = new Promise<void>((resolve) => watcher.onDidCreate(() => resolve()));
  const made = await make();
  await created;
  watcher.dispose();
  return made;
}

/** A menu takes no click in the first moments after it opened, so that the click that opened it chooses nothing. */
export function menuSettled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 600));
}
