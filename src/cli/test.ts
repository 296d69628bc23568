import { rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { displayName, version } from '../../package.json';
import { runPersistenceTestOptions } from '../contract/commandArguments';
import { type RunFollower, runScenarios } from '../contract/scenarioRun';
import { describeSkipped, formatTestReport, placeRun, resultOf } from '../contract/testReport';
import { plural } from '../contract/wording';
import { DEFAULT_SCENARIO_SETTINGS, type ScenarioResult } from '../engine';
import type { Given } from './commandLine';
import { EXIT } from './exitCodes';
import { formatJunit } from './junit';
import { numberOption, pathOption, usage } from './operands';
import type { Surroundings } from './surroundings';

/** Runs the persistence scenarios and writes their report. @throws UsageError; RemapError `ECANCELED`; the system's error */
export async function runTest(given: Given, surroundings: Surroundings): Promise<number> {
  const { terminal } = surroundings;
  const files = { report: pathOption(given, 'report'), junit: pathOption(given, 'junit') };
  const { scenarios, settings } = usage(given, () => testOptions(given));
  const startedAt = new Date();
  const place = await placeRun(join(tmpdir(), `remap-inspector-tests-${userInfo().uid}`), startedAt);
  const report = files.report ?? place.report;
  try {
    // A place that can't be written is told before the scenarios run, not after.
    for (const file of [files.report, files.junit]) if (file !== undefined) await writeFile(file, '');
    const outcomes = await runScenarios(
      {
        scenarios,
        settings: { ...DEFAULT_SCENARIO_SETTINGS, ...settings },
        folder: place.folder,
        signal: surroundings.task.signal,
      },
      followerOf(given, surroundings),
    );
    const context = { startedAt, product: `${displayName} ${version}` };
    await writeFile(report, formatTestReport(outcomes, context));
    const result = resultOf(outcomes, report);
    if (files.junit !== undefined) await writeFile(files.junit, formatJunit(result, startedAt));
    const ran = plural(outcomes.length - result.skipped, 'scenario');
    const verdict = `${result.passed} of ${ran} passed${describeSkipped(result.skipped)}\nReport: ${report}\n`;
    await terminal.print(given.json ? `${JSON.stringify(result)}\n` : verdict);
    return result.failed > 0 ? EXIT.foundBad : EXIT.done;
  } catch (error) {
    await rm(place.report, { force: true });
    throw error;
  } finally {
    if (files.report !== undefined) await rm(place.report, { force: true });
  }
}

/** Tells each scenario's verdict as it comes, and its steps as progress. */
function followerOf(given: Given, { terminal, task }: Surroundings): RunFollower {
  const tellStep: RunFollower['onStep'] = ({ name }, text) => task.report(`${name}: ${text}`);
  return {
    onStep: tellStep,
    onProgress: tellStep,
    onEnd: ({ result }) => {
      if (!given.json) void terminal.printLine(verdictLine(result));
    },
  };
}

function verdictLine({ name, passed, seconds, failure, missing }: ScenarioResult): string {
  if (missing.length > 0) return `- ${name} was not run: it needs ${missing.join(', ')}`;
  const why = failure ? `: ${failure.message}` : '';
  return `${passed ? '✓' : '✗'} ${name} (${seconds.toFixed(1)} s)${why}`;
}

function testOptions(given: Given) {
  return runPersistenceTestOptions(
    {
      scenarios: given.operands.length > 0 ? given.operands : undefined,
      settings: {
        seed: numberOption(given, 'seed'),
        soakSeconds: numberOption(given, 'soak-seconds'),
        powerLossPoints: numberOption(given, 'power-loss-points'),
        largeRemapCount: numberOption(given, 'large-remap-count'),
      },
    },
    undefined,
  );
}
