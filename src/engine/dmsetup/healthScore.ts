/** What the health score is made from. Source: KERNEL.md, section 7. */
export interface HealthInputs {
  /** Failed requests. */
  readonly ioErrors: number;
  readonly totalIos: number;
  /** Length of the latest run of errors on one sector. */
  readonly consecutiveErrors: number;
  /** Sectors tracked as trouble spots. */
  readonly hotspots: number;
  readonly averageResponseNs: number;
}

/** One term of the score. */
interface HealthTerm {
  readonly name: 'error rate' | 'consecutive errors' | 'hotspots' | 'average response';
  /** Errors per 10,000 requests, errors, sectors, and nanoseconds, in that order of names. */
  readonly value: number;
  /** Points taken from 100. */
  readonly penalty: number;
}

/** 0 (failing) to 100 (healthy), and where the missing points went. */
export interface HealthScore {
  readonly score: number;
  readonly terms: readonly HealthTerm[];
}

/** `[above, penalty]`, the highest threshold first. */
type Steps = readonly (readonly [above: number, penalty: number])[];

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
const AVERAGE_RESPONSE_NS: Steps = [
  [10_000_000, 20],
  [1_000_000, 10],
];

/**
 * The documented health formula without its bugs (B12): the sum of penalties stops at 0 and doesn't wrap, errors never
 * raise the score, and the score is that of the inputs, whenever it is asked for.
 */
export function healthScore(inputs: HealthInputs): HealthScore {
  const errorRate =
    inputs.ioErrors === 0 ? 0 : Math.floor((inputs.ioErrors * 10_000) / Math.max(1, inputs.totalIos));
  const terms: HealthTerm[] = [
    term('error rate', errorRate, ERROR_RATE),
    term('consecutive errors', inputs.consecutiveErrors, CONSECUTIVE_ERRORS),
    term('hotspots', inputs.hotspots, HOTSPOTS),
    term('average response', inputs.averageResponseNs, AVERAGE_RESPONSE_NS),
  ];
  const penalties = terms.reduce((sum, { penalty }) => sum + penalty, 0);
  return { score: Math.max(0, 100 - penalties), terms };
}

function term(name: HealthTerm['name'], value: number, steps: Steps): HealthTerm {
  return { name, value, penalty: steps.find(([above]) => value > above)?.[1] ?? 0 };
}
