import type { StatusLine } from './status';
import { BYTES_PER_GIB, type Derived, fixed } from './statusFigures';
import type { U64 } from './tableWords';

/** A group's members: names, and values as they stand in the text. */
type JsonGroup = readonly (readonly [name: string, value: string | U64])[];

/** The JSON of dmremap-status, laid out as it prints it. */
export function formatJson(status: StatusLine, derived: Derived): string {
  const groups: Readonly<Record<string, JsonGroup>> = {
    ...deviceGroups(status, derived),
    ...counterGroups(status, derived),
    ...remapGroups(status, derived),
    ...stateGroups(status, derived),
  };
  const body = Object.entries(groups).map(([name, group]) => {
    const members = group.map(([key, value]) => `    "${key}": ${value}`).join(',\n');
    return `  "${name}": {\n${members}\n  }`;
  });
  return `{\n${[`  "timestamp": "${derived.timestamp}"`, ...body].join(',\n')}\n}\n`;
}

function deviceGroups(status: StatusLine, derived: Derived): Record<string, JsonGroup> {
  return {
    device: [
      ['version', JSON.stringify(status.version)],
      ['target', JSON.stringify(status.target)],
      ['size_sectors', status.sectorCount],
      ['size_gb', fixed(derived.sizeGib, 2)],
      ['sector_size', status.sectorSizeBytes],
    ],
    devices: [
      ['main', JSON.stringify(status.mainPath)],
      ['spare', JSON.stringify(status.sparePath)],
      ['spare_capacity_sectors', derived.spareSectors],
      ['spare_capacity_gb', fixed(derived.spareBytes / BYTES_PER_GIB, 2)],
    ],
  };
}

function counterGroups(status: StatusLine, derived: Derived): Record<string, JsonGroup> {
  return {
    io_statistics: [
      ['total_reads', status.readCount],
      ['total_writes', status.writeCount],
      ['total_remaps', status.remappedReadCount],
      ['total_errors', status.errorCount],
    ],
    performance: [
      ['io_ops_completed', status.ioOperations],
      ['total_time_ns', status.totalIoTimeNs],
      ['avg_latency_ns', status.averageLatencyNs],
      ['avg_latency_us', fixed(derived.latencyUs, 2)],
      ['throughput_bps', status.peakBytesPerSecond],
      ['throughput_mbps', fixed(derived.throughputMibps, 2)],
    ],
  };
}

function remapGroups(status: StatusLine, derived: Derived): Record<string, JsonGroup> {
  return {
    remapping: [
      ['active_remaps', status.activeMappings],
      ['total_ios', status.totalIos],
      ['normal_ios', status.normalIos],
      ['remapped_ios', status.remappedIos],
      ['remapped_sectors', status.remappedSectors],
    ],
    cache: [
      ['hits', status.cacheHits],
      ['misses', status.cacheMisses],
      ['total_lookups', derived.lookups],
      ['fast_path_hits', status.fastPathHits],
      ['slow_path_hits', status.slowPathHits],
      ['hit_rate_percent', status.cacheHitRatePercent],
    ],
  };
}

function stateGroups(status: StatusLine, derived: Derived): Record<string, JsonGroup> {
  return {
    health: [
      ['score', status.healthScore],
      ['status', JSON.stringify(derived.health)],
      ['hotspots', status.hotspotCount],
      ['health_scans', status.healthScanCount],
    ],
    operational: [
      ['state', JSON.stringify(status.operationalState)],
      ['mode', JSON.stringify(status.deviceMode)],
    ],
  };
}
