import { basename } from 'node:path';
import * as vscode from 'vscode';
import { isSamePath } from '../contract/pathKey';
import { formatSize } from '../contract/wording';
import type { DevicesService } from '../devices/devicesService';
import type { CommandOrigin } from '../frame/command';
import type { Dialog } from '../frame/dialog';
import { folderOf } from '../frame/folderText';
import { isTreeReference } from '../frame/treeReference';

/** The image that a command was called from, if it was one. */
export function imageOf(origin: CommandOrigin): string | undefined {
  if (origin instanceof vscode.Uri) return origin.fsPath;
  return isTreeReference(origin) ? origin.imagePath : undefined;
}

/** Asks for one of the images that belong to no device, or another file. */
export async function askImage(
  devices: DevicesService,
  dialog: Dialog,
  question: string,
  besides?: string,
): Promise<string> {
  const images = (await devices.freeImages()).filter(({ path }) => !besides || !isSamePath(path, besides));
  const choices = images.map(({ path, sectorCount }) => ({
    label: basename(path),
    description: formatSize(sectorCount),
    detail: folderOf(path),
    value: path as string | undefined,
  }));
  const chosen =
    choices.length > 0
      ? await dialog.choice(question, [...choices, { label: 'Another File...', value: undefined }])
      : undefined;
  return (
    chosen ??
    (
      await dialog.file({
        title: question,
        openLabel: besides ? 'Choose Second Image' : 'Choose First Image',
      })
    ).fsPath
  );
}
