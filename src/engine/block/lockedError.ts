import { RemapError } from '../errors';
import { doors } from '../outside/doors';
import type { LockHolder } from './lockFile';
import { type LockOwner, ownerState } from './lockOwner';

/** The error of an image that this process has open. */
export function openHereError(imagePath: string): RemapError {
  const { pid } = doors.host;
  return new RemapError(
    'EBUSY',
    `${imagePath} is already open in this process (${pid}): close the device that uses it first`,
    { path: imagePath, pid },
  );
}

/**
 * The error of an image whose lock another process has. It has `details.lockPath` where the lock may have to be broken: its
 * owner isn't known, can't be asked from here, or may be gone.
 */
export async function lockedError(
  imagePath: string,
  lockPath: string,
  holder: LockHolder,
): Promise<RemapError> {
  const busy = (what: string, details: object): RemapError =>
    new RemapError('EBUSY', `${imagePath} ${what}`, { path: imagePath, ...details });
  if (holder === 'unreadable') {
    const what = `has a lock file that names no process: if nothing uses the image, delete ${lockPath}`;
    return busy(what, { lockPath });
  }
  const { pid, host } = holder;
  const state = await ownerState(holder);
  if (state === 'here') return openHereError(imagePath);
  if (state === 'elsewhere') {
    const what = `is in use by process ${pid} on ${describeHost(holder)}, which can't be asked from here: if it is gone, delete ${lockPath}`;
    return busy(what, { lockPath, pid, host });
  }
  const what = `is in use by process ${pid}: close it there (another window?) first`;
  if (state === 'alive') return busy(what, { pid, host });
  return busy(`${what}; if that process is another program, delete ${lockPath}`, { lockPath, pid, host });
}

const PLATFORMS: Readonly<Record<string, string>> = { linux: 'Linux', win32: 'Windows', darwin: 'macOS' };

/** The name of an owner's computer, and its system where that is another than ours: WSL has the name of its Windows. */
function describeHost({ host, platform }: LockOwner): string {
  if (platform === null || platform === doors.host.platform) return host;
  return `${host} (${PLATFORMS[platform] ?? platform})`;
}
