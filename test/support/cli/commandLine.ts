import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { childProgram } from '../childProgram';
import { tempFolder } from '../tempFolder';

/** What a run of the program printed, and its exit code; null: a signal ended it. */
export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** How the program is started. */
export interface Start {
  /** Bytes for its standard input. */
  readonly input?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
}

/** The command line as a program, and a folder for each test in which it runs. Call in the `describe`. */
export function commandLine() {
  const program = childProgram('main.ts', join('src', 'cli'));
  const folder = tempFolder();

  /** Starts the program; what it has for itself is in the folder, so that tests that run at once don't meet. */
  function start(args: readonly string[], { env }: Start = {}): ChildProcess {
    return spawn(process.execPath, [program.path, ...args], {
      cwd: folder.path(),
      env: { ...process.env, TMPDIR: folder.path(), XDG_RUNTIME_DIR: folder.path(), ...env },
    });
  }

  async function run(args: readonly string[], how: Start = {}): Promise<Finished> {
    const child = start(args, how);
    child.stdin!.on('error', () => undefined);
    child.stdin!.end(how.input ?? '');
    return finished(child);
  }

  return {
    path: folder.path,
    start,
    run,
    /** Runs a verb that must succeed, and gives what it printed. */
    ok: async (...args: string[]): Promise<string> => {
      const { code, stdout, stderr } = await run(args);
      if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}: ${stdout}${stderr}`);
      return stdout;
    },
    /** Runs a verb with `--json`, and gives the result that it printed; its exit code is not checked. */
    json: async <T>(...args: string[]): Promise<T> => {
      const { stdout, stderr } = await run([...args, '--json']);
      if (stdout === '') throw new Error(`${args.join(' ')} printed nothing: ${stderr}`);
      return JSON.parse(stdout) as T;
    },
    /** A small device in the folder, `disk.remap`. */
    createDisk: (name = 'disk', ...options: string[]) =>
      run(['create', `${name}.remap`, '--main-sectors', '48000', '--spare-sectors', '2000', ...options]),
  };
}

/** A serve that is ready. */
export interface RunningServe {
  readonly child: ChildProcess;
  /** What it printed, a line for each device. */
  readonly ready: readonly {
    readonly device: string;
    readonly uri: string;
    readonly socket: string | null;
  }[];
  /** Ends it as Ctrl+C does. */
  end(): Promise<Finished>;
}

/** Waits until a serve that was started with `--json` has told that each of so many devices is ready. */
export async function whenReady(child: ChildProcess, deviceCount = 1): Promise<RunningServe> {
  const end = finished(child);
  let text = '';
  const lines = () => text.split('\n').slice(0, -1);
  while (lines().length < deviceCount) {
    const data = await Promise.race([once(child.stdout!, 'data'), end]);
    if (!Array.isArray(data)) throw new Error(`the serve ended: ${data.stderr}`);
    text += String(data[0]);
  }
  return {
    child,
    ready: lines().map((line) => JSON.parse(line)),
    end: () => {
      child.kill('SIGINT');
      return end;
    },
  };
}

/** Waits for the end of a program. */
export async function finished(child: ChildProcess): Promise<Finished> {
  const [stdout, stderr] = [child.stdout!, child.stderr!].map((stream) => {
    const pieces: Buffer[] = [];
    stream.on('data', (bytes: Buffer) => pieces.push(bytes));
    return () => Buffer.concat(pieces).toString('utf8');
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout: stdout!(), stderr: stderr!() };
}
