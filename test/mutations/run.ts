import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MUTATIONS, type Mutation } from './mutations';

/** The tests that must notice: quick ones first, since the first failure decides. */
const TESTS = ['remap', 'metadata', 'module'].map((area) => `test/unit/${area}/*.test.ts`);
const TIMEOUT_MS = 300_000;

/** Makes each defect in a copy of the sources, one at a time, and shows that a test fails with it. */
function main(): void {
  const folder = mkdtempSync(join(tmpdir(), 'remap-mutations-'));
  try {
    for (const name of ['src', 'test', 'package.json', 'tsconfig.json']) {
      cpSync(name, join(folder, name), { recursive: true });
    }
    symlinkSync(join(process.cwd(), 'node_modules'), join(folder, 'node_modules'));
    if (!passes(folder)) throw new Error('the tests fail without any mutation');
    const survivors = MUTATIONS.filter((mutation) => survives(folder, mutation));
    console.log(`${MUTATIONS.length - survivors.length} of ${MUTATIONS.length} mutations made a test fail`);
    process.exitCode = survivors.length === 0 ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function survives(folder: string, { name, file, from, to }: Mutation): boolean {
  const path = join(folder, file);
  const text = readFileSync(path, 'utf8');
  if (text.split(from).length !== 2)
    throw new Error(`${file} doesn't have this exactly once, for "${name}":\n${from}`);
  writeFileSync(
    path,
    text.replace(from, () => to),
  );
  const survived = passes(folder);
  writeFileSync(path, text);
  console.log(`${survived ? 'SURVIVED' : 'killed  '} ${name}`);
  return survived;
}

function passes(folder: string): boolean {
  const bundle = [
    '--bundle',
    '--log-level=error',
    '--platform=node',
    '--main-fields=module,main',
    '--target=node20',
  ];
  execFileSync('npx', ['esbuild', ...TESTS, ...bundle, '--outbase=test', '--outdir=out'], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const mocha = ['mocha', '--bail', '--timeout=60000', '--reporter=dot', 'out/**/*.test.js'];
  const { status } = spawnSync('npx', mocha, { cwd: folder, stdio: 'ignore', timeout: TIMEOUT_MS });
  return status === 0;
}

main();
