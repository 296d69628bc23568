import { RemapError } from '../errors';
import { type BenchOptions, CheckFailed, ScenarioBench } from './bench';
import type { Scenario } from './scenario';
import type { ScenarioFailure, ScenarioResult } from './scenarioResult';

/**
 * Runs one scenario to its end. A check that doesn't hold, or an error of the engine, is a result, not an exception; the
 * scenario's devices are removed either way. One that needs what this computer lacks doesn't run, and says so.
 * @throws RemapError `ECANCELED` when the signal ends it
 */
export async function runScenario(
  scenario: Scenario,
  options: Omit<BenchOptions, 'name'>,
): Promise<ScenarioResult> {
  const bench = new ScenarioBench({ ...options, name: scenario.name });
  const startedAt = performance.now();
  const missing = (await scenario.missing?.()) ?? [];
  const failure = missing.length === 0 ? await attempt(scenario, bench) : null;
  const { name, title, objective, proves, doesNotProve } = scenario;
  return {
    name,
    title,
    objective,
    passed: failure === null && missing.length === 0,
    missing,
    seconds: Math.round(performance.now() - startedAt) / 1000,
    configuration: bench.configuration,
    steps: bench.steps,
    statusLines: bench.statusLines,
    sectors: bench.sectors,
    findings: bench.findings,
    proves,
    doesNotProve,
    failure,
  };
}

async function attempt(scenario: Scenario, bench: ScenarioBench): Promise<ScenarioFailure | null> {
  try {
    await scenario.run(bench);
    return null;
  } catch (error) {
    if (error instanceof RemapError && error.code === 'ECANCELED') throw error;
    return describeFailure(error, bench.deviceName);
  } finally {
    await bench.machine.close().catch(() => undefined);
  }
}

function describeFailure(error: unknown, device: string | null): ScenarioFailure {
  if (error instanceof CheckFailed) return { message: error.message, device, sector: error.sector };
  if (error instanceof RemapError) {
    return { message: `${error.code}: ${error.message}`, device, sector: error.details.sector ?? null };
  }
  return {
    message: error instanceof Error ? (error.stack ?? error.message) : String(error),
    device,
    sector: null,
  };
}
