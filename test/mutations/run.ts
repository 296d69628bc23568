import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MUTATIONS } from './catalog';
import { type Mutation, mutate } from './mutation';

/** Tests that are run on a mutant until one of them fails. */
interface Suite {
  readonly name: string;
  readonly files: readonly string[];
  readonly grep?: string;
  /** A test that takes longer has failed: a mutant may hang. */
  readonly testTimeoutMs: number;
}

const UNIT_TIMEOUT_MS = 60_000;
const PROOF_TIMEOUT_MS = 5 * 60_000;

/** The quick ones first. */
/** The areas that are no folder of the engine's unit tests. */
const AREAS: Readonly<Record<string, readonly string[]>> = {
  paths: ['test/unit/contract/pathKey.test.ts'],
  editorChanges: [
    'test/unit/shared/pasted/*.test.ts',
    'test/unit/editor/directWrite.test.ts',
    'test/unit/editor/equalRuns.test.ts',
    'test/unit/devices/saveFile.test.ts',
  ],
  comparing: ['test/unit/editor/comparisonScan.test.ts', 'test/unit/editor/comparedView.test.ts'],
  finding: [
    'test/unit/editor/findProgram.test.ts',
    'test/unit/editor/needleScan.test.ts',
    'test/unit/editor/search*.test.ts',
  ],
  structures: ['test/unit/structure/recognize.test.ts', 'test/unit/structure/lists.test.ts'],
  vscodeExports: ['test/unit/devices/deviceExports.test.ts', 'test/unit/contract/*Texts.test.ts'],
};

const SUITES: readonly Suite[] = [
  {
    name: 'remap',
    files: ['test/unit/engine/remap/*.test.ts', 'test/unit/engine/kernelBugs.test.ts'],
    testTimeoutMs: UNIT_TIMEOUT_MS,
  },
  { name: 'model', files: ['test/proof/properties.test.ts'], testTimeoutMs: PROOF_TIMEOUT_MS },
  {
    name: 'crash',
    files: ['test/proof/crash.test.ts'],
    grep: 'v4 table alone',
    testTimeoutMs: PROOF_TIMEOUT_MS,
  },
  {
    name: 'ioErrors',
    files: ['test/proof/ioErrors.test.ts'],
    grep: 'v4 table alone',
    testTimeoutMs: PROOF_TIMEOUT_MS,
  },
  {
    name: 'large table',
    files: ['test/proof/crash.test.ts'],
    grep: 'large table',
    testTimeoutMs: PROOF_TIMEOUT_MS,
  },
];
const ENVIRONMENT = { REMAP_PROPERTY_OPS: '4000', REMAP_FUZZ_RUNS: '50' };
/** A suite that takes longer hangs. */
const SUITE_TIMEOUT_MS = 15 * 60_000;

const root = process.cwd();
const copy = mkdtempSync(join(tmpdir(), 'remap-mutations-'));
const wanted = process.argv.slice(2);
const chosen = MUTATIONS.filter(
  ({ name }) => wanted.length === 0 || wanted.some((text) => name.includes(text)),
);

try {
  process.exitCode = main();
} finally {
  rmSync(copy, { recursive: true, force: true });
}

function main(): number {
  for (const part of ['src', 'test', 'package.json', 'tsconfig.json'])
    cpSync(join(root, part), join(copy, part), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  if (wanted.length === 0 && !passesUnchanged()) return 1;
  const survivors = chosen.filter((mutation) => !isKilled(mutation));
  console.log(`\n${chosen.length - survivors.length} of ${chosen.length} mutations were noticed`);
  for (const { name } of survivors) console.log(`not noticed: ${name}`);
  return survivors.length > 0 ? 1 : 0;
}

/** On the unchanged engine the tests must pass: else their failure on a mutant would say nothing. */
function passesUnchanged(): boolean {
  const areas = new Set(MUTATIONS.flatMap(({ suite }) => suite ?? []));
  for (const suite of [...SUITES, ...[...areas].map(areaSuite)]) {
    const failure = run(suite);
    if (!failure) continue;
    console.error(`${suite.name} fails without any mutation: ${failure}`);
    return false;
  }
  return true;
}

function isKilled(mutation: Mutation): boolean {
  const path = join(copy, mutation.file);
  const original = readFileSync(path, 'utf8');
  writeFileSync(path, mutate(original, mutation));
  try {
    for (const suite of [...(mutation.suite ? [areaSuite(mutation.suite)] : []), ...SUITES]) {
      const failure = run(suite);
      if (!failure) continue;
      console.log(`noticed: ${mutation.name}\n         by ${failure}`);
      return true;
    }
    console.log(`NOT NOTICED: ${mutation.name}`);
    return false;
  } finally {
    writeFileSync(path, original);
  }
}

function areaSuite(area: string): Suite {
  const files = AREAS[area] ?? [`test/unit/engine/${area}/**/*.test.ts`];
  return { name: area, files, testTimeoutMs: UNIT_TIMEOUT_MS };
}

/** Runs a suite on the copy; returns the title of the first test that failed, if any did. */
function run({ files, grep, testTimeoutMs }: Suite): string | undefined {
  const report = join(copy, 'report.json');
  rmSync(join(copy, 'out'), { recursive: true, force: true });
  rmSync(report, { force: true });
  const bundle = [
    '--bundle',
    '--log-level=error',
    '--platform=node',
    '--main-fields=module,main',
    '--target=node20',
  ];
  execFileSync(
    join(root, 'node_modules', '.bin', 'esbuild'),
    [...files, ...bundle, '--outbase=test', '--outdir=out'],
    {
      cwd: copy,
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  );
  const mocha = join(root, 'node_modules', 'mocha', 'bin', 'mocha.js');
  const options = [
    '--bail',
    `--timeout=${testTimeoutMs}`,
    '--reporter=json',
    '--reporter-option',
    `output=${report}`,
  ];
  const tests = [...(grep ? ['--grep', grep] : []), 'out/**/*.test.js'];
  const { status } = spawnSync(process.execPath, [mocha, ...options, ...tests], {
    cwd: copy,
    env: { ...process.env, ...ENVIRONMENT },
    stdio: 'ignore',
    timeout: SUITE_TIMEOUT_MS,
  });
  return status === 0 ? undefined : firstFailure(report);
}

function firstFailure(report: string): string {
  try {
    const { failures } = JSON.parse(readFileSync(report, 'utf8')) as { failures: { fullTitle: string }[] };
    return failures[0]?.fullTitle ?? 'the end of the run';
  } catch {
    return 'the end of the run';
  }
}
