import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { IS_SMOKE, SMOKE_FLAG } from './effort';
import type { Row } from './row';

/** With this and the name of a measure the benchmark takes that one alone, and prints its rows as JSON. */
export const MEASURE_FLAG = '--measure';

/**
 * Takes a measure in several processes, one after the other, and answers the middle one of each row. The compiler and the
 * memory behave a little differently in each process, which moves a row by some hundredths.
 */
export async function inOwnProcesses(name: string, processCount: number): Promise<Row[]> {
  const runs: Row[][] = [];
  for (let i = 0; i < (IS_SMOKE ? 1 : processCount); i++) runs.push(await runAlone(name));
  return runs[0]!.map((_, i) => middle(runs.map((rows) => rows[i]!)));
}

async function runAlone(name: string): Promise<Row[]> {
  const args = [...process.execArgv, process.argv[1]!, MEASURE_FLAG, name, ...(IS_SMOKE ? [SMOKE_FLAG] : [])];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return (JSON.parse(stdout) as { rows: Row[] }).rows;
}

function middle(rows: readonly Row[]): Row {
  return rows.toSorted((a, b) => a.value - b.value)[rows.length >> 1]!;
}
