import { join } from 'node:path';
import { doors } from '../outside/doors';
import { constants } from '../outside/fileSystem';
import type { FileSystemKind } from './fileSystems';
import { endOf, programFolders } from './programs';

/** What mounts a device and works on it, each program with the Debian package that has it. */
const PROGRAMS: Readonly<Record<string, string>> = {
  nbdfuse: 'libnbd-bin',
  fusermount3: 'fuse3',
  losetup: 'mount',
  mount: 'mount',
  umount: 'mount',
  tar: 'tar',
  gzip: 'gzip',
  sha256sum: 'coreutils',
  sqlite3: 'sqlite3',
};

/** Bit of the right to mount in a process's capabilities. */
const CAP_SYS_ADMIN = 21n;

/** What this computer lacks of what a scenario on a mounted file system needs, for people; empty: it can run. */
export async function missingFor(kind: FileSystemKind): Promise<string[]> {
  if (doors.host.platform !== 'linux') return ['Linux'];
  const missing: string[] = [];
  if (process.getuid?.() !== 0 || !(await mayMount())) missing.push('root with the right to mount');
  if (!(await exists('/dev/fuse'))) missing.push('FUSE in the kernel (/dev/fuse)');
  if (!(await exists('/dev/loop-control'))) missing.push('loop devices in the kernel (/dev/loop-control)');
  if (!(await knowsFileSystem(kind.name))) missing.push(`${kind.title} in the kernel`);
  for (const [program, packageName] of Object.entries({ ...PROGRAMS, ...kind.programs })) {
    if (!(await isProgram(program))) missing.push(`${program} (Debian package ${packageName})`);
  }
  return missing;
}

async function mayMount(): Promise<boolean> {
  const [, effective = '0'] =
    /^CapEff:\s+(\w+)$/m.exec(await doors.files.readFile('/proc/self/status', 'utf8')) ?? [];
  return ((BigInt(`0x${effective}`) >> CAP_SYS_ADMIN) & 1n) === 1n;
}

/** Whether the kernel has it, or loads it as a module when it is mounted. */
async function knowsFileSystem(name: string): Promise<boolean> {
  const known = (await doors.files.readFile('/proc/filesystems', 'utf8'))
    .split('\n')
    .map((line) => line.split('\t')[1]);
  return known.includes(name) || (await endOf('modprobe', ['--dry-run', '--quiet', name])).status === 0;
}

async function isProgram(name: string): Promise<boolean> {
  for (const folder of programFolders()) if (await exists(join(folder, name), constants.X_OK)) return true;
  return false;
}

function exists(path: string, mode = constants.F_OK): Promise<boolean> {
  return doors.files.access(path, mode).then(
    () => true,
    () => false,
  );
}
