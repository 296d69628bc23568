import * as vscode from 'vscode';
import { SCENARIOS, type Scenario } from '../engine';

/** The scenarios that can run on copies of a device's images. */
export const scenariosForCopiedImages = SCENARIOS.filter(({ canUseCopiedImages }) => canUseCopiedImages);

/** Asks which scenarios to run; undefined: the person cancelled, or picked none. */
export async function askScenarios(
  title: string,
  choices: readonly Scenario[],
): Promise<readonly Scenario[] | undefined> {
  const items = choices.map((scenario) => ({
    label: scenario.title,
    description: scenario.name,
    detail: scenario.objective,
    picked: true,
    scenario,
  }));
  const picked = await vscode.window.showQuickPick(items, {
    title,
    placeHolder: 'Scenarios to run',
    canPickMany: true,
    matchOnDescription: true,
    matchOnDetail: true,
  });
  return picked?.length ? picked.map(({ scenario }) => scenario) : undefined;
}
