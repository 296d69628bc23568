import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootFolder } from './paths';
import { onEnd, run, UserError } from './processes';
import type { Counts } from './reporter';
import { hostTimeoutMs, readCounts } from './suiteRun';

const testTimeoutMs = 300_000;

/** Runs the bundled unit tests, contract tests and proofs on this Node. */
export async function runUnitTests(grep: string | undefined): Promise<Counts> {
  const folder = await mkdtemp(join(tmpdir(), 'remap-unit-'));
  onEnd(() => rm(folder, { recursive: true, force: true }));
  const resultFile = join(folder, 'result.json');
  const code = await run(process.execPath, mochaArguments(grep), {
    cwd: rootFolder,
    env: { ...process.env, REMAP_TEST_RESULT: resultFile },
    timeout: hostTimeoutMs,
  });
  const counts = await readCounts(resultFile);
  if (!counts) throw new UserError(`mocha ended with ${code} before it reported`);
  return counts;
}

function mochaArguments(grep: string | undefined): string[] {
  return [
    '--enable-source-maps',
    join(rootFolder, 'node_modules', 'mocha', 'bin', 'mocha.js'),
    `--timeout=${testTimeoutMs}`,
    // Test files know nothing of each other.
    '--parallel',
    `--jobs=${availableParallelism()}`,
    `--reporter=${join(rootFolder, 'out', 'host', 'reporter.js')}`,
    `--require=${join(rootFolder, 'out', 'host', 'strictHooks.js')}`,
    ...(grep === undefined ? [] : [`--grep=${grep}`]),
    // The long ones first, so that they don't keep one thread busy at the end while the others are idle.
    'out/proof/**/*.test.js',
    'out/unit/**/*.test.js',
    'out/contract/**/*.test.js',
  ];
}
