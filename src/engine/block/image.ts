import { RemapError } from '../errors';
import { doors } from '../outside/doors';
import type { ImageIo, OpenFile } from '../outside/fileSystem';
import { removeFile } from '../outside/patience';
import { type BlockDevice, SECTOR_SIZE } from './blockDevice';
import { type Container, containerRefused, readContainer } from './containerFormat';
import { fileError } from './fileError';
import { compareByHandle, compareIds } from './fileIdentity';
import { ImageDevice } from './imageDevice';
import { type ImageLock, lockImage } from './imageLock';
import { ImagePlace } from './imagePlace';
import { giveLength, type ImageRoom, type MakingOptions } from './imageRoom';
import { openRegularFile } from './regularFile';

/** 16 TiB: what ext4, the usual home of an image, allows. */
const MAX_SECTORS = 2 ** 35;

export interface OpenImageOptions {
  /** Writes are refused with `EROFS`, and the file may be one that can't be written. */
  readonly readOnly?: boolean;
  /** Whether to take the image's lock. Absent: only for an image that is opened for writing. */
  readonly lock?: boolean;
  /** Refuse an image of any other size. */
  readonly expectedSectorCount?: number;
  /** Open a container of another format too, to look at its own bytes: read-only. Absent: it is refused. */
  readonly anyFormat?: boolean;
  /** Asked about an image that looks like a container: whether it is a disk all the same. Absent: it is refused. */
  readonly isDisk?: ((image: BlockDevice) => Promise<boolean>) | undefined;
  readonly io?: ImageIo;
}

/**
 * Opens a disk image: a regular file whose sector N is its bytes from 512 N on. Bytes after the last whole sector can't be
 * reached and stay as they are. The lock, if it is taken, is held until `close` (see {@link lockImage}).
 *
 * @throws RemapError `ENOENT`, `EACCES`, `EROFS` (a file or file system that is read-only), `EBUSY` (locked), `EINVAL`
 *   (not a regular file, shorter than a sector, not of the expected size, or a container such as qcow2), each naming the
 *   file and what to do
 */
export async function openImage(path: string, options: OpenImageOptions = {}): Promise<ImageDevice> {
  const { readOnly = false, lock: wantsLock = !readOnly, expectedSectorCount, io = doors.files.io } = options;
  const handle = await openFile(path, readOnly);
  let lock: ImageLock | undefined;
  try {
    if (wantsLock) {
      lock = await lockImage(path, handle);
      await requireSame(path, handle);
    }
    const stats = await handle.stat({ bigint: true });
    const byteCount = Number(stats.size);
    const container = readOnly && options.anyFormat ? null : await readContainer(handle, byteCount);
    if (container && !options.isDisk) throw containerRefused(path, container);
    const sectorCount = checkSize(path, byteCount, expectedSectorCount);
    const place = new ImagePlace(path, handle.fd, stats, io);
    const image = new ImageDevice(path, sectorCount, readOnly, place, handle, lock, io);
    if (container && !(await options.isDisk?.(image))) throw containerRefused(path, container);
    return image;
  } catch (error) {
    await lock?.release();
    await handle.close();
    throw fileError(error, path, 'open');
  }
}

/**
 * The container format of a file, null for a raw image.
 * @throws RemapError as {@link openImage}
 */
export async function imageContainer(path: string): Promise<Container | null> {
  const handle = await openFile(path, true);
  try {
    return await readContainer(handle, (await handle.stat()).size);
  } finally {
    await handle.close();
  }
}

/**
 * Creates an image of zeros, sparse where the file system makes holes. An existing file is never overwritten, and no file is
 * left when it fails.
 *
 * @throws RemapError `EEXIST`, `ENOENT` (no such folder), `EACCES`, `EROFS`, `ENOSPC`, `EINVAL` (no possible size, or
 *   larger than the file system allows), `ECANCELED`
 */
export async function createImage(
  path: string,
  sectorCount: number,
  options: MakingOptions = {},
): Promise<ImageRoom> {
  if (!Number.isSafeInteger(sectorCount) || sectorCount < 1 || sectorCount > MAX_SECTORS) {
    const message = `can't create ${path}: an image has from 1 to ${MAX_SECTORS} sectors, not ${sectorCount}`;
    throw new RemapError('EINVAL', message, { path, sectorCount });
  }
  let handle: OpenFile;
  try {
    handle = await doors.files.open(path, 'wx');
  } catch (error) {
    throw fileError(error, path, 'create');
  }
  try {
    const room = await giveLength(handle, path, sectorCount * SECTOR_SIZE, options);
    await handle.sync();
    await handle.close();
    return room;
  } catch (error) {
    await handle.close().catch(() => undefined);
    await removeFile(path).catch(() => undefined);
    throw fileError(error, path, 'create');
  }
}

async function openFile(path: string, readOnly: boolean): Promise<OpenFile> {
  let mayWrite = true;
  try {
    // Root could write it all the same, but its permissions say that it shall not be written.
    mayWrite = readOnly || ((await doors.files.stat(path)).mode & 0o222n) !== 0n;
    const handle = await openRegularFile(path, readOnly || !mayWrite ? 'r' : 'r+', 'a disk image');
    if (mayWrite) return handle;
    await handle.close();
  } catch (error) {
    throw fileError(error, path, 'open');
  }
  const message = `${path} is read-only: make it writable (chmod u+w), or open it read-only`;
  throw new RemapError('EROFS', message, { path });
}

/** Looks at the path again now that the lock is held: it must still lead to the opened file. */
async function requireSame(path: string, handle: OpenFile): Promise<void> {
  const opened = await handle.stat({ bigint: true });
  if (compareIds(await doors.files.stat(path), opened) === 'same') return;
  if ((await compareByHandle(path, opened)) !== 'other') return;
  throw new RemapError('EBUSY', `${path} was replaced while it was being opened: open it again`, { path });
}

function checkSize(path: string, byteCount: number, expectedSectorCount: number | undefined): number {
  const sectorCount = Math.floor(byteCount / SECTOR_SIZE);
  if (sectorCount === 0) {
    const message = `${path} holds ${byteCount} bytes, which is not even one sector: choose a disk image`;
    throw new RemapError('EINVAL', message, { path, sectorCount });
  }
  if (expectedSectorCount !== undefined && sectorCount !== expectedSectorCount) {
    const message = `${path} has ${sectorCount} sectors instead of ${expectedSectorCount}: choose the image that belongs here`;
    throw new RemapError('EINVAL', message, { path, sectorCount, expectedSectorCount });
  }
  return sectorCount;
}
