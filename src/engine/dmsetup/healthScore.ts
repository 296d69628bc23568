/** What the health score is made from. */
export interface HealthInputs {
  /** Failed requests. */
  readonly ioErrors: number;
  readonly totalIos: number;
  /** Length of the latest run of errors on one sector. */
  readonly consecutiveErrors: number;
  /** Sectors tracked as hotspots. */
  readonly hotspots: number;
}

/** `[above, penalty]`, the highest threshold first. */
type Steps = readonly (readonly [above: number, penalty: number])[];

/** By errors per 10,000 requests. */
const ERROR_RATE: Steps = [
  [100, 50],
  [10, 20],
  [1, 5],
];
const CONSECUTIVE_ERRORS: Steps = [
  [10, 30],
  [5, 15],
];
const HOTSPOTS: Steps = [
  [20, 25],
  [10, 10],
];

/**
 * 0 (failing) to 100 (healthy) by the kernel's formula (KERNEL.md, section 7) without its bugs (B12): the score stops
 * at 0 and doesn't wrap, errors never raise it, and it is that of the inputs whenever it is asked for. Response times
 * don't count: those of an image are the host's, and say nothing of the disk that it stands for.
 */
export function healthScore(inputs: HealthInputs): number {
  const errorRate =
    inputs.ioErrors === 0 ? 0 : Math.floor((inputs.ioErrors * 10_000) / Math.max(1, inputs.totalIos));
  const penalties =
    penalty(errorRate, ERROR_RATE) +
    penalty(inputs.consecutiveErrors, CONSECUTIVE_ERRORS) +
    penalty(inputs.hotspots, HOTSPOTS);
  return Math.max(0, 100 - penalties);
}

function penalty(value: number, steps: Steps): number {
  return steps.find(([above]) => value > above)?.[1] ?? 0;
}
