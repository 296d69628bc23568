import { performance } from 'node:perf_hooks';

/** A clock for durations: it never goes back, and only differences of its times mean anything. Injected, as `Clock` is. */
export interface Ticker {
  /** Milliseconds. */
  now(): number;
}

export const systemTicker: Ticker = { now: () => performance.now() };
