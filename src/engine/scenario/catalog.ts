import { RemapError } from '../errors';
import { corruptCopies, powerLoss } from './crash';
import { failingSpare, intermittentReads, spareFull } from './faultScenarios';
import { MOUNTED_SCENARIOS } from './mountedScenarios';
import {
  dataIntegrity,
  metadataAbsent,
  metadataLate,
  rebootReassembly,
  remapPersistence,
} from './persistence';
import { lostSpare } from './pool';
import { manyRemaps, millionRemaps } from './scale';
import type { Scenario } from './scenario';
import { soak } from './soak';

/** Every scenario, in the order in which they run. */
export const SCENARIOS: readonly Scenario[] = [
  dataIntegrity,
  remapPersistence,
  metadataAbsent,
  metadataLate,
  rebootReassembly,
  powerLoss,
  corruptCopies,
  manyRemaps,
  spareFull,
  failingSpare,
  lostSpare,
  intermittentReads,
  millionRemaps,
  soak,
  ...MOUNTED_SCENARIOS,
];

/**
 * The scenarios of the given names, in the catalog's order; all without names.
 * @throws RemapError `EINVAL` for a name that there isn't
 */
export function selectScenarios(names?: readonly string[]): readonly Scenario[] {
  const unknown = names?.filter((name) => !SCENARIOS.some((scenario) => scenario.name === name)) ?? [];
  if (unknown.length > 0) {
    const known = SCENARIOS.map((scenario) => scenario.name).join(', ');
    throw new RemapError('EINVAL', `there is no scenario '${unknown[0]}'; the scenarios are ${known}`);
  }
  return names ? SCENARIOS.filter((scenario) => names.includes(scenario.name)) : SCENARIOS;
}
