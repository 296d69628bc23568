import { type Dialect, reportedSpareSectors, type StatusLine } from './status';
import type { U64 } from './tableWords';

/** Output formats of dmremap-status 1.0.0 that are derived from the line. */
export type StatusFormat = 'human' | 'json' | 'csv' | 'compact';

/** The judgements that dmremap-status prints beside its figures. */
export type Rating = 'EXCELLENT' | 'GOOD' | 'FAIR' | 'POOR' | 'CRITICAL';

export interface StatusFormatOptions {
  /** When the line was taken; printed in UTC (the original prints local time and calls it UTC). */
  readonly time: Date;
  /** Decides what is shown as the spare's size: the original shows field 17 as printed. Default `head`: the true size. */
  readonly dialect?: Dialect;
}

const RATINGS: readonly Rating[] = ['EXCELLENT', 'GOOD', 'FAIR', 'POOR'];
const BOX_WIDTH = 75;
const LABEL_WIDTH = 22;
const BYTES_PER_MIB = 1_048_576;
const BYTES_PER_GIB = 1_073_741_824;

/** Rates a health score of 0 to 100. Above 100 the score has underflowed (B12), which is critical and not excellent. */
export function rateHealth(score: number): Rating {
  return score > 100
    ? 'CRITICAL'
    : (RATINGS[[95, 80, 60, 40].findIndex((least) => score >= least)] ?? 'CRITICAL');
}

/** Rates the average time of a request. */
export function rateLatency(nanoseconds: number): Rating {
  const limits = [10_000, 50_000, 100_000, 1_000_000];
  return RATINGS[limits.findIndex((limit) => nanoseconds < limit)] ?? 'CRITICAL';
}

/** Rates the share of cache lookups that hit. */
export function rateCache(percent: number): Rating {
  return RATINGS[[80, 60, 40, 20].findIndex((least) => percent >= least)] ?? 'CRITICAL';
}

/**
 * A status as dmremap-status 1.0.0 shows it (KERNEL.md, section 9), ending with a newline. Left out is its
 * `[UNREALISTIC]` mark on a spare whose size it can't believe: in the `head` dialect the size is true.
 */
export function describeStatus(
  status: StatusLine,
  format: StatusFormat,
  options: StatusFormatOptions,
): string {
  const derived = derive(status, options);
  switch (format) {
    case 'human':
      return formatHuman(status, derived);
    case 'json':
      return formatJson(status, derived);
    case 'csv':
      return formatCsv(status, derived);
    case 'compact':
      return formatCompact(status, derived);
  }
}

interface Derived {
  readonly timestamp: string;
  readonly sizeGib: number;
  readonly spareSectors: U64;
  readonly spareBytes: number;
  readonly latencyUs: number;
  readonly throughputMibps: number;
  readonly lookups: U64;
  readonly health: Rating;
}

function derive(status: StatusLine, { time, dialect = 'head' }: StatusFormatOptions): Derived {
  const spareSectors = reportedSpareSectors(status, dialect);
  return {
    timestamp: time.toISOString().replace(/\.\d+Z$/, 'Z'),
    sizeGib: (Number(status.sectorCount) * status.sectorSizeBytes) / BYTES_PER_GIB,
    spareSectors,
    spareBytes: Number(spareSectors) * status.sectorSizeBytes,
    latencyUs: Number(status.averageLatencyNs) / 1000,
    throughputMibps: Number(status.peakBytesPerSecond) / BYTES_PER_MIB,
    lookups: BigInt(status.cacheHits) + BigInt(status.cacheMisses),
    health: rateHealth(status.healthScore),
  };
}

