import { basename } from 'node:path';
import { formatUnreadable } from '../contract/reportText';
import { formatRanges, parseRanges } from '../contract/typedInput';
import type { DevicesService } from '../devices/devicesService';
import { filesOfDisk } from '../devices/diskFiles';
import type { DiskPart, RemapDevice, UnreadableRun } from '../engine';
import { askAssembled } from '../frame/askDevice';
import { type CommandOrigin, defineAction } from '../frame/command';
import type { Dialog } from '../frame/dialog';
import { isTreeReference } from '../frame/treeReference';
import { uiCommands } from '../manifest';
import { linksOf, type Report, type ReportDocuments } from './reportDocuments';

/** The command that tells what is known of some sectors of a disk. */
export function queryCommands(devices: DevicesService, reports: ReportDocuments) {
  return {
    [uiCommands.querySectors]: defineAction('Query Sectors', async (origin, dialog) => {
      const device = await askAssembled(devices, origin, dialog);
      const part = await askPart(device, origin, dialog);
      const { disk, sectors } = part;
      const { image, map } = filesOfDisk(device, disk);
      const facts = {
        image: basename(image),
        map,
        sectors,
        runs: unreadableIn(device, part),
        remapped: disk === 'main' ? remappedIn(device, part) : null,
      };
      const title = `${device.name} sectors ${formatRanges(sectors)}`;
      await reports.show({ title, text: formatUnreadable(facts), ...linksTo(device, disk) });
    }),
  };
}

/** The sector editor shows the first spare of several. */
function linksTo(device: RemapDevice, disk: DiskPart['disk']): Pick<Report, 'links'> {
  if (disk === 'main') return { links: linksOf(device, 'unreadableOfMain') };
  return disk === 0 ? { links: linksOf(device, 'unreadableOfSpare') } : {};
}

async function askPart(device: RemapDevice, origin: CommandOrigin, dialog: Dialog): Promise<DiskPart> {
  if (isTreeReference(origin) && origin.part) return origin.part;
  const sectors = await dialog.text({
    prompt: 'Sectors of main to tell of, such as 1000, 2000-2010, 5000+8',
    read: (typed) => parseRanges(typed, device.sectorCount),
  });
  return { disk: 'main', sectors };
}

/** The runs of some sectors that can't be read, ascending. */
export function unreadableIn(device: RemapDevice, { disk, sectors }: DiskPart): UnreadableRun[] {
  return sectors.flatMap(([start, length]) => {
    const end = start + length;
    const runs: UnreadableRun[] = [];
    for (const run of device.details.unreadable(disk, start)) {
      if (run.first >= end) break;
      runs.push({ ...run, count: Math.min(end, run.first + run.count) - run.first });
    }
    return runs;
  });
}

function remappedIn(device: RemapDevice, { sectors }: DiskPart): number {
  return sectors.reduce((sum, [first, count]) => sum + device.details.remapCountIn(first, count), 0);
}
