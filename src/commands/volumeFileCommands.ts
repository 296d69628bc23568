import { posix } from 'node:path';
import { formatContents } from '../contract/fileText';
import type { DevicesService } from '../devices/devicesService';
import type { VolumeLook } from '../devices/volumeLook';
import { volumeLooksOf } from '../devices/volumeLooks';
import { sectorsOf } from '../engine';
import { type CommandOrigin, defineAction } from '../frame/command';
import type { Dialog } from '../frame/dialog';
import { withProgress } from '../frame/progress';
import { isTreeReference, type TreeReference } from '../frame/treeReference';
import { uiCommands } from '../manifest';
import type { ReportDocuments } from './reportDocuments';
import { askDiskPath, PATH_PROMPT } from './volumeCommands';

interface ChosenFile {
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
  };
}

/** The file that an item of the tree, or the sector editor, means; else a person is asked for its path. */
async function fileOf(devices: DevicesService, origin: CommandOrigin, dialog: Dialog): Promise<ChosenFile> {
  const looks = volumeLooksOf(devices);
  const item = isTreeReference(origin) ? origin : undefined;
  const known = item?.imagePath ?? item?.deviceKey;
  if (item?.file && known !== undefined) return { look: await looks.at(known), file: item.file };
  const look = await looks.at(await askDiskPath(devices, origin, dialog));
  const path = await dialog.text({ prompt: PATH_PROMPT, read: (typed) => typed });
  const { volume } = await sectorsOf(await look.disk(), path);
  return { look, file: { path, volume } };
}
