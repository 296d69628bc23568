import { stat } from 'node:fs/promises';
import { isAbsolute, resolve } from 'node:path';
import * as vscode from 'vscode';
import { isDeviceFile } from '../contract/deviceFile';
import type { DevicesService } from '../devices/devicesService';
import { workspaceFolders } from '../devices/workspaceFiles';
import { RemapError } from '../engine';
import type { Dialog } from '../frame/dialog';
import { isTreeReference } from '../frame/treeReference';
import { editors } from '../manifest';
import { isViewId, type Reveal, SECTOR_SIZE } from '../shared/protocol';

/** What to open, in which editor, and the place to go to in it. */
export interface SectorsToOpen {
  readonly uri: vscode.Uri;
  readonly editor: (typeof editors)[keyof typeof editors];
  readonly reveal: Reveal | null;
}

/**
 * Reads the arguments of `remap.openSectors`: a device or an image by name, path, Uri or tree item, and `{ sector?,
 * view? }`.
 * @throws RemapError `ENODEV` if it is neither, `EINVAL` for a wrong option
 */
export async function readOpenSectors(
  devices: DevicesService,
  subject: unknown,
  options: unknown,
): Promise<SectorsToOpen> {
  return { ...(await findSubject(devices, subject)), reveal: readOptions(options) };
}

async function findSubject(
  devices: DevicesService,
  subject: unknown,
): Promise<Omit<SectorsToOpen, 'reveal'>> {
  const image = isTreeReference(subject)
    ? subject.imagePath
    : subject instanceof vscode.Uri
      ? subject.fsPath
      : subject;
  try {
    const entry = devices.find(subject);
    return { uri: vscode.Uri.file(entry.deviceKey), editor: editors.sectors };
  } catch (error) {
    const path = typeof image === 'string' ? await existingFile(image) : undefined;
    if (path === undefined) throw error;
    return { uri: vscode.Uri.file(path), editor: isDeviceFile(path) ? editors.sectors : editors.image };
  }
}

async function existingFile(text: string): Promise<string | undefined> {
  const path = text.startsWith('file:') ? vscode.Uri.parse(text).fsPath : text;
  const candidates = isAbsolute(path) ? [path] : workspaceFolders().map((folder) => resolve(folder, path));
  for (const candidate of candidates) {
    const found = await stat(candidate).catch(() => undefined);
    if (found?.isFile()) return candidate;
  }
  return undefined;
}

function readOptions(options: unknown): Reveal | null {
  if (options === undefined || options === null) return null;
  if (typeof options !== 'object') throw new RemapError('EINVAL', 'options are an object: { sector, view }');
  const { sector, view } = options as { sector?: unknown; view?: unknown };
  if (sector !== undefined && !(Number.isSafeInteger(sector) && (sector as number) >= 0)) {
    throw new RemapError('EINVAL', '"sector" must be a whole number, 0 or more');
  }
  if (view !== undefined && !isViewId(view)) {
    throw new RemapError('EINVAL', '"view" must be "device", "main" or "spare"');
  }
  return { view: view ?? null, byteOffset: sector === undefined ? null : (sector as number) * SECTOR_SIZE };
}

/** Asks a person which device to open. @throws RemapError `ENODEV` if there is none */
export async function askWhatToOpen(devices: DevicesService, dialog: Dialog): Promise<unknown> {
  const entries = devices.entries();
  if (entries.length === 0) {
    throw new RemapError('ENODEV', 'no device is known: create one, or open an image with the sector editor');
  }
  if (entries.length === 1) return entries[0];
  const choices = entries.map((entry) => ({
    label: entry.name,
    description: vscode.workspace.asRelativePath(entry.deviceKey),
    value: entry,
  }));
  return dialog.choice('Device', choices);
}
