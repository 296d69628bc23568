import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { RemapError } from '../errors';
import type { ExportServer } from '../export/exportContracts';
import { exportDevices } from '../export/exportServer';
import { doors } from '../outside/doors';
import type { ScenarioBench } from './bench';
import type { FileSystemKind } from './fileSystems';
import {
  endOf,
  outputOf,
  type ProgramEnd,
  type RunningProgram,
  startProgram,
  stopProgram,
  verdictOf,
} from './programs';

/** How long nbdfuse has to begin, or to end once it is unmounted. */
const WAIT_MS = 10_000;
const LOOK_MS = 20;
const UNMOUNT_TRIES = 50;

/**
 * Takes the mounts of this process away when it ends without doing so, however it ends: its end of the pipe is closed then.
 * It reads the loop device first, and `done` where nothing is left to do. Nothing here waits for the device, which answers
 * with errors by then.
 */
const GUARD = `loop=
while read -r word; do
  if [ "$word" = done ]; then exit; fi
  loop=$word
done
umount -l "$1"; losetup -d "$loop"; fusermount3 -uz "$2"; rm -rf --one-file-system -- "$3"`;

/**
 * A scenario's device as a disk of this computer: exported, made a file by nbdfuse, and that a disk by a loop device, with
 * a file system on it. This process serves it, so only other processes may touch the mounted files.
 */
export class MountedDevice {
  /** Where the file system is mounted. */
  readonly root: string;
  readonly #fuseFolder: string;
  readonly #bench: ScenarioBench;
  readonly #kind: FileSystemKind;
  readonly #folder: string;
  readonly #server: ExportServer;
  #fuse: RunningProgram | null = null;
  #loop: string | null = null;
  readonly #shells = new Set<RunningProgram>();
  readonly #guard: RunningProgram;

  private constructor(bench: ScenarioBench, kind: FileSystemKind, folder: string, server: ExportServer) {
    this.#bench = bench;
    this.#kind = kind;
    this.#folder = folder;
    this.#server = server;
    this.root = join(folder, 'files');
    this.#fuseFolder = join(folder, 'disk');
    this.#guard = startProgram('sh', ['-c', GUARD, 'sh', this.root, this.#fuseFolder, folder]);
    this.#guard.child.stdin?.on('error', () => undefined);
  }

