import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';

export const REPORT_FOLDER = 'out/coverage';
export const BUILD_FOLDER = `${REPORT_FOLDER}/build`;

/** Per cent of its statements that tests must reach in each folder of the engine. */
const THRESHOLD = 97;

interface Counts {
  readonly total: number;
  readonly covered: number;
}

/** Prints what the tests reached of each folder of the engine; false if that is too little, or a source was not loaded. */
export function isReached(): boolean {
  const files = engineFiles();
  const folders = [...new Set(files.map(([file]) => dirname(file)))].sort();
  const rows = folders.map((folder) => ({
    folder,
    ...sum(files.filter(([file]) => dirname(file) === folder)),
  }));
  console.log(`\n${'folder'.padEnd(28)}statements   reached`);
  for (const row of [...rows, { folder: 'all of them', ...sum(files) }]) {
    const counts = `${row.covered}/${row.total}`.padStart(11);
    const verdict = percent(row) < THRESHOLD ? `  below ${THRESHOLD} %` : '';
    console.log(`${row.folder.padEnd(28)}${counts}  ${percent(row).toFixed(1).padStart(5)} %${verdict}`);
  }
  const unloaded = unloadedFiles(new Set(files.map(([file]) => file)));
  for (const file of unloaded) console.log(`${file}: no test loads it`);
  return rows.length > 0 && unloaded.length === 0 && rows.every((row) => percent(row) >= THRESHOLD);
}

function engineFiles(): [string, Counts][] {
  const path = join(REPORT_FOLDER, 'coverage-summary.json');
  const summary = JSON.parse(readFileSync(path, 'utf8')) as Record<string, { readonly statements: Counts }>;
  return Object.entries(summary)
    .map(([file, { statements }]): [string, Counts] => [slashes(relative(process.cwd(), file)), statements])
    .filter(([file]) => file.startsWith('src/engine/'));
}

/** Sources of the engine that have code and are not in the report. */
function unloadedFiles(reported: ReadonlySet<string>): string[] {
  return readdirSync('src/engine', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `src/engine/${slashes(name)}`)
    .filter((file) => !reported.has(file) && hasCode(file));
}

/** Nothing but types compiles to a module without exports. */
function hasCode(file: string): boolean {
  const built = join(BUILD_FOLDER, file.replace(/\.ts$/, '.js'));
  return !existsSync(built) || readFileSync(built, 'utf8').includes('__export(');
}

function sum(files: readonly (readonly [string, Counts])[]): Counts {
  const total = files.reduce((count, [, counts]) => count + counts.total, 0);
  return { total, covered: files.reduce((count, [, counts]) => count + counts.covered, 0) };
}

function percent({ total, covered }: Counts): number {
  return total === 0 ? 100 : (covered / total) * 100;
}

function slashes(path: string): string {
  return path.split(sep).join('/');
}
