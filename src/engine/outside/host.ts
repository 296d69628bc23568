import { execFile } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname, tmpdir, uptime } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { findBootId, findMachineId, type Probes } from './hostIdentity';

/** A process that has a number now. */
export interface ProcessState {
  /** False for a zombie: it is dead and holds nothing, though its number is still taken. */
  readonly running: boolean;
  /** Linux: field 22 of `/proc/PID/stat`, clock ticks from boot to the process's start. Null: not known. */
  readonly startTime: string | null;
}

/** The computer, and what the engine asks of it. */
export interface Host {
  readonly platform: NodeJS.Platform;
  /** The number of this process. */
  readonly pid: number;
  name(): string;
  /** Where files go that may be gone tomorrow. */
  temporaryFolder(): string;
  /** What no other computer has, also after a reboot; null where nothing tells. */
  machineId(): Promise<string | null>;
  /** Linux, macOS: changes with every boot, and no other computer has it. */
  bootId(): Promise<string | null>;
  /** Resolves after so many milliseconds. */
  wait(milliseconds: number): Promise<void>;
  /** Seconds since the computer was started: they never jump. */
  uptime(): number;
  /** Linux: containers number their processes independently, each in a namespace of its own. */
  pidNamespace(): string | null;
  /** The process with a number; undefined if there is none. */
  process(pid: number): ProcessState | undefined;
}

/** The computer that this process runs on. */
export const nodeHost: Host = {
  platform: process.platform,
  pid: process.pid,
  name: hostname,
  temporaryFolder: tmpdir,
  machineId: once(() => findMachineId(nodeProbes())),
  bootId: once(() => findBootId(nodeProbes())),
  wait: (milliseconds) => sleep(milliseconds),
  uptime,
  pidNamespace,
  process: processState,
};

/** Under Wine, Windows' programs see a `/proc` in which the numbers are those of other processes. */
const isLinux = process.platform === 'linux';

/** No longer may a program take to say which computer this is. */
const PROBE_MS = 5000;

function nodeProbes(): Probes {
  const run = promisify(execFile);
  return {
    platform: process.platform,
    name: hostname(),
    pidNamespace: pidNamespace(),
    systemRoot: process.env.SystemRoot ?? 'C:\\Windows',
    readText,
    output: async (program, args) =>
      (await run(program, args, { timeout: PROBE_MS, windowsHide: true })).stdout,
  };
}

/** Asks once, and answers the same again. */
function once<T>(ask: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | undefined;
  return () => {
    answer ??= ask();
    return answer;
  };
}

function processState(pid: number): ProcessState | undefined {
  if (!exists(pid)) return undefined;
  const stat = isLinux ? readText(`/proc/${pid}/stat`) : null;
  // There is no such file, or it is hidden from us, or the process ended just now.
  if (stat === null) return exists(pid) ? { running: true, startTime: null } : undefined;
  // The second field is the command's name in parentheses, and may hold blanks and parentheses itself.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const running = fields[0] !== 'Z' && fields[0] !== 'X';
  return { running, startTime: fields[19] ?? null };
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: the process exists and belongs to another user.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function pidNamespace(): string | null {
  try {
    if (!isLinux) return null;
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return null;
  }
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return null;
  }
}
