import { doors } from '../outside/doors';
import type { Host } from '../outside/host';

/**
 * The content of a lock file: which process holds it, on which computer. What is null isn't offered there, or was not
 * written by an earlier version.
 */
export interface LockOwner {
  readonly pid: number;
  /** As `ProcessState.startTime`: it tells the process from a later one with its number. */
  readonly startTime: string | null;
  /** The name of the computer, for people. */
  readonly host: string;
  readonly platform: string | null;
  /** As `Host.machineId`. */
  readonly machineId: string | null;
  /** As `Host.bootId`: processes of an earlier boot are gone. */
  readonly bootId: string | null;
  /** As `Host.uptime`, when the lock was taken. */
  readonly uptime: number | null;
  /** As `Host.pidNamespace`. */
  readonly pidNamespace: string | null;
  /** Different for each lock that was ever taken. */
  readonly nonce: string;
}

/** What is known of a lock's owner; see {@link ownerState}. */
export type OwnerState = 'here' | 'alive' | 'likely' | 'dead' | 'elsewhere';

/** Rounding of the seconds since the boot. */
const UPTIME_SLACK = 2;

/** This process as an owner, with a nonce given by the caller. */
export async function currentOwner(nonce: string): Promise<LockOwner> {
  const { host } = doors;
  return {
    pid: host.pid,
    startTime: host.process(host.pid)?.startTime ?? null,
    host: host.name(),
    platform: host.platform,
    machineId: await host.machineId(),
    bootId: await host.bootId(),
    uptime: host.uptime(),
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
  const { pid, host, nonce, ...more } = value as Record<string, unknown>;
  if (!isPid(pid) || typeof host !== 'string' || typeof nonce !== 'string') return undefined;
  if (!/^[\w-]{1,64}$/.test(nonce)) return undefined;
  return {
    pid,
    startTime: textOrNull(more.startTime),
    host,
    platform: textOrNull(more.platform),
    machineId: textOrNull(more.machineId),
    bootId: textOrNull(more.bootId),
    uptime: typeof more.uptime === 'number' ? more.uptime : null,
    pidNamespace: textOrNull(more.pidNamespace),
    nonce,
  };
}

/**
 * The state of a lock's owner. `here` is this process. `dead` is a process of this computer that is gone for certain.
 * `alive` is another living one, `likely` one that lives unless a later process has its number. `elsewhere` is each one
 * that can't be checked from here: on another computer, or one that can't be told from another; in another container; or
 * of another system on this computer, as WSL is to Windows.
 */
export async function ownerState(owner: LockOwner): Promise<OwnerState> {
  const { host } = doors;
  const bootId = await host.bootId();
  const isThisBoot = owner.bootId !== null && owner.bootId === bootId;
  if (!isThisBoot) {
    if (owner.platform !== host.platform) return 'elsewhere';
    if (owner.machineId === null || owner.machineId !== (await host.machineId())) return 'elsewhere';
    if (isEarlierBoot(owner, bootId, host)) return 'dead';
  }
  if (owner.pidNamespace !== host.pidNamespace()) return 'elsewhere';
  const state = host.process(owner.pid);
  if (!state?.running) return 'dead';
  const isKnown = owner.startTime !== null && state.startTime !== null;
  if (isKnown && owner.startTime !== state.startTime) return 'dead';
  if (owner.pid === host.pid) return 'here';
  return isKnown ? 'alive' : 'likely';
}

/** Whether a process of this computer is gone for certain. @param startTime null where it isn't known */
export function isDeadProcess(pid: number, startTime: string | null): boolean {
  const state = doors.host.process(pid);
  if (!state?.running) return true;
  return startTime !== null && state.startTime !== null && startTime !== state.startTime;
}

/** Whether this computer was started anew since. The time of day doesn't count: it jumps. */
function isEarlierBoot(owner: LockOwner, bootId: string | null, host: Host): boolean {
  if (owner.bootId !== null && bootId !== null) return owner.bootId !== bootId;
  return owner.uptime !== null && host.uptime() + UPTIME_SLACK < owner.uptime;
}

/** Zero and negative numbers name process groups. */
function isPid(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0;
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
