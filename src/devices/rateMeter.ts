import type { ExportFigures } from '../engine';

/** What clients of an export do in a second. */
export interface ExportRates {
  readonly reads: number;
  readonly writes: number;
  readonly flushes: number;
  readonly bytesRead: number;
  readonly bytesWritten: number;
}

const IDLE: ExportRates = { reads: 0, writes: 0, flushes: 0, bytesRead: 0, bytesWritten: 0 };
const COUNTERS = Object.keys(IDLE) as (keyof ExportRates)[];

/** Makes rates of counters that are looked at from time to time. */
export class RateMeter {
  rates: ExportRates = IDLE;
  #last: { readonly counts: ExportRates; readonly atMs: number } | null = null;

  /** Looks at the counters. @returns whether the counters or the rates are others than before */
  sample(counts: ExportFigures, atMs: number): boolean {
    const before = this.rates;
    const { counts: last, atMs: lastMs } = this.#last ?? { counts: IDLE, atMs: atMs - 1000 };
    const seconds = (atMs - lastMs) / 1000;
    const perSecond = (key: keyof ExportRates): number =>
      seconds > 0 ? (counts[key] - last[key]) / seconds : 0;
    this.rates = Object.fromEntries(COUNTERS.map((key) => [key, perSecond(key)])) as unknown as ExportRates;
    this.#last = { counts, atMs };
    return COUNTERS.some((key) => counts[key] !== last[key] || before[key] !== this.rates[key]);
  }
}
