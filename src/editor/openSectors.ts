import { stat } from 'node:fs/promises';
import { isAbsolute, resolve } from 'node:path';
import * as vscode from 'vscode';
import { flag, Options, type Reader, whole } from '../contract/argumentReaders';
import { isDeviceFile } from '../contract/deviceFile';
import type { DevicesService } from '../devices/devicesService';
import { workspaceFolders } from '../devices/workspaceFiles';
import { RemapError } from '../engine';
import type { Dialog } from '../frame/dialog';
import { folderOf } from '../frame/folderText';
import { isTreeReference } from '../frame/treeReference';
import { editors } from '../manifest';
import { isViewId, type Reveal, SECTOR_SIZE, type ViewId } from '../shared/protocol';

/** What to open, in which editor, and the place to go to in it. */
export interface SectorsToOpen {
  readonly uri: vscode.Uri;
  readonly editor: (typeof editors)[keyof typeof editors];
  readonly reveal: Reveal | null;
  /** Opens beside the active editor, which keeps the focus. */
  readonly beside: boolean;
}

/**
 * Reads the arguments of `remap.openSectors`: a device or an image by name, path, Uri or tree item, and `{ sector?,
 * view?, beside? }`.
 * @throws RemapError `ENODEV` if it is neither, `EINVAL` for a wrong option
 */
export async function readOpenSectors(
  devices: DevicesService,
  subject: unknown,
  options: unknown,
): Promise<SectorsToOpen> {
  return { ...(await findSubject(devices, subject)), ...openSectorsOptions(options) };
}

async function findSubject(
  devices: DevicesService,
  subject: unknown,
): Promise<Pick<SectorsToOpen, 'uri' | 'editor'>> {
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

function openSectorsOptions(value: unknown): Pick<SectorsToOpen, 'reveal' | 'beside'> {
  if (value === undefined || value === null) return { reveal: null, beside: false };
  const options = new Options(value);
  const sector = options.optional('sector', whole);
  const reveal = {
    view: options.optional('view', viewId) ?? null,
    byteOffset: sector === undefined ? null : sector * SECTOR_SIZE,
  };
  return { reveal, beside: options.optional('beside', flag) ?? false };
}

const viewId: Reader<ViewId> = (value) => {
  if (isViewId(value)) return value;
  throw new RemapError('EINVAL', '"view" must be "device", "main" or "spare"');
};

/** Asks a person which device to open. @throws RemapError `ENODEV` if there is none */
export async function askWhatToOpen(devices: DevicesService, dialog: Dialog): Promise<unknown> {
  const entries = devices.entries();
  if (entries.length === 0) {
    throw new RemapError('ENODEV', 'no device is known: create one, or open an image with the sector editor');
  }
  if (entries.length === 1) return entries[0];
  const choices = entries.map((entry) => ({
    label: entry.name,
    description: folderOf(entry.deviceKey),
    value: entry,
  }));
  return dialog.choice('Device', choices);
}
