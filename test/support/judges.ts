import { spawnSync } from 'node:child_process';

/** Debian's package of each program that judges what we write. */
const PACKAGES = { 'qemu-img': 'qemu-utils', ddrescuelog: 'gddrescue' } as const;

/**
 * Skips the calling hook's suite where a judge is not installed. With `REMAP_JUDGES=required`, as CI sets it once it has
 * installed them, a missing judge is a failure.
 */
export function needJudge(context: Mocha.Context, program: keyof typeof PACKAGES): void {
  if (!spawnSync(program, ['--version']).error) return;
  const problem = `${program} is not installed (Debian package ${PACKAGES[program]})`;
  if (process.env.REMAP_JUDGES === 'required') throw new Error(problem);
  console.log(`      skipped: ${problem}`);
  context.skip();
}
