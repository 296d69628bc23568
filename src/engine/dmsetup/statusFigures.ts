import { type Dialect, reportedSpareSectors, type StatusLine } from './status';
import type { U64 } from './tableWords';

/** The judgements that dmremap-status prints beside its figures. */
export type Rating = 'EXCELLENT' | 'GOOD' | 'FAIR' | 'POOR' | 'CRITICAL';

export interface StatusFormatOptions {
  /** When the line was taken; printed in UTC (the original prints local time and calls it UTC). */
  readonly time: Date;
  /** Decides what is shown as the spare's size: the original shows field 17 as printed. Default `head`: the true size. */
  readonly dialect?: Dialect;
}

const RATINGS: readonly Rating[] = ['EXCELLENT', 'GOOD', 'FAIR', 'POOR'];
export const BYTES_PER_MIB = 1_048_576;
export const BYTES_PER_GIB = 1_073_741_824;

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

/** Figures that dmremap-status derives from a status line. */
export interface Derived {
  readonly timestamp: string;
  readonly sizeGib: number;
  readonly spareSectors: U64;
  readonly spareBytes: number;
  readonly latencyUs: number;
  readonly throughputMibps: number;
  readonly lookups: U64;
  readonly health: Rating;
}

/** Derives the figures of a status line. */
export function derive(status: StatusLine, { time, dialect = 'head' }: StatusFormatOptions): Derived {
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

/** As C's `%.Nf`, which rounds an exact tie to even where `toFixed` rounds it up. */
export function fixed(value: number, digits: number): string {
  // Underflowed counters give ratios that toFixed prints with an exponent.
  if (value >= 1e21) return value.toFixed(digits);
  const [whole, fraction] = value.toFixed(100).split('.') as [string, string];
  const kept = digits === 0 ? whole : `${whole}.${fraction.slice(0, digits)}`;
  const isTie = /^50*$/.test(fraction.slice(digits));
  return isTie && /[02468]$/.test(kept) ? kept : value.toFixed(digits);
}
