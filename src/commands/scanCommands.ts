import { scanOptions } from '../contract/commandArguments';
import { formatScan } from '../contract/reportText';
import { countUnreadable, formatSize, plural } from '../contract/wording';
import type { DevicesService } from '../devices/devicesService';
import { readSetting } from '../devices/settings';
import { countSectors, type RemapDevice, type ScanReport } from '../engine';
import { askAssembled } from '../frame/askDevice';
import { define, defineAction } from '../frame/command';
import { inform, warn } from '../frame/notifications';
import { commands, uiCommands } from '../manifest';
import { linksOf, type ReportDocuments } from './reportDocuments';

const BYTES_PER_MEBIBYTE = 2 ** 20;

/** Commands that scan devices, and pause and resume scans. */
export function scanCommands(devices: DevicesService, reports: ReportDocuments) {
  return {
    [commands.scan]: define({
      progress: 'Scanning a device',
      cancellable: true,
      fromCode: ([reference, options]) => ({
        device: devices.get(reference),
        bytesPerSecond: scanOptions(options).bytesPerSecond ?? rateSetting(),
      }),
      title: 'Scan Device',
      fromPerson: async (origin, dialog) => ({
        device: await askAssembled(devices, origin, dialog),
        bytesPerSecond: rateSetting(),
      }),
      run: ({ device, bytesPerSecond }, task) => devices.scans.scan(device, bytesPerSecond, task),
      tell: (report, { device }) => tellScan(reports, device, report),
    }),
    [uiCommands.pauseScan]: defineAction('Pause Scan', async () => devices.scans.pause()),
    [uiCommands.resumeScan]: defineAction('Resume Scan', async () => devices.scans.resume()),
  };
}

/** The scan rate of the settings, in bytes a second; 0 for no limit. */
function rateSetting(): number {
  return readSetting('scanRate') * BYTES_PER_MEBIBYTE;
}

async function tellScan(reports: ReportDocuments, device: RemapDevice, report: ScanReport): Promise<void> {
  const { name } = device;
  const { failing, slow, rescued, seconds, sectorCount } = report;
  const notRescued = countSectors(report.notRescued);
  const unreadable = { badSectors: countSectors(failing) - notRescued, notRescued };
  const facts = [
    ...(failing.length > 0 ? countUnreadable(unreadable) : ['every sector can be read']),
    plural(countSectors(slow), 'slow sector'),
    `${plural(rescued, 'sector')} moved to the spare`,
  ].join(', ');
  const text = `${name}: ${formatSize(sectorCount)} scanned in ${seconds.toFixed(1)} s: ${facts}.`;
  if (failing.length === 0 && slow.length === 0) return void inform(text);
  const showReport = 'Show Report';
  const chosen = await (failing.length > 0 ? warn : inform)(text, showReport);
  if (chosen !== showReport) return;
  const links = linksOf(device, 'scanned');
  await reports.show({ title: `${name} scan`, text: formatScan(text, report), links });
}
