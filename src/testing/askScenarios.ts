import { SCENARIOS, type Scenario } from '../engine';
import { askChoices } from '../frame/ask';

/** The scenarios that can run on copies of a device's images. */
export const scenariosForCopiedImages = SCENARIOS.filter(({ canUseCopiedImages }) => canUseCopiedImages);

/** Asks which scenarios to run; undefined: the person cancelled, or picked none. */
export async function askScenarios(
  title: string,
  choices: readonly Scenario[],
): Promise<readonly Scenario[] | undefined> {
  const offered = choices.map((scenario) => ({
    label: scenario.title,
    description: scenario.name,
    detail: scenario.objective,
    value: scenario,
  }));
  const picked = await askChoices(title, 'Scenarios to run', offered);
  return picked?.length ? picked : undefined;
}