  /** Exports the bench's device. `end` must be called afterwards, also when something fails. */
  static async begin(bench: ScenarioBench, kind: FileSystemKind): Promise<MountedDevice> {
    const folder = await doors.files.mkdtemp(
      join(doors.host.temporaryFolder(), `remap-mount-${doors.host.pid}-`),
    );
    const { name } = bench.device();
    const listen = { socketPath: join(folder, 'nbd') };
    const server = await exportDevices(bench.machine, { exports: [{ name, device: name }], listen });
    const mounted = new MountedDevice(bench, kind, folder, server);
    await doors.files.mkdir(mounted.root);
    await doors.files.mkdir(mounted.#fuseFolder);
    return mounted;
  }

  /** The loop device. */
  get disk(): string {
    if (this.#loop === null) throw new RemapError('ENODEV', 'the device is not attached');
    return this.#loop;
  }

  /** Makes the device a disk. */
  async attach(): Promise<void> {
    const file = join(this.#fuseFolder, 'disk');
    this.#fuse = startProgram('nbdfuse', [file, this.#server.uriOf()]);
    await this.#untilFuse();
    const found = await outputOf('losetup', ['--find', '--show', '--direct-io=on', file]);
    this.#loop = found.trim();
    this.#guard.child.stdin?.write(`${this.#loop}\n`);
  }

  async mount(options = 'rw'): Promise<void> {
    await this.run('mount', ['-t', this.#kind.name, '-o', options, this.disk, this.root]);
  }

  async unmount(): Promise<void> {
    await this.run('umount', [this.root]);
  }

  /** Takes the disk away, whether or not it answers any more. */
  async detach(): Promise<void> {
    for (const shell of this.#shells) stopProgram(shell);
    await Promise.all([...this.#shells].map(({ end }) => end));
    await unmounted(this.root);
    if (this.#loop !== null) await endOf('losetup', ['--detach', this.#loop]);
    this.#loop = null;
    await unmounted(this.#fuseFolder);
    const fuse = this.#fuse;
    this.#fuse = null;
    if (!fuse) return;
    const timer = setTimeout(() => stopProgram(fuse), WAIT_MS);
    await fuse.end;
    clearTimeout(timer);
  }

  /** Takes everything away. Idempotent; does what it can. */
  async end(): Promise<void> {
    try {
      await this.detach();
      await this.#server.close();
      await doors.files.rm(this.#folder, { recursive: true, force: true });
      this.#guard.child.stdin?.write('done\n');
    } finally {
      this.#guard.child.stdin?.end();
      await this.#guard.end;
    }
  }

  /** Runs a program that must succeed. @throws RemapError `EIO`; `ECANCELED` */
  run(program: string, args: readonly string[], input?: string): Promise<string> {
    return outputOf(program, args, { signal: this.#bench.signal, ...(input !== undefined && { input }) });
  }

  /** Runs a shell script, whose `$1` is where the file system is mounted. @throws as {@link run} */
  shell(script: string, ...args: readonly string[]): Promise<string> {
    return this.run('sh', ['-euc', script, 'sh', this.root, ...args]);
  }

  /** Runs a shell script that may fail. */
  shellEnd(script: string, ...args: readonly string[]): Promise<ProgramEnd> {
    return endOf('sh', ['-euc', script, 'sh', this.root, ...args], { signal: this.#bench.signal });
  }

  /** Starts a shell script that goes on meanwhile. */
  startShell(script: string, ...args: readonly string[]): RunningProgram {
    const shell = startProgram('sh', ['-euc', script, 'sh', this.root, ...args]);
    this.#shells.add(shell);
    void shell.end.then(() => this.#shells.delete(shell));
    return shell;
  }

  /** Makes the file system over the first bytes of the disk. */
  async makeFileSystem(byteLength: number): Promise<void> {
    const [program, ...args] = this.#kind.make(this.disk, byteLength);
    await this.run(program, args);
  }

  /** What the file system's own checker says. */
  checkEnd(): Promise<ProgramEnd> {
    const [program, ...args] = this.#kind.check(this.disk);
    return endOf(program, args, { signal: this.#bench.signal });
  }

  /** Whether the next mount has a journal to replay. */
  async hasJournal(): Promise<boolean> {
    const [program, ...args] = this.#kind.askJournal(this.disk);
    const { stdout, stderr } = await endOf(program, args, { signal: this.#bench.signal });
    return this.#kind.journalFound.test(stdout + stderr);
  }

  /** The options with which the kernel has it mounted now. */
  async mountOptions(): Promise<string> {
    return (await mountsNow()).find(({ point }) => point === this.root)?.options ?? 'not mounted';
  }

  async #untilFuse(): Promise<void> {
    const { child, end } = this.#fuse!;
    const limit = performance.now() + WAIT_MS;
    while (!(await isMountPoint(this.#fuseFolder))) {
      const hasEnded = child.exitCode !== null || child.pid === undefined;
      if (hasEnded) throw new RemapError('EIO', `nbdfuse has not begun: ${verdictOf(await end)}`);
      if (performance.now() > limit) throw new RemapError('EIO', 'nbdfuse has not begun in time');
      await sleep(LOOK_MS);
    }
  }
}

/** Unmounts what is mounted there. What is busy for long is taken from the tree of files, and ends with its last user. */
async function unmounted(path: string): Promise<void> {
  for (let i = 0; i < UNMOUNT_TRIES; i++) {
    if (!(await isMountPoint(path)) || (await endOf('umount', [path])).status === 0) return;
    await sleep(LOOK_MS);
  }
  await endOf('umount', ['--lazy', path]);
}

async function isMountPoint(path: string): Promise<boolean> {
  return (await mountsNow()).some(({ point }) => point === path);
}

async function mountsNow(): Promise<{ readonly point: string; readonly options: string }[]> {
  const lines = (await doors.files.readFile('/proc/self/mounts', 'utf8')).split('\n');
  return lines.map((line) => {
    const [, point = '', , options = ''] = line.split(' ');
    return { point, options };
  });
}
