import { performance } from 'node:perf_hooks';

/** A clock for durations: it never goes back, and where it begins means nothing. Injected, as `Clock` is. */
export interface Ticker {
  /** Milliseconds. */
  now(): number;
}

export const systemTicker: Ticker = { now: () => performance.now() };
