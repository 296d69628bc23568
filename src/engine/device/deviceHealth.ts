import type { Clock } from '../block/blockDevice';
import { countSectors } from '../block/range';
import { type HealthInputs, healthScore, healthTerms } from '../dmsetup/healthScore';
import { HOTSPOT_LIMIT, HotspotTracker } from '../dmsetup/hotspotTracker';
import type { SectorRange } from '../errors';
import type { HealthFields } from '../metadata/structure';
import type { Statistics } from '../remap/statistics';
import type { HealthReport } from './deviceContracts';
import type { ScanReport } from './scan';

/** The health figures of the status line and the `health` message: the documented formula, always current (B12). */
export class DeviceHealth {
  readonly #statistics: Statistics;
  readonly #clock: Clock;
  readonly #hotspots = new HotspotTracker();
  /** Completed scans of the whole device: field 26. */
  scanCount = 0;

  constructor(statistics: Statistics, clock: Clock) {
    this.#statistics = statistics;
    this.#clock = clock;
  }

  get hotspotCount(): number {
    return this.#hotspots.size;
  }

  get consecutiveErrors(): number {
    return this.#hotspots.consecutiveErrors;
  }

  /** Notes the sectors of a failed request, at most as many as the tracker keeps. */
  noteFailure(sectors: readonly SectorRange[]): void {
    let left = HOTSPOT_LIMIT;
    for (const [first, count] of sectors) {
      for (let sector = first; sector < first + count && left > 0; sector++, left--) {
        this.#hotspots.record(sector);
      }
    }
  }

  score(): number {
    return healthScore(this.#inputs);
  }

  /** The score with what it is made from. */
  report(): HealthReport {
    return { score: this.score(), terms: healthTerms(this.#inputs) };
  }

  get #inputs(): HealthInputs {
    const { errors, totalIos } = this.#statistics;
    return {
      ioErrors: errors,
      totalIos,
      consecutiveErrors: this.consecutiveErrors,
      hotspots: this.hotspotCount,
    };
  }

  /** A completed scan as the metadata's health fields have it (FORMAT.md, section 2). */
  afterScan(report: ScanReport): Partial<HealthFields> {
    return {
      last_full_scan: BigInt(Math.floor(this.#clock.now() / 1000)),
      health_score: this.score(),
      scan_progress_percent: 100,
      total_errors_found: toU32(this.#statistics.errors),
      predictive_remaps: toU32(report.rescued),
      sectors_scanned: toU32(report.scannedSectors),
      errors_detected: toU32(countSectors(report.failing) - countSectors(report.notRescued)),
      slow_sectors_found: toU32(countSectors(report.slow)),
    };
  }
}

function toU32(count: number): number {
  return Math.min(count, 0xffff_ffff);
}
