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
type HealthSteps = readonly (readonly [above: number, penalty: number])[];

/** By errors per 10,000 requests. */
const ERROR_RATE: HealthSteps = [
  [100, 50],
  [10, 20],
  [1, 5],
];
const CONSECUTIVE_ERRORS: HealthSteps = [
  [10, 30],
  [5, 15],
];
const HOTSPOTS: HealthSteps = [
  [20, 25],
  [10, 10],
];

/** What takes points from a health score. */
export interface HealthTerm {
  /** `errorRate`: failed requests per 10,000. `consecutiveErrors`, `hotspots`: as in {@link HealthInputs}. */
  readonly name: 'errorRate' | 'consecutiveErrors' | 'hotspots';
  readonly value: number;
  /** The points that it takes. */
  readonly penalty: number;
  readonly steps: HealthSteps;
}

/** The terms of a health score: each takes its penalty from 100. */
export function healthTerms(inputs: HealthInputs): HealthTerm[] {
  const { ioErrors, totalIos, consecutiveErrors, hotspots } = inputs;
  const errorRate = ioErrors === 0 ? 0 : Math.floor((ioErrors * 10_000) / Math.max(1, totalIos));
  return [
    term('errorRate', errorRate, ERROR_RATE),
    term('consecutiveErrors', consecutiveErrors, CONSECUTIVE_ERRORS),
    term('hotspots', hotspots, HOTSPOTS),
  ];
}

/**
 * 0 (failing) to 100 (healthy) by the kernel's formula (KERNEL.md, section 7) without its bugs (B12): the score stops
 * at 0 and doesn't wrap, errors never raise it, and it is that of the inputs whenever it is asked for. Response times
 * don't count: those of an image are the host's, and say nothing of the disk that it stands for.
 */
export function healthScore(inputs: HealthInputs): number {
  const penalties = healthTerms(inputs).reduce((sum, { penalty }) => sum + penalty, 0);
  return Math.max(0, 100 - penalties);
}

function term(name: HealthTerm['name'], value: number, steps: HealthSteps): HealthTerm {
  return { name, value, penalty: steps.find(([above]) => value > above)?.[1] ?? 0, steps };
}
