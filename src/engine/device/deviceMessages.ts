import { changesMedium, isDustMessage } from '../dmsetup/dustMessages';
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
import { RemapError } from '../errors';
import type { RemapTarget } from '../remap/remapTarget';
import type { DeviceParts } from './deviceParts';
import { handleDust } from './faultInjection';
import type { StatusSource } from './statusLine';

/**
 * Carries out a message of dm-remap, or of dm-dust on main's medium, and gives the reply.
 * @throws RemapError as {@link handleRemapMessage}; `EINVAL` with the text of dm-dust; `EROFS` for what changes the medium
 * of a read-only device (R15)
 */
export async function handleMessage(device: DeviceParts, text: string): Promise<string> {
  const argv = text.trim().split(/\s+/);
  if (isDustMessage(argv[0] ?? '')) {
    if (changesMedium(argv[0]!)) device.requireWritable();
    const reply = await handleDust(device.stack, argv, device.events.log);
    device.events.sectorsChanged();
    return reply;
  }
  return handleRemapMessage(device, text);
}

/** What a message is about. */
type Addressee = Pick<StatusSource, 'target' | 'health'>;

/**
 * Carries out a message of dm-remap and gives the reply, which the kernel doesn't deliver (B14).
 * @throws RemapError `EINVAL` with the kernel's text, `EEXIST` for a sector that is remapped already, and those of
 * remapping a sector
 */
export async function handleRemapMessage(device: Addressee, text: string): Promise<string> {
  const message = parseMessage(text);
  if (message.command === 'test_remap') return testRemap(device.target, message);
  return REPLIES[message.command](device);
}

type SimpleCommand = Exclude<RemapMessage['command'], 'test_remap'>;

const REPLIES: Readonly<Record<SimpleCommand, (device: Addressee) => string>> = {
  help: () => helpReply(),
  status: ({ target: { table, statistics }, health }) =>
    statusReply({
      mappings: table.size,
      reads: statistics.reads,
      writes: statistics.writes,
      errors: statistics.errors,
      healthScore: health.score(),
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
      healthScore: health.score(),
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
