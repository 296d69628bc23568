import { RemapError } from '../errors';
import { doors } from '../outside/doors';
import { constants, type OpenFile } from '../outside/fileSystem';

/** Opening a pipe would wait for its other end. Windows has no such flag, and no such files. */
const NON_BLOCKING = constants.O_NONBLOCK ?? 0;

/** What a file is opened as. */
export interface Expected {
  /** What the file should be, as messages say it: "a disk image". */
  readonly kind: string;
  /** A larger file is refused before anything of it is read. */
  readonly maxBytes: number;
}

/**
 * Opens a file that must be a regular one, without ever waiting for it: a pipe or a device is refused.
 * @throws RemapError `EINVAL` for anything but a regular file; the system's error
 */
export async function openRegularFile(
  path: string,
  access: 'r' | 'r+',
  kind: Expected['kind'],
): Promise<OpenFile> {
  const flags = access === 'r' ? constants.O_RDONLY : constants.O_RDWR;
  const handle = await doors.files.open(path, flags | NON_BLOCKING).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'EISDIR' ? refused(path, 'a folder', kind) : error;
  });
  try {
    const stats = await handle.stat();
    if (stats.isFile()) return handle;
    throw refused(path, stats.isDirectory() ? 'a folder' : 'not a regular file', kind);
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/**
 * Reads a whole file that must be a regular one of a limited size, as large as it is when it is opened.
 * @throws RemapError `EINVAL` for a larger file, and as {@link openRegularFile}
 */
export async function readRegularFile(path: string, { kind, maxBytes }: Expected): Promise<Buffer> {
  const handle = await openRegularFile(path, 'r', kind);
  try {
    const { size } = await handle.stat();
    if (size > maxBytes) throw tooLarge(path, size, { kind, maxBytes });
    const bytes = Buffer.alloc(size);
    let length = 0;
    while (length < size) {
      const { bytesRead } = await handle.read(bytes, length, size - length, length);
      if (bytesRead === 0) break;
      length += bytesRead;
    }
    return bytes.subarray(0, length);
  } finally {
    await handle.close();
  }
}

/** As {@link readRegularFile}, for the moment when a process exits. */
export function readRegularFileSync(path: string, { kind, maxBytes }: Expected): Buffer {
  const { files } = doors;
  const fd = files.openSync(path, constants.O_RDONLY | NON_BLOCKING);
  try {
    const stats = files.fstatSync(fd);
    if (!stats.isFile()) throw refused(path, 'not a regular file', kind);
    if (stats.size > maxBytes) throw tooLarge(path, stats.size, { kind, maxBytes });
    const bytes = Buffer.alloc(stats.size);
    return bytes.subarray(0, files.readSync(fd, bytes, 0, stats.size, 0));
  } finally {
    files.closeSync(fd);
  }
}

function refused(path: string, what: string, kind: string): RemapError {
  return new RemapError('EINVAL', `${path} is ${what}: choose ${kind}`, { path });
}

function tooLarge(path: string, size: number, { kind, maxBytes }: Expected): RemapError {
  const message = `${path} has ${size} bytes, and ${kind} has at most ${maxBytes}: is it another kind of file?`;
  return new RemapError('EINVAL', message, { path, size, maxBytes });
}
