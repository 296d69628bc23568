import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PersistenceTestResult, ScenarioValue } from './commandResults';
import { markdownCode, markdownText } from './foreignText';
import { formatReport, type ReportContext } from './scenarioReport';
import type { Outcome } from './scenarioRun';
import { plural } from './wording';

/** Where one run's report and images go. */
export interface RunPlace {
  readonly report: string;
  /** Does not exist yet. */
  readonly folder: string;
}

/** The report as data, for callers in code. */
export function resultOf(outcomes: readonly Outcome[], report: string): PersistenceTestResult {
  const scenarios = outcomes.map(({ result, deviceFile }): ScenarioValue => {
    const { name, passed, seconds, ...details } = result;
    return { name, passed, seconds, details: { ...details, deviceFile } };
  });
  const passed = scenarios.filter((scenario) => scenario.passed).length;
  const skipped = scenarios.filter(({ details }) => details.missing.length > 0).length;
  return { passed, failed: scenarios.length - passed - skipped, skipped, scenarios, report };
}

/** What came of a run, in a sentence: a scenario that could not run has neither passed nor failed. */
export function describeRun({ passed, failed, skipped }: PersistenceTestResult): string {
  const ran = plural(passed + failed, 'persistence scenario');
  const verdict = failed > 0 ? `${failed} of ${ran} failed` : `${ran} passed`;
  return `${verdict}${describeSkipped(skipped)}.`;
}

/** The rest of a sentence on the scenarios that ran; empty where all did. */
export function describeSkipped(skipped: number): string {
  return skipped > 0 ? `, ${skipped} could not run here` : '';
}

/** The report as Markdown, with the places of the images that failures left. */
export function formatTestReport(outcomes: readonly Outcome[], context: ReportContext): string {
  const text = formatReport(outcomes, context);
  const kept = outcomes.flatMap(({ result, keptFolder }) =>
    keptFolder === null ? [] : [`- ${markdownText(result.title)}: ${markdownCode(keptFolder)}`],
  );
  if (kept.length === 0) return text;
  return `${text}\n---\n\n## Kept Images\n\n${kept.join('\n')}\n`;
}

/** Chooses names for a run's report and images that no other run has. Makes the folder and an empty report. */
export async function placeRun(base: string, startedAt: Date): Promise<RunPlace> {
  await mkdir(base, { recursive: true });
  const time = startedAt.toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-');
  for (let i = 1; ; i++) {
    const name = join(base, `persistence-test-${time}${i === 1 ? '' : `-${i}`}`);
    if (await claim(`${name}.md`)) return { report: `${name}.md`, folder: name };
  }
}

/** Makes an empty file; false when the file exists already. */
async function claim(path: string): Promise<boolean> {
  try {
    await writeFile(path, '', { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}
