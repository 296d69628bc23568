import { type Random, randomInteger } from './random';

/**
 * Which unflushed writes reached the medium before a power loss:
 * * `sectors`: each version of each sector by itself, so that runs are torn between sectors;
 * * `writes`: each write as a whole, in any combination;
 * * `prefix`, `suffix`: the earlier ones and not the later, or the later and not the earlier;
 * * `all`, `none`.
 *
 * With many unflushed sectors, chance alone would hardly ever hit the other cases, so they are modes of their own.
 */
export type SurvivalMode = 'sectors' | 'writes' | 'prefix' | 'suffix' | 'all' | 'none';

/** The outcome of one power loss on one disk. */
export interface Survival {
  readonly mode: SurvivalMode;
  /**
   * Whether the bytes that the unflushed write number `write` wrote to `sector` reached the medium. A sector holds the
   * latest bytes that did, or what it held before. Call it once for each pair: the answer may be drawn anew.
   */
  survives(sector: number, write: number): boolean;
}

export const allSurvive: Survival = { mode: 'all', survives: () => true };
export const noneSurvive: Survival = { mode: 'none', survives: () => false };

/** `sectors` and `writes` include every outcome, so they are drawn more often. */
const MODES: readonly SurvivalMode[] = [
  'sectors',
  'sectors',
  'sectors',
  'writes',
  'writes',
  'prefix',
  'suffix',
  'all',
  'none',
];

/**
 * Draws the outcome of a power loss. Unflushed writes are numbered in the order in which they came, all of them in
 * `[firstWrite, endWrite)`.
 */
export function randomSurvival(random: Random, firstWrite: number, endWrite: number): Survival {
  const mode = MODES[randomInteger(random, MODES.length)]!;
  const turn = firstWrite + randomInteger(random, endWrite - firstWrite + 1);
  const byWrite = new Map<number, boolean>();
  const coin = (): boolean => random() < 0.5;
  switch (mode) {
    case 'all':
      return allSurvive;
    case 'none':
      return noneSurvive;
    case 'prefix':
      return { mode, survives: (_sector, write) => write < turn };
    case 'suffix':
      return { mode, survives: (_sector, write) => write >= turn };
    case 'writes':
      return {
        mode,
        survives: (_sector, write) => {
          const known = byWrite.get(write) ?? coin();
          byWrite.set(write, known);
          return known;
        },
      };
    case 'sectors':
      return { mode, survives: coin };
  }
}
