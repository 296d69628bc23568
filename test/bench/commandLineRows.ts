import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { bundle } from '../support/bundle';
import { amount } from './effort';
import { median } from './rounds';
import { atMost, judge, type Row } from './row';
import type { Scene } from './scene';

const ROUNDS = amount(15, 1);

/** How long the shipped program takes, from its start to its end, to tell a device's status. */
export function measureCommandLine(scene: Scene): Row[] {
  const program = scene.path('remap-inspector.js');
  const device = scene.path('status.remap');
  bundle(join('src', 'cli', 'main.ts'), program, { minify: true });
  run(program, 'create', device, '--main-sectors', '204800', '--spare-sectors', '102400');
  const times: number[] = [];
  for (let round = -1; round < ROUNDS; round++) {
    const startedAt = performance.now();
    run(program, 'status', device);
    if (round >= 0) times.push(performance.now() - startedAt);
  }
  return [judge('`remap-inspector status`, start to end', median(times), 'ms', atMost(150))];
}

function run(program: string, ...args: readonly string[]): void {
  const { status, stderr } = spawnSync(process.execPath, [program, ...args], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`remap-inspector ${args[0]} ended with ${status}: ${stderr}`);
}
