import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { buildSync } from 'esbuild';
import { BUILD_FOLDER, isReached, REPORT_FOLDER } from './folders';

const FOLDERS = ['src', 'media', 'test/unit', 'test/contract', 'test/proof', 'test/support', 'test/host'];
/** Says nothing about the sources' behaviour. */
const STRUCTURE_TESTS = `${BUILD_FOLDER}/test/unit/structure/**`;
/** Proofs that go over the same code again and again: with `--brief` they are left out, and as much must be reached. */
const LONG_PROOFS = `${BUILD_FOLDER}/test/proof/{adapters,crash,fuzz,ioErrors,million,nbdFuzz,pool,properties,serveKilled,sigkill}.test.js`;
const IS_BRIEF = process.argv.includes('--brief');

/**
 * Runs unit tests, contract tests and proofs on sources that are compiled file by file: a bundler would leave out code
 * that no test imports, and it would count as reached. Ends with 1 when a test fails or a folder is not reached enough.
 */
function main(): number {
  rmSync(REPORT_FOLDER, { recursive: true, force: true });
  buildSync({
    entryPoints: ['package.json', ...FOLDERS.map((folder) => `${folder}/**/*.ts`)],
    outdir: BUILD_FOLDER,
    outbase: '.',
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    loader: { '.json': 'copy' },
    sourcemap: true,
    logLevel: 'warning',
  });
  const status = runTests();
  const enough = isReached();
  console.log(`\nLine by line: ${REPORT_FOLDER}/index.html`);
  return status === 0 && enough ? 0 : 1;
}

function runTests(): number | null {
  const c8 = [
    '--exclude-after-remap',
    '--include=src/**',
    '--include=media/**',
    '--reporter=json-summary',
    '--reporter=html',
    `--temp-directory=${REPORT_FOLDER}/raw`,
    `--reports-dir=${REPORT_FOLDER}`,
  ];
  const ignored = IS_BRIEF ? [STRUCTURE_TESTS, LONG_PROOFS] : [STRUCTURE_TESTS];
  const mocha = ['--reporter=dot', '--timeout=300000', ...ignored.map((files) => `--ignore=${files}`)];
  const tests = [require.resolve('mocha/bin/mocha.js'), ...mocha, `${BUILD_FOLDER}/test/**/*.test.js`];
  const command = [require.resolve('c8/bin/c8.js'), ...c8, process.execPath, ...tests];
  return spawnSync(process.execPath, command, { stdio: 'inherit' }).status;
}

process.exitCode = main();
