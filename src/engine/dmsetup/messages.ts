import { RemapError } from '../errors';
import type { Dialect } from './status';
import type { U64 } from './tableWords';

/** A message to a dm-remap device, as `dmsetup message <device> 0 …` takes it. */
export type RemapMessage =
  | { readonly command: 'help' | 'status' | 'stats' | 'clear_stats' | 'health' | 'cache_stats' }
  | { readonly command: 'test_remap'; readonly badSector: number; readonly spareSector: number };

const SIMPLE_COMMANDS = ['help', 'status', 'stats', 'clear_stats', 'health', 'cache_stats'] as const;
const TEST_REMAP_USAGE = 'Usage: test_remap <bad_sector> <spare_sector>';

/**
 * Reads a message. The command word is case-insensitive, surplus arguments are ignored, as in the kernel. Sectors are
 * decimal, hexadecimal (`0x`) or octal (`0`); unlike the kernel's strtoull, trailing rubbish is refused.
 * @throws RemapError `EINVAL` with the kernel's text
 */
export function parseMessage(text: string): RemapMessage {
  const [word, ...args] = text.split(/\s+/).filter((part) => part !== '');
  if (word === undefined) throw new RemapError('EINVAL', "The message is empty. Try 'help'");
  const name = word.toLowerCase();
  const simple = SIMPLE_COMMANDS.find((command) => command === name);
  if (simple) return { command: simple };
  if (name !== 'test_remap') {
    throw new RemapError('EINVAL', `Unknown command '${word.slice(0, 64)}'. Try 'help'`);
  }
  const [badSector, spareSector] = args.slice(0, 2).map(parseSector);
  if (badSector === undefined || spareSector === undefined) throw new RemapError('EINVAL', TEST_REMAP_USAGE);
  return { command: 'test_remap', badSector, spareSector };
}

/** C's base-0 reading of an unsigned number; undefined for anything else, or beyond 2^53. */
export function parseBaseZero(word: string): number | undefined {
  let digits: string | undefined;
  if (/^0[xX][0-9a-fA-F]+$/.test(word)) digits = word;
  else if (/^0[0-7]+$/.test(word)) digits = `0o${word.slice(1)}`;
  else if (/^(0|[1-9]\d*)$/.test(word)) digits = word;
  const value = digits === undefined ? Number.NaN : Number(digits);
  return Number.isSafeInteger(value) ? value : undefined;
}

/** Reply to `help`. v4.0.3 has no `test_remap`. */
export function helpReply(dialect: Dialect = 'head'): string {
  const commands = dialect === 'head' ? [...SIMPLE_COMMANDS, 'test_remap'] : SIMPLE_COMMANDS;
  return `Commands: ${commands.join(', ')}`;
}

/** Reply to `status`. `errors` counts failed requests. */
export function statusReply(numbers: {
  readonly mappings: number;
  readonly reads: U64;
  readonly writes: U64;
  readonly errors: U64;
  readonly healthScore: number;
}): string {
  const { mappings, reads, writes, errors, healthScore } = numbers;
  return `mappings=${mappings} reads=${reads} writes=${writes} errors=${errors} health=${healthScore}%`;
}

/** Reply to `stats`. */
export function statsReply(numbers: {
  readonly totalIos: U64;
  readonly normalIos: U64;
  readonly remappedIos: U64;
  readonly errors: U64;
  readonly remappedSectors: U64;
  readonly averageLatencyNs: U64;
  readonly maximumLatencyNs: U64;
}): string {
  return (
    `total_ios=${numbers.totalIos} normal=${numbers.normalIos} remapped=${numbers.remappedIos} ` +
    `errors=${numbers.errors} remapped_sectors=${numbers.remappedSectors} ` +
    `avg_latency_ns=${numbers.averageLatencyNs} max_latency_ns=${numbers.maximumLatencyNs}`
  );
}

/** Reply to `clear_stats`. */
export const CLEAR_STATS_REPLY = 'Statistics cleared';

/** Reply to `health`. `trend` is always 0 in the kernel. */
export function healthReply(numbers: {
  readonly healthScore: number;
  readonly scanCount: U64;
  readonly hotspotSectors: number;
  readonly consecutiveErrors: number;
  readonly trend?: number;
}): string {
  return (
    `health_score=${numbers.healthScore}% scan_count=${numbers.scanCount} ` +
    `hotspot_sectors=${numbers.hotspotSectors} consecutive_errors=${numbers.consecutiveErrors} ` +
    `trend=${numbers.trend ?? 0}`
  );
}

/** Reply to `cache_stats`. The hit rate is whole percent of all lookups, 0 without any. */
export function cacheStatsReply(numbers: {
  readonly cacheHits: U64;
  readonly cacheMisses: U64;
  readonly fastPathHits: U64;
  readonly cacheSize: number;
}): string {
  const { cacheHits, cacheMisses, fastPathHits, cacheSize } = numbers;
  const lookups = BigInt(cacheHits) + BigInt(cacheMisses);
  const hitRate = lookups === 0n ? 0n : (BigInt(cacheHits) * 100n) / lookups;
  return (
    `cache_hits=${cacheHits} cache_misses=${cacheMisses} hit_rate=${hitRate}% fast_path=${fastPathHits} ` +
    `cache_size=${cacheSize}`
  );
}

/** Reply to `test_remap` when the entry was made. */
export function testRemapReply(badSector: number, spareSector: number): string {
  return `Created test remap: bad_sector=${badSector} spare_sector=${spareSector} (metadata write requested)`;
}

/** What `test_remap` answers for a sector that has an entry: the kernel prints the errno and no reason. */
export function testRemapRefusal(badSector: number): RemapError {
  return new RemapError('EEXIST', `Failed to add remap: -17 (sector ${badSector} is remapped already)`, {
    sector: badSector,
  });
}

function parseSector(word: string): number {
  const sector = parseBaseZero(word);
  if (sector !== undefined) return sector;
  throw new RemapError('EINVAL', `${word.slice(0, 64)} is not a sector. ${TEST_REMAP_USAGE}`);
}
