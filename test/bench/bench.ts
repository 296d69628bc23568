import { readFile, writeFile } from 'node:fs/promises';
import { measureActivation } from './activationRow';
import { measureCommandLine } from './commandLineRows';
import { measureCommits, measureDurableRemap } from './commitRows';
import { measureComparison, measureDeviceWithMain, measureEditors } from './compareRows';
import { IS_DOCUMENTED, IS_SMOKE } from './effort';
import { measureEntries } from './entryRows';
import { measureFinding } from './findRows';
import { measureGrowth } from './growth';
import { measureNbd } from './nbdRows';
import { inOwnProcesses, MEASURE_FLAG } from './ownProcess';
import { formatRows, markdownRows, type Row } from './row';
import { Scene } from './scene';
import { measureRandom, measureSequential } from './throughputRows';
import { measureViews } from './viewRows';
import { measureVolumes } from './volumeRows';

const DOCUMENT = 'test/BENCHMARKS.md';

type Measure = (scene: Scene) => Promise<Row[]> | Row[];

/** Measures that `--measure` takes alone; most of them are taken so in several processes. */
const ALONE: Readonly<Record<string, Measure>> = {
  sequential: measureSequential,
  random: measureRandom,
  durable: measureDurableRemap,
  views: measureViews,
  nbd: measureNbd,
  volumes: measureVolumes,
  comparison: measureComparison,
  'side by side': measureEditors,
  'device with main': measureDeviceWithMain,
  finding: measureFinding,
};

const MEASURES: readonly Measure[] = [
  measureActivation,
  measureEntries,
  measureGrowth,
  () => inOwnProcesses('sequential', 3),
  () => inOwnProcesses('random', 5),
  () => inOwnProcesses('durable', 5),
  measureCommits,
  () => inOwnProcesses('views', 3),
  measureCommandLine,
  measureVolumes,
  () => inOwnProcesses('comparison', 3),
  () => inOwnProcesses('side by side', 3),
  () => inOwnProcesses('device with main', 3),
  () => inOwnProcesses('finding', 3),
  measureNbd,
];

/** `--json`: the rows and nothing else; `--document`: also into the documentation; `--smoke`: once and small. */
async function main(): Promise<void> {
  const flag = process.argv.indexOf(MEASURE_FLAG);
  if (flag !== -1) {
    console.log(JSON.stringify({ rows: await take([ALONE[process.argv[flag + 1]!]!]) }));
    return;
  }
  const rows = await take(MEASURES);
  console.log(process.argv.includes('--json') ? JSON.stringify({ rows }) : formatRows(rows));
  if (IS_SMOKE) console.log('\nA smoke run: these values say nothing.');
  else if (IS_DOCUMENTED) await document(rows);
}

async function take(measures: readonly Measure[]): Promise<Row[]> {
  const scene = await Scene.create();
  const rows: Row[] = [];
  try {
    for (const measure of measures) rows.push(...(await measure(scene)));
    return rows;
  } finally {
    await scene.close();
  }
}

/** Puts the table between its two marks. */
async function document(rows: readonly Row[]): Promise<void> {
  const text = await readFile(DOCUMENT, 'utf8');
  const [before, rest] = text.split('<!-- rows -->\n');
  const after = rest?.split('<!-- end of rows -->')[1];
  if (before === undefined || after === undefined) throw new Error(`${DOCUMENT} has no place for the rows`);
  await writeFile(DOCUMENT, `${before}<!-- rows -->\n${markdownRows(rows)}\n<!-- end of rows -->${after}`);
}

void main();
