import { type ChildProcess, type SpawnOptions, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';

type Cleanup = () => void | Promise<void>;

const cleanups = new Set<Cleanup>();
const isWindows = process.platform === 'win32';

/** Registers work to do before this process ends, also by a signal or an error. The returned function takes it back. */
export function onEnd(cleanup: Cleanup): () => void {
  cleanups.add(cleanup);
  return () => cleanups.delete(cleanup);
}

/** Ends all that was started, the latest first. */
async function endAll(): Promise<void> {
  for (const cleanup of [...cleanups].reverse()) {
    cleanups.delete(cleanup);
    await Promise.resolve(cleanup()).catch((error: unknown) => console.error(error));
  }
}

/** Runs a program's main function. Its result is the exit code. All work of {@link onEnd} is done before the end. */
export function runMain(main: () => Promise<number>): void {
  let ending = false;
  const end = async (code: number) => {
    if (ending) return;
    ending = true;
    await endAll();
    process.exit(code);
  };
  process.on('SIGINT', () => void end(130));
  process.on('SIGTERM', () => void end(143));
  process.on('SIGHUP', () => void end(129));
  const fail = (error: unknown) => {
    console.error(error instanceof UserError ? error.message : error);
    return end(1);
  };
  process.on('uncaughtException', fail);
  process.on('unhandledRejection', fail);
  main().then(end, fail);
}

/** A failure that its message explains fully, so that it is shown without a stack. */
export class UserError extends Error {}

export interface Started {
  readonly process: ChildProcess;
  readonly exited: Promise<number>;
  stop(): Promise<void>;
}

/**
 * Starts a program in a process group of its own, so that stopping it stops its children too. With `shell`, which Windows
 * needs for `.cmd` files, the words reach the program as they are all the same.
 */
export function start(command: string, args: readonly string[], options: SpawnOptions = {}): Started {
  const [program, ...words] =
    options.shell === true && isWindows ? cmdWords([command, ...args]) : [command, ...args];
  const child = spawn(program!, words, {
    stdio: ['ignore', 'inherit', 'inherit'],
    ...options,
    detached: !isWindows,
  });
  const exited = new Promise<number>((resolve, reject) => {
    child.once('error', (cause) =>
      reject(new UserError(`${command} could not be started: ${cause.message}`)),
    );
    child.once('exit', (code, signal) => resolve(code ?? (signal ? 128 : 1)));
  });
  exited.catch(() => undefined);
  const stop = async () => {
    withdraw();
    await stopGroup(child);
  };
  const withdraw = onEnd(stop);
  return { process: child, exited, stop };
}

/** The words of a command as `cmd.exe` takes each for one: Node joins them with blanks, also those that hold blanks. */
export function cmdWords(words: readonly string[]): string[] {
  return words.map((word) => (/^[\w:\\/.=-]+$/.test(word) ? word : `"${word.replaceAll('"', '""')}"`));
}

/** Runs a program to its end. */
export async function run(
  command: string,
  args: readonly string[],
  options: SpawnOptions = {},
): Promise<number> {
  const started = start(command, args, options);
  try {
    return await started.exited;
  } finally {
    await started.stop();
  }
}

/** Runs a program to its end and returns what it printed; fails with that text when it fails. */
export async function runQuietly(
  command: string,
  args: readonly string[],
  options: SpawnOptions = {},
): Promise<string> {
  const started = start(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [started.process.stdout, started.process.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  try {
    const code = await started.exited;
    if (code !== 0) throw new UserError(`${command} ${args.join(' ')} ended with ${code}:\n${output}`);
    return output;
  } finally {
    await started.stop();
  }
}

/** Runs npm: the one that started us, if one did. */
export function npm(args: readonly string[], options: SpawnOptions = {}): Promise<string> {
  const script = process.env.npm_execpath;
  return script?.endsWith('.js')
    ? runQuietly(process.execPath, [script, ...args], options)
    : runQuietly('npm', args, { ...options, shell: isWindows });
}

/** Our environment without the variables by which a surrounding VS Code or npm would change how another one runs. */
export function cleanEnvironment(additions: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(VSCODE_|ELECTRON_|NODE_OPTIONS$|npm_)/.test(name),
  );
  return { ...Object.fromEntries(inherited), ...additions };
}

async function stopGroup(child: ChildProcess): Promise<void> {
  if (child.pid === undefined) return;
  const exited = child.exitCode !== null || child.signalCode !== null ? undefined : once(child, 'exit');
  signalGroup(child.pid, 'SIGTERM');
  if (exited) await Promise.race([exited, new Promise((resolve) => setTimeout(resolve, 3000).unref())]);
  signalGroup(child.pid, 'SIGKILL');
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  if (isWindows) {
    spawnSync('taskkill', ['/pid', String(pid), '/T', '/F']);
    return;
  }
  try {
    process.kill(-pid, signal);
  } catch {
    // The group is gone already.
  }
}
