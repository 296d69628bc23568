import { realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type * as vscode from 'vscode';
import { isInFolder, isSamePath, pathKey } from '../contract/pathKey';
import { listInWords } from '../contract/wording';
import { type DeviceSpec, mapfilePath, RemapError } from '../engine';

/** Why a device is opened read-only in a workspace that isn't trusted. */
export const RESTRICTED = 'the workspace is in Restricted Mode';

const MEMENTO_KEY = 'remap.mayWrite';

/** A device, by its key, and the real path of a file that a person or a caller in code let it write. */
type Permission = readonly [deviceKey: string, file: string];

/** What the policy needs to know of the window. */
export interface PolicyHost {
  isTrusted(): boolean;
  /** Folders whose files may be written without asking. */
  folders(): readonly string[];
}

/**
 * Decides which devices may be opened for writing: none in Restricted Mode, and otherwise those whose files all lie in
 * the workspace, symbolic links resolved, or were permitted. In a window without folders the device file's folder
 * counts. A device file may come from a stranger and name any file.
 */
export class WritePolicy {
  constructor(
    private readonly host: PolicyHost,
    private readonly memento: vscode.Memento,
  ) {}

  /** False in Restricted Mode. */
  get isTrusted(): boolean {
    return this.host.isTrusted();
  }

  /** @throws RemapError `EROFS` in Restricted Mode */
  requireTrust(): void {
    if (this.isTrusted) return;
    throw new RemapError('EROFS', `${RESTRICTED}: trust it to have anything written`);
  }

  /** Why a device is to be opened read-only; undefined: it may be written. */
  async whyReadOnly(spec: DeviceSpec): Promise<string | undefined> {
    if (!this.isTrusted) return RESTRICTED;
    const files = await this.filesToAskFor(spec);
    if (files.length === 0) return undefined;
    return `${listInWords(files)} ${files.length === 1 ? 'is' : 'are'} outside the workspace: open it for writing if you know this device`;
  }

  /** The files of a device outside the workspace that it was not permitted to write. */
  async filesToAskFor(spec: DeviceSpec): Promise<string[]> {
    const permitted = new Set(this.#permissions().map(keyOfPermission));
    const files = await this.#filesOutside(spec);
    return files.filter((file) => !permitted.has(keyOfPermission([deviceKeyOf(spec), file])));
  }

  /** Permits a device to write its files outside the workspace, from now on in this workspace. */
  async permit(spec: DeviceSpec): Promise<void> {
    const files = await this.filesToAskFor(spec);
    if (files.length === 0) return;
    const added = files.map((file): Permission => [deviceKeyOf(spec), file]);
    await this.memento.update(MEMENTO_KEY, [...this.#permissions(), ...added]);
  }

  #permissions(): readonly Permission[] {
    return this.memento.get<readonly Permission[]>(MEMENTO_KEY, []);
  }

  /** The real paths of images, of maps that are links, and of a map that the device names, in none of the folders. */
  async #filesOutside(spec: DeviceSpec): Promise<string[]> {
    const open = this.host.folders();
    const folders = open.length > 0 || spec.deviceFile === null ? open : [dirname(spec.deviceFile)];
    const inside = await Promise.all(folders.map(realPathOf));
    const isOutside = (file: string) => !inside.some((folder) => isInFolder(file, folder));
    const outside = new Set<string>();
    for (const path of [spec.main, ...spec.spares]) {
      const [image, map] = await Promise.all([realPathOf(path), realPathOf(mapfilePath(path))]);
      if (isOutside(image)) outside.add(image);
      if (isOutside(map) && !isSamePath(dirname(map), dirname(image))) outside.add(map);
    }
    const named = spec.map === undefined ? undefined : await realPathOf(spec.map);
    if (named !== undefined && isOutside(named)) outside.add(named);
    return [...outside];
  }
}

/** The device's key in the list of known devices. */
export function deviceKeyOf({ deviceFile, main }: DeviceSpec): string {
  return deviceFile ?? main;
}

/** The path with symbolic links resolved, as far as it exists. */
async function realPathOf(path: string): Promise<string> {
  return realpath(path).catch(() => {
    const folder = dirname(path);
    return folder === path ? path : realPathOf(folder).then((real) => join(real, basename(path)));
  });
}

function keyOfPermission(permission: Permission): string {
  return String(permission.map((path) => pathKey(path)));
}
