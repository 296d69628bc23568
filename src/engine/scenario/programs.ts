import { type ChildProcess, spawn } from 'node:child_process';
import { RemapError } from '../errors';

/** How long a program may take before it is ended. */
const LIMIT_MS = 120_000;

/** Where a system keeps the programs of its administrator, which a user's path may leave out. */
const ADMIN_FOLDERS = ['/usr/sbin', '/sbin'];

/** The folders in which programs are looked for. */
export function programFolders(): string[] {
  return [...(process.env.PATH ?? '').split(':').filter((folder) => folder !== ''), ...ADMIN_FOLDERS];
}

/** What a program left. */
export interface ProgramEnd {
  /** Null when a signal ended it. */
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ProgramOptions {
  readonly signal?: AbortSignal | undefined;
  readonly input?: string;
}

/** A program that runs; its output is read as it comes. */
export interface RunningProgram {
  readonly child: ChildProcess;
  readonly output: { stdout: string; stderr: string };
  readonly end: Promise<ProgramEnd>;
}

/**
 * Starts a program, which reports in English. It leads a process group of its own: an interrupt of the terminal is not for
 * it. It has no working folder on a file system that this process serves: the start would wait for itself.
 */
export function startProgram(program: string, args: readonly string[]): RunningProgram {
  const env = { ...process.env, PATH: programFolders().join(':'), LC_ALL: 'C' };
  const child = spawn(program, args, { detached: true, env });
  const output = { stdout: '', stderr: '' };
  child.stdout?.on('data', (chunk: Buffer) => {
    output.stdout += chunk;
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    output.stderr += chunk;
  });
  const end = new Promise<ProgramEnd>((resolve) => {
    child.on('error', (error) => resolve({ status: null, stdout: output.stdout, stderr: error.message }));
    child.on('close', (status) => resolve({ status, ...output }));
  });
  return { child, output, end };
}

/** Ends a program and those that it started. One that waits for a disk ends once the disk has answered. */
export function stopProgram({ child }: RunningProgram): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
}

/**
 * Runs a program to its end, however it ends.
 * @throws RemapError `ECANCELED` when the signal ended it
 */
export async function endOf(
  program: string,
  args: readonly string[],
  { signal, input = '' }: ProgramOptions = {},
): Promise<ProgramEnd> {
  throwIfAborted(signal);
  const running = startProgram(program, args);
  const stop = (): void => stopProgram(running);
  const timer = setTimeout(stop, LIMIT_MS);
  signal?.addEventListener('abort', stop);
  running.child.stdin?.on('error', () => undefined).end(input);
  const result = await running.end;
  clearTimeout(timer);
  signal?.removeEventListener('abort', stop);
  throwIfAborted(signal);
  return result;
}

/**
 * Runs a program that must succeed, and answers what it printed.
 * @throws RemapError `EIO` with what it said, `ECANCELED` when the signal ended it
 */
export async function outputOf(
  program: string,
  args: readonly string[],
  options: ProgramOptions = {},
): Promise<string> {
  const end = await endOf(program, args, options);
  if (end.status === 0) return end.stdout;
  throw new RemapError('EIO', `${program} ${args[0] ?? ''} ended with ${end.status}: ${verdictOf(end)}`);
}

/** The line in which a program said how it went: its first complaint, or the last line that it printed. */
export function verdictOf({ stdout, stderr }: ProgramEnd): string {
  const [complaint] = linesOf(stderr);
  return complaint ?? linesOf(stdout).at(-1) ?? 'it said nothing';
}

/** The lines of a text that are not empty. */
export function linesOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new RemapError('ECANCELED', 'the scenario was cancelled');
}
