import type { StatusLine } from './status';
import { BYTES_PER_GIB, BYTES_PER_MIB, type Derived, fixed, rateCache, rateLatency } from './statusFigures';
import type { U64 } from './tableWords';

const BOX_WIDTH = 75;
const LABEL_WIDTH = 22;

/** The box that dmremap-status prints for people. */
export function formatHuman(status: StatusLine, derived: Derived): string {
  return box('dm-remap Status', [
    deviceRows(status, derived),
    performanceRows(status, derived),
    healthRows(status, derived),
    remapRows(status),
    cacheRows(status, derived),
  ]);
}

function deviceRows(status: StatusLine, { sizeGib, spareBytes, spareSectors }: Derived): string[] {
  return [
    row('Device Version', status.version),
    row('Device Size', `${fixed(sizeGib, 1)} GB (${status.sectorCount} sectors)`),
    '',
    row('Main Device', status.mainPath),
    row('Spare Device', status.sparePath),
    row('Spare Capacity', 'Available'),
    `    └─ ${capacity(spareBytes)} (${spareSectors} sectors)`,
  ];
}

function performanceRows(status: StatusLine, { latencyUs, throughputMibps }: Derived): string[] {
  return [
    '─ PERFORMANCE',
    row('Avg Latency', `${fixed(latencyUs, 1)} μs  [${rateLatency(latencyUs * 1000)}]`),
    row('Throughput', `${fixed(throughputMibps, 0)} MB/s`),
    row('I/O Operations', `${status.ioOperations} completed`),
  ];
}

function healthRows(status: StatusLine, { health }: Derived): string[] {
  return [
    '─ HEALTH',
    row('Health Score', `[${health} ${status.healthScore}/100]`),
    row('Operational State', status.operationalState),
    row('Errors', `${status.errorCount}`),
    row('Hotspots', `${status.hotspotCount} ${status.hotspotCount > 0 ? '!' : '✓'}`),
  ];
}

function remapRows(status: StatusLine): string[] {
  return [
    '─ REMAPPING',
    row('Active Remaps', `${status.activeMappings}`),
    row('Remapped I/O', share(status.remappedIos, status.totalIos)),
    row('Remapped Sectors', `${status.remappedSectors}`),
    row('Total I/O', `${status.readCount} reads, ${status.writeCount} writes`),
  ];
}

function cacheRows(status: StatusLine, { lookups }: Derived): string[] {
  const { cacheHits, cacheHitRatePercent: percent } = status;
  return [
    '─ CACHE PERFORMANCE',
    row('Cache Hit Rate', `${cacheHits} / ${lookups} (${percent}%)  [${rateCache(percent)}]`),
    row('Fast Path Hits', share(status.fastPathHits, lookups)),
    row('Slow Path Hits', share(status.slowPathHits, lookups)),
  ];
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
