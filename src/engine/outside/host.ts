import { readFileSync, readlinkSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';

/** A process that has a number now. */
interface ProcessState {
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
  /** Linux: changes with every boot, and no other computer has it. */
  bootId(): string | null;
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
  bootId: () => readText('/proc/sys/kernel/random/boot_id')?.trim() ?? null,
  pidNamespace,
  process: processState,
};

function processState(pid: number): ProcessState | undefined {
  if (!exists(pid)) return undefined;
  const stat = readText(`/proc/${pid}/stat`);
  // The platform has no such file, or hides it from us, or the process ended just now.
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