function formatHuman(status: StatusLine, derived: Derived): string {
  const cacheRating = rateCache(status.cacheHitRatePercent);
  const sections = [
    [
      row('Device Version', status.version),
      row('Device Size', `${fixed(derived.sizeGib, 1)} GB (${status.sectorCount} sectors)`),
      '',
      row('Main Device', status.mainPath),
      row('Spare Device', status.sparePath),
      row('Spare Capacity', 'Available'),
      `    └─ ${capacity(derived.spareBytes)} (${derived.spareSectors} sectors)`,
    ],
    [
      '─ PERFORMANCE',
      row('Avg Latency', `${fixed(derived.latencyUs, 1)} μs  [${rateLatency(derived.latencyUs * 1000)}]`),
      row('Throughput', `${fixed(derived.throughputMibps, 0)} MB/s`),
      row('I/O Operations', `${status.ioOperations} completed`),
    ],
    [
      '─ HEALTH',
      row('Health Score', `[${derived.health} ${status.healthScore}/100]`),
      row('Operational State', status.operationalState),
      row('Errors', `${status.errorCount}`),
      row('Hotspots', `${status.hotspotCount} ${status.hotspotCount > 0 ? '!' : '✓'}`),
    ],
    [
      '─ REMAPPING',
      row('Active Remaps', `${status.activeMappings}`),
      row('Remapped I/O', share(status.remappedIos, status.totalIos)),
      row('Remapped Sectors', `${status.remappedSectors}`),
      row('Total I/O', `${status.readCount} reads, ${status.writeCount} writes`),
    ],
    [
      '─ CACHE PERFORMANCE',
      row(
        'Cache Hit Rate',
        `${status.cacheHits} / ${derived.lookups} (${status.cacheHitRatePercent}%)  [${cacheRating}]`,
      ),
      row('Fast Path Hits', share(status.fastPathHits, derived.lookups)),
      row('Slow Path Hits', share(status.slowPathHits, derived.lookups)),
    ],
  ];
  return box('dm-remap Status', sections);
}

function box(title: string, sections: readonly (readonly string[])[]): string {
  const rule = '─'.repeat(BOX_WIDTH);
  const left = Math.floor((BOX_WIDTH - title.length) / 2);
  const lines = [`┌${rule}┐`, boxed(' '.repeat(left) + title)];
  for (const section of sections) lines.push(`├${rule}┤`, ...section.map(boxed));
  lines.push(`└${rule}┘`);
  return `${lines.join('\n')}\n`;
}

function boxed(text: string): string {
  return `│${text.padEnd(BOX_WIDTH)}│`;
}

function row(label: string, value: string): string {
  return `  ${label.padEnd(LABEL_WIDTH)}: ${value}`;
}

function share(part: U64, whole: U64): string {
  const percent = Number(whole) === 0 ? 0 : (Number(part) * 100) / Number(whole);
  return `${part} / ${whole} (${fixed(percent, 1)}%)`;
}

function capacity(bytes: number): string {
  return bytes >= BYTES_PER_GIB
    ? `${fixed(bytes / BYTES_PER_GIB, 1)} GB`
    : `${fixed(bytes / BYTES_PER_MIB, 1)} MB`;
}

type JsonGroup = readonly (readonly [name: string, value: string | U64])[];

function formatJson(status: StatusLine, derived: Derived): string {
  const text = (value: string) => JSON.stringify(value);
  const groups: readonly (readonly [name: string, group: JsonGroup])[] = [
    [
      'device',
      [
        ['version', text(status.version)],
        ['target', text(status.target)],
        ['size_sectors', status.sectorCount],
        ['size_gb', fixed(derived.sizeGib, 2)],
        ['sector_size', status.sectorSizeBytes],
      ],
    ],
    [
      'devices',
      [
        ['main', text(status.mainPath)],
        ['spare', text(status.sparePath)],
        ['spare_capacity_sectors', derived.spareSectors],
        ['spare_capacity_gb', fixed(derived.spareBytes / BYTES_PER_GIB, 2)],
      ],
    ],
    ...counterGroups(status, derived),
    [
      'health',
      [
        ['score', status.healthScore],
        ['status', text(derived.health)],
        ['hotspots', status.hotspotCount],
        ['health_scans', status.healthScanCount],
      ],
    ],
    [
      'operational',
      [
        ['state', text(status.operationalState)],
        ['mode', text(status.deviceMode)],
      ],
    ],
  ];
  const body = groups.map(([name, group]) => {
    const members = group.map(([key, value]) => `    "${key}": ${value}`).join(',\n');
    return `  "${name}": {\n${members}\n  }`;
  });
  return `{\n${[`  "timestamp": "${derived.timestamp}"`, ...body].join(',\n')}\n}\n`;
}

