import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runInHost } from './choose';
import { newest, oldest } from './embeddedVersion';
import { testHotExit } from './hotExit';
import { rootFolder } from './paths';
import { npm, runMain, UserError } from './processes';
import type { Counts } from './reporter';
import type { SuiteRun } from './suiteRun';
import { runUnitTests } from './unit';

type Stage = 'unit' | 'integration' | 'packaged';

const stageNames: readonly Stage[] = ['unit', 'integration', 'packaged'];

const usage = `npm test -- [${stageNames.join('] [')}] [--grep TEXT] [--host desktop|embedded] [--oldest]`;

const { values: options, positionals } = parse();
const build = (script: string) => npm(['run', script], { cwd: rootFolder });

const stages: Record<Stage, () => Promise<Counts>> = {
  unit: async () => {
    clean('unit', 'contract', 'proof');
    await build('build:unit');
    return runUnitTests(options.grep);
  },
  integration: async () => {
    clean('integration', 'restricted', 'noFolder');
    await build('build');
    await build('build:integration');
    const counts = await runSuite({ name: 'integration', extensionPath: rootFolder });
    const restricted = await runSuite({ name: 'restricted', extensionPath: rootFolder, restricted: true });
    const noFolder = await runSuite({ name: 'noFolder', extensionPath: rootFolder, noFolder: true });
    const hotExit = options.oldest ? NONE : await testHotExit(newest, options.grep);
    return [restricted, noFolder, hotExit].reduce(sum, counts);
  },
  packaged: async () => {
    clean('packaged');
    const vsix = join(rootFolder, 'out', 'remap-inspector.vsix');
    await npm(['run', 'package', '--', '--out', vsix], { cwd: rootFolder });
    await build('build:integration');
    return runSuite({ name: 'packaged', extensionPath: join(rootFolder, 'test', 'packaged', 'probe'), vsix });
  },
};

const NONE: Counts = { passed: 0, failed: 0, skipped: 0 };

runMain(async () => {
  let total: Counts = { passed: 0, failed: 0, skipped: 0 };
  for (const stage of chosenStages()) {
    const counts = await runStage(stage);
    total = sum(total, counts);
  }
  const nothingRan = total.passed + total.failed === 0;
  if (nothingRan) console.error('No test ran.');
  const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : '';
  console.log(`\n${total.passed} passed, ${total.failed} failed${skipped}`);
  return total.failed > 0 || nothingRan ? 1 : 0;
});

async function runStage(stage: Stage): Promise<Counts> {
  console.log(`\n== ${stage}`);
  try {
    const counts = await stages[stage]();
    if (counts.passed + counts.failed > 0 || options.grep !== undefined) return counts;
    console.error(`The ${stage} tests are empty.`);
  } catch (error) {
    console.error(`The ${stage} tests did not run to their end:`);
    console.error(error instanceof UserError ? error.message : error);
  }
  return { passed: 0, failed: 1, skipped: 0 };
}

function sum(a: Counts, b: Counts): Counts {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped };
}

/** Suites of a window as only the driver can open it run in the embedded VS Code, which there is for Linux. */
async function runSuite(suite: Omit<SuiteRun, 'suitePath' | 'grep'>): Promise<Counts> {
  const needsDriver = suite.restricted === true || suite.noFolder === true;
  if (needsDriver && process.platform !== 'linux') {
    console.log(
      `The suite ${suite.name} needs the embedded VS Code, which there is for Linux only: not run.`,
    );
    return { passed: 0, failed: 0, skipped: 0 };
  }
  return runInHost(options.oldest ? oldest : newest, needsDriver ? 'embedded' : options.host, {
    ...suite,
    suitePath: join(rootFolder, 'out', suite.name, 'index.js'),
    ...(options.grep === undefined ? {} : { grep: options.grep }),
  });
}

/** With --grep only certain tests are wanted, and making the package takes longer than most of them. */
function chosenStages(): readonly Stage[] {
  if (positionals.length > 0) return stageNames.filter((stage) => positionals.includes(stage));
  return options.grep === undefined ? stageNames : stageNames.filter((stage) => stage !== 'packaged');
}

/** Removes older builds, so that a deleted test doesn't run from them. */
function clean(...folders: string[]): void {
  for (const folder of folders) rmSync(join(rootFolder, 'out', folder), { recursive: true, force: true });
}

function parse() {
  try {
    const parsed = parseArgs({
      allowPositionals: true,
      options: {
        grep: { type: 'string', short: 'g' },
        host: { type: 'string' },
        oldest: { type: 'boolean' },
      },
    });
    const wrong = parsed.positionals.find((name) => !stageNames.includes(name as Stage));
    if (wrong !== undefined) throw new Error(`${wrong} is no stage`);
    if (parsed.values.host !== undefined && !['desktop', 'embedded'].includes(parsed.values.host)) {
      throw new Error(`${parsed.values.host} is no host`);
    }
    return parsed;
  } catch (error) {
    console.error(`${(error as Error).message}\n${usage}`);
    process.exit(2);
  }
}
