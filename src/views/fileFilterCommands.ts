import { FILE_FILTER_HINT, type FileFilter, NO_FILE_FILTER, parseFileFilter } from '../contract/fileFilter';
import type { DevicesService } from '../devices/devicesService';
import { askDevice } from '../frame/askDevice';
import { type CommandHandler, type CommandOrigin, defineAction } from '../frame/command';
import type { Dialog } from '../frame/dialog';
import { isTreeReference } from '../frame/treeReference';
import { uiCommands } from '../manifest';

/** Which files of each device and image are listed, by the device's key or the image's path. */
export class FileFilters {
  readonly #filters = new Map<string, FileFilter>();

  of(disk: string): FileFilter {
    return this.#filters.get(disk) ?? NO_FILE_FILTER;
  }

  set(disk: string, filter: FileFilter): void {
    this.#filters.set(disk, filter);
  }
}

/** Commands for the files that are listed below a device or an image. `refresh` shows its items anew. */
export function fileFilterCommands(
  devices: DevicesService,
  filters: FileFilters,
  refresh: (disk: string) => void,
): Record<string, CommandHandler> {
  const change = (disk: string, filter: FileFilter) => {
    filters.set(disk, filter);
    refresh(disk);
  };
  return {
    [uiCommands.filterFiles]: defineAction('Filter Files of Volumes', async (origin, dialog) => {
      const disk = await askDisk(devices, origin, dialog);
      const filter = await dialog.text({
        prompt: `Parts of a path, a name with * and ?, is:damaged, is:remapped, ${FILE_FILTER_HINT}. Empty: all files`,
        value: filters.of(disk).text,
        placeHolder: FILE_FILTER_HINT,
        read: parseFileFilter,
      });
      change(disk, filter);
    }),
    [uiCommands.clearFileFilter]: defineAction('Show All Files of Volumes', async (origin, dialog) => {
      change(await askDisk(devices, origin, dialog), NO_FILE_FILTER);
    }),
  };
}

/** The image or device that an item is below of; else the assembled device that the person picks. */
async function askDisk(devices: DevicesService, origin: CommandOrigin, dialog: Dialog): Promise<string> {
  if (isTreeReference(origin) && origin.imagePath !== undefined) return origin.imagePath;
  const { deviceKey } = await askDevice(devices, origin, dialog, {
    among: ({ device }) => device !== undefined,
    none: 'no device is assembled: assemble one',
  });
  return deviceKey;
}
