import { readFile, writeFile } from 'node:fs/promises';
import { measureCommits } from './commitRows';
import { measureEntries } from './entryRows';
import { measureGrowth } from './growth';
import { formatRows, markdownRows, type Row } from './row';
import { Scene } from './scene';
import { measureThroughput } from './throughputRows';

const DOCUMENT = 'test/BENCHMARKS.md';
const MEASURES = [measureEntries, measureGrowth, measureThroughput, measureCommits];

/** `--json`: the rows and nothing else; `--document`: also into the documentation. */
async function main(): Promise<void> {
  const scene = await Scene.create();
  const rows: Row[] = [];
  try {
    for (const measure of MEASURES) rows.push(...(await measure(scene)));
  } finally {
    await scene.close();
  }
  console.log(process.argv.includes('--json') ? JSON.stringify({ rows }) : formatRows(rows));
  if (process.argv.includes('--document')) await document(rows);
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
