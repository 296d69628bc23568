import {
  CLEAR_STATS_REPLY,
  cacheStatsReply,
  healthReply,
  helpReply,
  parseMessage,
  type RemapMessage,
  statsReply,
  statusReply,
  testRemapRefusal,
  testRemapReply,
} from '../dmsetup/messages';
import { type Dialect, formatStatus, STATUS_VERSION, TARGET_NAME } from '../dmsetup/status';
import { RemapError } from '../errors';
import type { RemapTarget } from '../remap/remapTarget';
import type { DeviceHealth } from './deviceHealth';

/** What the texts of `dmsetup status` and `dmsetup message` are made from. */
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
  const { statistics, table, sectorCount } = source.target;
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
      sectorSizeBytes: 512,
      spareSectors: source.spareSectors,
      totalIos: statistics.totalIos,
      normalIos: statistics.normalIos,
      remappedIos: statistics.remappedIos,
      remappedSectors: statistics.remappedSectors,
      cacheHits: 0,
      cacheMisses: 0,
      fastPathHits: 0,
      slowPathHits: 0,
      healthScanCount: source.health.scanCount,
      healthScore: source.health.score().score,
      hotspotCount: source.health.hotspotCount,
      cacheHitRatePercent: 0,
      operationalState: source.target.suspended ? 'maintenance' : 'operational',
      deviceMode: 'real',
    },
    dialect,
  );
}

/**
 * Carries out a dm-remap message and gives its reply, which the kernel loses on the way (B14).
 * @throws RemapError `EINVAL` with the kernel's text, `EEXIST` for a sector that is remapped already, and those of
 * remapping a sector
 */
export async function handleMessage(source: StatusSource, text: string): Promise<string> {
  const message = parseMessage(text);
  if (message.command === 'test_remap') return testRemap(source.target, message);
  return REPLIES[message.command](source);
}

type SimpleCommand = Exclude<RemapMessage['command'], 'test_remap'>;

const REPLIES: Readonly<Record<SimpleCommand, (source: StatusSource) => string>> = {
  help: () => helpReply(),
  status: ({ target: { table, statistics }, health }) =>
    statusReply({
      mappings: table.size,
      reads: statistics.reads,
      writes: statistics.writes,
      errors: statistics.errors,
      healthScore: health.score().score,
    }),
  stats: ({ target: { statistics } }) =>
    statsReply({
      totalIos: statistics.totalIos,
      normalIos: statistics.normalIos,
      remappedIos: statistics.remappedIos,
      errors: statistics.errors,
      remappedSectors: statistics.remappedSectors,
      averageLatencyNs:
        statistics.ioOperations > 0 ? Math.floor(statistics.totalIoNs / statistics.ioOperations) : 0,
      maximumLatencyNs: statistics.maxLatencyNs,
    }),
  clear_stats: ({ target: { statistics } }) => {
    statistics.clear();
    return CLEAR_STATS_REPLY;
  },
  health: ({ health }) =>
    healthReply({
      healthScore: health.score().score,
      scanCount: health.scanCount,
      hotspotSectors: health.hotspotCount,
      consecutiveErrors: health.consecutiveErrors,
    }),
  cache_stats: () => cacheStatsReply({ cacheHits: 0, cacheMisses: 0, fastPathHits: 0, cacheSize: 0 }),
};

async function testRemap(
  target: RemapTarget,
  { badSector, spareSector }: Extract<RemapMessage, { command: 'test_remap' }>,
): Promise<string> {
  try {
    await target.remapSector(badSector, spareSector);
  } catch (error) {
    if (error instanceof RemapError && error.code === 'EEXIST') throw testRemapRefusal(badSector);
    throw error;
  }
  return testRemapReply(badSector, spareSector);
}
