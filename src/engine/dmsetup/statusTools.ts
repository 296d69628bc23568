import type { StatusLine } from './status';
import { type Derived, derive, fixed, type StatusFormatOptions } from './statusFigures';
import { formatHuman } from './statusHuman';
import { formatJson } from './statusJson';
import type { U64 } from './tableWords';

/** Output formats of dmremap-status 1.0.0 that are derived from the line. */
export type StatusFormat = 'human' | 'json' | 'csv' | 'compact';

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
