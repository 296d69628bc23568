import { amount } from './effort';

/** The first round warms up, and isn't counted; a smoke run has none. */
const FIRST_ROUND = amount(-1, 0);

/** Something that is measured beside others: one pass over its workload. */
export interface Contender {
  readonly name: string;
  /** Runs one pass and answers what it took, in the unit that the caller compares. */
  readonly pass: () => Promise<number>;
}

/** What each pass of each contender took, by name. */
export type Measurements = ReadonlyMap<string, readonly number[]>;

/**
 * Lets contenders take turns, so that other work of the machine slows all of them alike. The order turns from round to round,
 * and a first round that isn't counted warms caches and the compiler. Before each pass only the young garbage is collected:
 * after a full collection everything is slow for a while, and the more so the more objects it makes.
 */
export async function takeTurns(contenders: readonly Contender[], rounds: number): Promise<Measurements> {
  const measurements = new Map<string, number[]>(contenders.map(({ name }) => [name, []]));
  for (let round = FIRST_ROUND; round < rounds; round++) {
    for (let i = 0; i < contenders.length; i++) {
      const contender = contenders[(i + Math.max(round, 0)) % contenders.length]!;
      globalThis.gc?.({ type: 'minor' });
      const taken = await contender.pass();
      if (round >= 0) measurements.get(contender.name)!.push(taken);
    }
  }
  return measurements;
}

/** How many times as fast as `base` a contender is: the median of the ratios, one from each round. */
export function speedRatio(measurements: Measurements, name: string, base: string): number {
  const baseTimes = measurements.get(base)!;
  return median(measurements.get(name)!.map((time, round) => baseTimes[round]! / time));
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Milliseconds that some work takes. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}
