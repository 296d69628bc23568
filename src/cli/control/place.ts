import { createHash } from 'node:crypto';
import { lstat, mkdir } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { RemapError } from '../../engine';

/** The place of the socket by which other verbs reach the serve that has a device: found from the device file alone. */
export interface ControlPlace {
  /** Only this user may enter it. Null on Windows, where the socket is a named pipe, to which only its user may write. */
  readonly folder: string | null;
  readonly socket: string;
}

/** @param deviceFile its real path */
export function controlPlace(deviceFile: string, platform: NodeJS.Platform = process.platform): ControlPlace {
  const { uid, username } = userInfo();
  const { XDG_RUNTIME_DIR: runtime } = process.env;
  const hash = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 24);
  if (platform === 'win32') {
    const socket = `\\\\.\\pipe\\remap-inspector-${hash(`${username}\n${deviceFile}`)}`;
    return { folder: null, socket };
  }
  const folder = runtime ? join(runtime, 'remap-inspector') : join(tmpdir(), `remap-inspector-${uid}`);
  return { folder, socket: join(folder, `${hash(deviceFile)}.sock`) };
}

/** Makes the folder if need be. @throws RemapError as {@link requirePrivate}; the system's error */
export async function makeControlFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await requirePrivate(folder);
}

/**
 * Whether the folder is there. One that another user could have made, or can enter, is refused: that user could have
 * made the socket in it.
 * @throws RemapError `EACCES`
 */
export async function requirePrivate(folder: string): Promise<boolean> {
  const stats = await lstat(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (!stats) return false;
  if (stats.isDirectory() && stats.uid === userInfo().uid && (stats.mode & 0o077) === 0) return true;
  const message = `${folder} must be a folder that only you may enter (mode 0700): remove it, and it is made anew`;
  throw new RemapError('EACCES', message, { path: folder });
}
