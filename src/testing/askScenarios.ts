import { SCENARIOS, type Scenario } from '../engine';
import type { Dialog } from '../frame/dialog';

/** The scenarios that can run on copies of a device's images. */
export const scenariosForCopiedImages = SCENARIOS.filter(({ canUseCopiedImages }) => canUseCopiedImages);

/** Asks which scenarios to run. */
export function askScenarios(dialog: Dialog, choices: readonly Scenario[]): Promise<Scenario[]> {
  const offered = choices.map((scenario) => ({
    label: scenario.title,
    detail: scenario.objective,
    value: scenario,
  }));
  return dialog.choices('Scenarios to run', offered);
}
