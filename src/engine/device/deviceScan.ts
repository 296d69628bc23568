import type { SectorRange } from '../errors';
import type { DeviceParts } from './deviceParts';
import { type ScanOptions, type ScanReport, scanDevice } from './scan';

/**
 * Scans the whole device while its other I/O goes on. A completed scan is counted in field 26 of the status line, and
 * noted in the spare's health data. Errors: {@link scanDevice}.
 */
export async function scanAndRecord(device: DeviceParts, options: ScanOptions): Promise<ScanReport> {
  const { target, health, events, origins } = device;
  const remappedSectors = (): number => target.statistics.remappedSectors;
  const notRescuedIn = (failing: readonly SectorRange[]): SectorRange[] => origins.notRescuedIn(failing);
  const report = await scanDevice(target, { ...options, remappedSectors, notRescuedIn });
  health.scanCount++;
  if (device.persistent && !target.readOnly)
    await target.committer.commitExtras({ health: health.afterScan(report) });
  events.sectorsChanged();
  return report;
}
