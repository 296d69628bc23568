import { doors } from '../outside/doors';

/**
 * The content of a lock file: which process holds it. The other fields tell that process from a later one that got the
 * same `pid`. Those that are null aren't offered by the platform.
 */
export interface LockOwner {
  readonly pid: number;
  /** Linux: field 22 of `/proc/PID/stat`, clock ticks from boot to the process's start. */
  readonly startTime: string | null;
  readonly host: string;
  /** Linux: changes with every boot, so that processes of an earlier boot are known to be gone. */
  readonly bootId: string | null;
  /** Linux: containers that share a folder and a host name number their processes independently. */
  readonly pidNamespace: string | null;
  /** Different for each lock that was ever taken. */
  readonly nonce: string;
}

/** This process as an owner, with a nonce given by the caller. */
export function currentOwner(nonce: string): LockOwner {
  const { host } = doors;
  return {
    pid: host.pid,
    startTime: host.process(host.pid)?.startTime ?? null,
    host: host.name(),
    bootId: host.bootId(),
    pidNamespace: host.pidNamespace(),
    nonce,
  };
}

/** The owner that a lock file names, or undefined when the text isn't a lock file's. */
export function parseOwner(text: string): LockOwner | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { pid, startTime, host, bootId, pidNamespace, nonce } = value as Record<string, unknown>;
  if (!isPid(pid) || typeof host !== 'string' || typeof nonce !== 'string') return undefined;
  if (!/^[\w-]{1,64}$/.test(nonce)) return undefined;
  return {
    pid,
    startTime: textOrNull(startTime),
    host,
    bootId: textOrNull(bootId),
    pidNamespace: textOrNull(pidNamespace),
    nonce,
  };
}

/**
 * The state of a lock's owner: `here` is this process, `alive` another living one on this machine, `dead` one that is
 * gone for certain, and `elsewhere` one that can't be checked from here (on another host, or in another container).
 */
export function ownerState(owner: LockOwner): 'here' | 'alive' | 'dead' | 'elsewhere' {
  const { host } = doors;
  if (owner.host !== host.name()) return 'elsewhere';
  if (owner.bootId !== null && owner.bootId !== host.bootId()) return 'dead';
  if (owner.pidNamespace !== null && owner.pidNamespace !== host.pidNamespace()) return 'elsewhere';
  const state = host.process(owner.pid);
  if (!state?.running) return 'dead';
  if (owner.startTime !== null && state.startTime !== null && owner.startTime !== state.startTime)
    return 'dead';
  return owner.pid === host.pid ? 'here' : 'alive';
}

/** Whether a process of this machine is gone for certain. @param startTime null where it isn't known */
export function isDeadProcess(pid: number, startTime: string | null): boolean {
  const owner = { pid, startTime, host: doors.host.name(), bootId: null, pidNamespace: null, nonce: '' };
  return ownerState(owner) === 'dead';
}

/** Zero and negative numbers name process groups. */
function isPid(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0;
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
