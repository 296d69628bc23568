import { SECTOR_SIZE } from '../block/blockDevice';
import { type Dialect, formatStatus, STATUS_VERSION, TARGET_NAME } from '../dmsetup/status';
import { formatRemapTable } from '../dmsetup/table';
import type { RemapTarget } from '../remap/remapTarget';
import type { DeviceHealth } from './deviceHealth';
import type { DeviceParts } from './deviceParts';

/** What the status line is made from. */
export interface StatusSource {
  readonly target: RemapTarget;
  readonly health: DeviceHealth;
  /** Paths as the table line gives them. */
  readonly mainPath: string;
  readonly sparePath: string;
  readonly spareSectors: number;
}

/** The status line: 31 fields, every number true (R12). There is no lookup cache, so fields 22 to 25 and 29 are 0. */
export function statusLine(source: StatusSource, dialect: Dialect): string {
  const { target, health } = source;
  const { statistics, table, sectorCount } = target;
  const { ioOperations, totalIoNs } = statistics;
  return formatStatus(
    {
      startSector: 0,
      sectorCount,
      target: TARGET_NAME,
      version: STATUS_VERSION,
      mainPath: source.mainPath,
      sparePath: source.sparePath,
      readCount: statistics.reads,
      writeCount: statistics.writes,
      remappedReadCount: statistics.remappedReads,
      errorCount: statistics.errors,
      activeMappings: table.size,
      ioOperations,
      totalIoTimeNs: totalIoNs,
      averageLatencyNs: ioOperations > 0 ? Math.floor(totalIoNs / ioOperations) : 0,
      peakBytesPerSecond: statistics.peakBytesPerSecond,
      sectorSizeBytes: SECTOR_SIZE,
      spareSectors: source.spareSectors,
      totalIos: statistics.totalIos,
      normalIos: statistics.normalIos,
      remappedIos: statistics.remappedIos,
      remappedSectors: statistics.remappedSectors,
      cacheHits: 0,
      cacheMisses: 0,
      fastPathHits: 0,
      slowPathHits: 0,
      healthScanCount: health.scanCount,
      healthScore: health.score(),
      hotspotCount: health.hotspotCount,
      cacheHitRatePercent: 0,
      operationalState: target.suspended ? 'maintenance' : 'operational',
      deviceMode: 'real',
    },
    dialect,
  );
}

/** A device's status line. The kernel knows one spare: that is the first one that is there. */
export function deviceStatus({ spec, stack, target, health }: DeviceParts, dialect: Dialect): string {
  const spareSectors = stack.firstSpare.sectorCount;
  return statusLine(
    { target, health, mainPath: spec.main, sparePath: spec.spares[0]!, spareSectors },
    dialect,
  );
}

/** A device's table line, as `dmsetup table` prints it. */
export function tableLine({ spec, target }: DeviceParts, dialect: Dialect): string {
  const { sectorCount } = target;
  return formatRemapTable({ sectorCount, mainPath: spec.main, sparePath: spec.spares[0]! }, dialect);
}
