import { basename, join, posix } from 'node:path';
import * as vscode from 'vscode';
import { formatContents } from '../contract/fileText';
import type { DevicesService } from '../devices/devicesService';
import { saveFile } from '../devices/saveFile';
import type { VolumeLook } from '../devices/volumeLook';
import { volumeLooksOf } from '../devices/volumeLooks';
import { baseFolder } from '../devices/workspaceFiles';
import { sectorsOf } from '../engine';
import { askAtBadParts, tellSaved } from '../frame/badParts';
import { type CommandOrigin, defineAction } from '../frame/command';
import type { Dialog } from '../frame/dialog';
import { inform } from '../frame/notifications';
import { withProgress } from '../frame/progress';
import { isTreeReference, type TreeReference } from '../frame/treeReference';
import { commands, uiCommands } from '../manifest';
import type { ReportDocuments } from './reportDocuments';
import { askDiskPath, PATH_PROMPT } from './volumeCommands';

interface ChosenFile {
  /** The key of the device, or the path of the image. */
  readonly disk: string;
  readonly look: VolumeLook;
  readonly file: NonNullable<TreeReference['file']>;
}

/** So much of a file is shown, in sectors: an editor with more is slow. */
const SHOWN_SECTORS = 2048;

/** Commands for a file in a file system of a disk. */
export function volumeFileCommands(devices: DevicesService, reports: ReportDocuments) {
  return {
    [uiCommands.openFileContents]: defineAction('Open File of Volume', async (origin, dialog) => {
      const { look, file } = await fileOf(devices, origin, dialog);
      const shown = await withProgress(`Reading ${file.path}`, async () => {
        const contents = await look.contents(file.path, file.volume);
        const { sectorCount, size } = contents;
        return { size, ...(await contents.read(0, Math.min(sectorCount, SHOWN_SECTORS))) };
      });
      await reports.show({ title: `contents of ${posix.basename(file.path)}`, text: formatContents(shown) });
    }),
    [uiCommands.showFileInSectors]: defineAction('Show File in Sectors', async (origin, dialog) => {
      const { look, file, disk } = await fileOf(devices, origin, dialog);
      const sector = await firstSectorOf(look, file);
      if (sector !== undefined) await vscode.commands.executeCommand(commands.openSectors, disk, { sector });
      else void inform(`${file.path} has no sectors of its own.`);
    }),
    [uiCommands.saveFileAs]: defineAction('Save File of Volume As', async (origin, dialog) => {
      const { look, file } = await fileOf(devices, origin, dialog);
      const contents = await look.contents(file.path, file.volume);
      const atBadParts = (await look.hasUnreadable()) ? await askAtBadParts(dialog, 'file') : 'stop';
      const folder = baseFolder();
      const name = posix.basename(file.path).replace(/[\\/:]/g, '_');
      const target = await vscode.window.showSaveDialog({
        title: 'Save File of Volume As',
        defaultUri: vscode.Uri.file(folder === undefined ? name : join(folder, name)),
      });
      if (!target) return;
      const lost = await withProgress(
        `Saving ${file.path}`,
        (task) => saveFile(contents, target.fsPath, atBadParts, task),
        { cancellable: true },
      );
      tellSaved(basename(target.fsPath), lost, atBadParts);
    }),
  };
}

/** The first sector of a file that is lost, or its first of all. */
async function firstSectorOf(
  look: VolumeLook,
  { path, volume }: ChosenFile['file'],
): Promise<number | undefined> {
  const damaged = (await look.hasUnreadable()) ? (await look.damage()).files : [];
  const lost = damaged.find((file) => file.path === path && file.volume === volume)?.ranges[0]?.sector;
  if (lost !== undefined) return lost;
  const { extents, meta } = await sectorsOf(await look.disk(), path, volume);
  return extents[0]?.[1] ?? meta[0]?.[0];
}

/** The file that an item of the tree, or the sector editor, means; else a person is asked for its path. */
async function fileOf(devices: DevicesService, origin: CommandOrigin, dialog: Dialog): Promise<ChosenFile> {
  const looks = volumeLooksOf(devices);
  const item = isTreeReference(origin) ? origin : undefined;
  const known = item?.imagePath ?? item?.deviceKey;
  if (item?.file && known !== undefined) return { disk: known, look: await looks.at(known), file: item.file };
  const disk = await askDiskPath(devices, origin, dialog);
  const look = await looks.at(disk);
  const path = await dialog.text({ prompt: PATH_PROMPT, read: (typed) => typed });
  const { volume } = await sectorsOf(await look.disk(), path);
  return { disk, look, file: { path, volume } };
}
