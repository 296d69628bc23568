import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import packageJson from '../../package.json';
import { runScenarios } from '../../src/contract/scenarioRun';
import { formatTestReport } from '../../src/contract/testReport';
import { DEFAULT_SCENARIO_SETTINGS, parseStatus, SCENARIOS, type ScenarioResult } from '../../src/engine';

/** With `--smoke FILE` the scenarios run small, and the report goes to that file: shows that it can be made. */
const SMOKE_SETTINGS = {
  ...DEFAULT_SCENARIO_SETTINGS,
  soakSeconds: 0.5,
  powerLossPoints: 10,
  reloadCount: 2,
  largeRemapCount: 5000,
};

/** Runs every scenario at full size and writes test/PERSISTENCE.md: the report, beside the figures of the original. */
async function main(): Promise<void> {
  const [flag, smokeFile] = process.argv.slice(2);
  const isSmoke = flag === '--smoke' && smokeFile !== undefined;
  if (flag !== undefined && !isSmoke) throw new Error('npm run report [-- --smoke FILE]');
  const startedAt = new Date();
  const temporary = await mkdtemp(join(tmpdir(), 'remap-report-'));
  try {
    const settings = isSmoke ? SMOKE_SETTINGS : DEFAULT_SCENARIO_SETTINGS;
    const run = { scenarios: SCENARIOS, settings, folder: join(temporary, 'run') };
    const outcomes = await runScenarios(run, {
      onEnd: ({ result: { name, passed, seconds, missing } }) =>
        console.log(
          missing.length > 0
            ? `skip ${name}: it needs ${missing.join(', ')}`
            : `${passed ? 'pass' : 'FAIL'} ${name} ${seconds} s`,
        ),
    });
    const report = formatTestReport(outcomes, {
      startedAt,
      product: `Remap Inspector ${packageJson.version}`,
    });
    const text = `${comparison(outcomes.map(({ result }) => result))}\n\n${report.replaceAll(`${temporary}/run/`, '')}`;
    await writeFile(isSmoke ? smokeFile : join('test', 'PERSISTENCE.md'), text);
    process.exitCode = outcomes.every(({ result }) => result.failure === null) ? 0 : 1;
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** What the published test of 16 October 2025 found (dm-remap v4.0.3), and what the same steps give here. */
function comparison(results: readonly ScenarioResult[]): string {
  const resultOf = (name: string): ScenarioResult => results.find((result) => result.name === name)!;
  const [before, after] = resultOf('data-integrity').statusLines.map(({ line }) => parseStatus(line).status);
  const verdict = (name: string): string => {
    const { passed, findings } = resultOf(name);
    return `${passed ? 'shown' : 'FAILED'}: ${findings.map(({ text }) => text).join('; ')}`;
  };
  const rows = [
    ['Before the reload: reads, writes, all', '304, 5, 309', figures(before)],
    ['After the reload: reads, writes, all', '49, 0, 49', figures(after)],
    ['total_remaps', '0', String(after?.activeMappings)],
    ['Sectors verified', '5/5', `${resultOf('data-integrity').sectors.filter(({ ok }) => ok).length}/5`],
    ['Remap table persistence', 'not proven', verdict('remap-persistence')],
    ['Metadata module', 'not loaded', verdict('metadata-late')],
    ['Reboot', 'not tested', verdict('reboot-reassembly')],
    ['1,000 and more entries, many reloads', 'not tested', verdict('many-remaps')],
    ['Long running', 'not tested', verdict('soak')],
  ];
  return [
    '# Persistence, as measured here',
    'Made by `npm run report`; the full report follows the comparison. The original does not say where its',
    'many reads come from; here only the test itself reads.',
    '',
    '| | the published test (dm-remap v4.0.3) | Remap Inspector |',
    '|---|---|---|',
    ...rows.map((row) => `| ${row.join(' | ')} |`),
  ].join('\n');
}

function figures(status: ReturnType<typeof parseStatus>['status'] | undefined): string {
  return status ? `${status.readCount}, ${status.writeCount}, ${status.ioOperations}` : 'none';
}

void main();
