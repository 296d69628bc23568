import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { ACTIVATION_MARK } from '../support/extension/activation';
import { amount } from './effort';
import { median } from './rounds';
import { atMost, judge, type Row } from './row';

const RUNS = amount(3, 1);

/** How long the packaged extension takes from being asked for to being active, in the extension host of VS Code. */
export async function measureActivation(): Promise<Row[]> {
  const times: number[] = [];
  for (let run = 0; run < RUNS; run++) times.push(await activate());
  return [judge('activation, in the extension host', median(times), 'ms', atMost(50))];
}

/** @throws Error when the run fails, or doesn't tell the time */
async function activate(): Promise<number> {
  const args = ['run', '--silent', 'test:packaged', '--', '--grep', 'activates fast'];
  const { stdout } = await promisify(execFile)('npm', args, { shell: process.platform === 'win32' });
  const time = Number(stdout.split(ACTIVATION_MARK)[1]?.split(' ')[0]);
  if (Number.isFinite(time)) return time;
  throw new Error(`the packaged stage told no activation:\n${stdout}`);
}
