import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DEFAULT_SCENARIO_SETTINGS,
  Machine,
  runScenario,
  SCENARIOS,
  type Scenario,
  type ScenarioResult,
  selectScenarios,
} from '../../../../src/engine';
import { DEFECTS } from '../../../support/scenario/defects';

/** Small enough for a unit test; the integration suite runs the full size. */
const SETTINGS = {
  ...DEFAULT_SCENARIO_SETTINGS,
  soakSeconds: 0.3,
  powerLossPoints: 25,
  reloadCount: 2,
  largeRemapCount: 5000,
};

async function run(scenario: Scenario, machine: Machine): Promise<ScenarioResult> {
  const folder = await mkdtemp(join(tmpdir(), 'remap-scenario-'));
  try {
    return await runScenario(scenario, { machine, folder, settings: SETTINGS });
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe('Scenarios', function () {
  this.timeout(60_000);

  // Those that need mounts are tried where they can run: test/proof/fileSystems.test.ts.
  for (const scenario of SCENARIOS.filter(({ missing }) => !missing)) {
    it(`${scenario.name} passes`, async () => {
      const result = await run(scenario, new Machine());
      assert.equal(result.failure, null);
      assert.ok(result.findings.length > 0 && result.steps.length > 0 && result.configuration.length > 0);
    });

    it(`${scenario.name} fails with the defect that it is after, and says why`, async () => {
      const defect = DEFECTS[scenario.name];
      assert.ok(defect, `no defect is known for ${scenario.name}`);
      const result = await run(scenario, defect.machine());
      assert.equal(result.passed, false);
      assert.match(result.failure?.message ?? '', defect.says);
    });
  }

  it('are selected by name, in their order, and an unknown name is refused', () => {
    const names = selectScenarios(['soak', 'data-integrity']).map(({ name }) => name);
    assert.deepEqual(names, ['data-integrity', 'soak']);
    assert.throws(
      () => selectScenarios(['data-integrety']),
      /no scenario 'data-integrety'; the scenarios are/,
    );
  });
});