function counterGroups(status: StatusLine, derived: Derived): [string, JsonGroup][] {
  return [
    [
      'io_statistics',
      [
        ['total_reads', status.readCount],
        ['total_writes', status.writeCount],
        ['total_remaps', status.remappedReadCount],
        ['total_errors', status.errorCount],
      ],
    ],
    [
      'performance',
      [
        ['io_ops_completed', status.ioOperations],
        ['total_time_ns', status.totalIoTimeNs],
        ['avg_latency_ns', status.averageLatencyNs],
        ['avg_latency_us', fixed(derived.latencyUs, 2)],
        ['throughput_bps', status.peakBytesPerSecond],
        ['throughput_mbps', fixed(derived.throughputMibps, 2)],
      ],
    ],
    [
      'remapping',
      [
        ['active_remaps', status.activeMappings],
        ['total_ios', status.totalIos],
        ['normal_ios', status.normalIos],
        ['remapped_ios', status.remappedIos],
        ['remapped_sectors', status.remappedSectors],
      ],
    ],
    [
      'cache',
      [
        ['hits', status.cacheHits],
        ['misses', status.cacheMisses],
        ['total_lookups', derived.lookups],
        ['fast_path_hits', status.fastPathHits],
        ['slow_path_hits', status.slowPathHits],
        ['hit_rate_percent', status.cacheHitRatePercent],
      ],
    ],
  ];
}

function formatCsv(status: StatusLine, derived: Derived): string {
  const columns: readonly (readonly [name: string, value: string | U64])[] = [
    ['timestamp', derived.timestamp],
    ['device', status.mainPath],
    ['version', status.version],
    ['size_gb', fixed(derived.sizeGib, 1)],
    ['health_score', status.healthScore],
    ['health_status', derived.health],
    ['operational_state', status.operationalState],
    ['avg_latency_us', fixed(derived.latencyUs, 1)],
    ['throughput_mbps', fixed(derived.throughputMibps, 0)],
    ['total_reads', status.readCount],
    ['total_writes', status.writeCount],
    ['total_errors', status.errorCount],
    ['active_remaps', status.activeMappings],
    ['remapped_ios', status.remappedIos],
    ['remapped_sectors', status.remappedSectors],
    ['cache_hit_rate', status.cacheHitRatePercent],
    ['total_ios_completed', status.ioOperations],
    ['hotspots', status.hotspotCount],
  ];
  const header = columns.map(([name]) => name).join(',');
  return `# ${header}\n${columns.map(([, value]) => csvCell(String(value))).join(',')}\n`;
}

function csvCell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function formatCompact(status: StatusLine, derived: Derived): string {
  return (
    `${status.version}: health=${status.healthScore}% latency=${fixed(derived.latencyUs, 1)}μs ` +
    `throughput=${fixed(derived.throughputMibps, 0)}MB/s cache=${status.cacheHitRatePercent}% ` +
    `errors=${status.errorCount} hotspots=${status.hotspotCount}\n`
  );
}

/** As C's `%.Nf`, which rounds an exact tie to even where `toFixed` rounds it up. */
function fixed(value: number, digits: number): string {
  // Underflowed counters give ratios that toFixed prints with an exponent.
  if (value >= 1e21) return value.toFixed(digits);
  const [whole, fraction] = value.toFixed(100).split('.') as [string, string];
  const kept = digits === 0 ? whole : `${whole}.${fraction.slice(0, digits)}`;
  const isTie = /^50*$/.test(fraction.slice(digits));
  return isTie && /[02468]$/.test(kept) ? kept : value.toFixed(digits);
}
