import { spawnSync } from 'node:child_process';
import { need } from './needs';

/** Debian's package of each program that judges what we write, or how we serve. */
const PACKAGES = {
  'qemu-img': 'qemu-utils',
  'qemu-io': 'qemu-utils',
  ddrescue: 'gddrescue',
  ddrescuelog: 'gddrescue',
  nbdinfo: 'libnbd-bin',
  nbdcopy: 'libnbd-bin',
  nbdfuse: 'libnbd-bin',
  'nbd-client': 'nbd-client',
  fio: 'fio',
  mke2fs: 'e2fsprogs',
  mcopy: 'mtools',
  'mkfs.fat': 'dosfstools',
  'mkfs.exfat': 'exfatprogs',
  fls: 'sleuthkit',
  mkntfs: 'ntfs-3g',
  ntfscluster: 'ntfs-3g',
  '/usr/bin/python3': 'python3-libnbd',
} as const;

/** How a program is asked whether it is there. */
const PROBES: Partial<Record<keyof typeof PACKAGES, readonly string[]>> = {
  mke2fs: ['-V'],
  '/usr/bin/python3': ['-c', 'import nbd'],
};

/**
 * Skips the calling hook's suite where a judge is not installed. With `REMAP_JUDGES=required`, as CI sets it once it has
 * installed them, a missing judge is a failure.
 */
export function needJudge(context: Mocha.Context, program: keyof typeof PACKAGES): void {
  need(context, 'posixPrograms');
  const probe = PROBES[program];
  const { error, status } = spawnSync(program, probe ?? ['--version']);
  if (!error && (!probe || status === 0)) return;
  const problem = `${program} is not installed (Debian package ${PACKAGES[program]})`;
  if (process.env.REMAP_JUDGES === 'required') throw new Error(problem);
  console.log(`      skipped: ${problem}`);
  context.skip();
}
