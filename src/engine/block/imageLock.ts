import { randomBytes } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import { doors } from '../outside/doors';
import type { OpenFile } from '../outside/fileSystem';
import { realPathOf } from '../outside/refusals';
import { fileError } from './fileError';
import { areTwoFiles } from './fileIdentity';
import { removeLeftFiles } from './leftFiles';
import { lockedError, openHereError } from './lockedError';
import { LOCK_FILE, readHolder, releaseLockFile, takeLockFile } from './lockFile';
import { currentOwner, ownerState, parseOwner } from './lockOwner';
import { LockPlace } from './lockPlace';
import { readRegularFileSync } from './regularFile';

/** The right to write an image, held by one opener at a time. */
export interface ImageLock {
  /** Whether two that take it in the same moment may be in each other's way: the file system has no hard links. */
  readonly isWeak: boolean;
  /** Gives the right back, also when the folder was renamed. Idempotent. */
  release(): Promise<void>;
}

/** The lock file of an image: `disk/main.img` has `disk/.main.img.lock`. */
export function lockPathOf(imagePath: string): string {
  return join(dirname(imagePath), `.${basename(imagePath)}.lock`);
}

/**
 * Takes the lock of an open image. One opener holds it at a time, within this process (by the file's inode, so that a
 * symbolic or hard link is the same image) and among processes (by a lock file beside the image's real path, so that a
 * symbolic link is the same image; hard links in other folders are not seen).
 *
 * The lock of a process that is dead (killed, or from before a reboot) is taken over. The lock of another computer, system
 * or container is respected, because it can't be known from here whether its owner lives ({@link ownerState}). A process
 * removes all its locks when it exits; if it is killed, the next opener takes them over, and removes its temporary files.
 *
 * Worker threads of one process do not see each other's locks.
 *
 * @throws RemapError `EBUSY`, whose message names the image, the owner and what to do, with `details.pid`,
 *   `details.host` and `details.lockPath`; `EACCES`, `EROFS`, `ENOSPC` where the lock file can't be written
 */
export async function lockImage(imagePath: string, file: OpenFile): Promise<ImageLock> {
  const held = heldLocks();
  const path = await realPathOf(imagePath).catch((error) => {
    throw fileError(error, imagePath, 'lock');
  });
  const key = await takeKey(held.images, path, file);
  if (key === null) throw openHereError(imagePath);
  const nonce = randomBytes(6).toString('hex');
  let place: LockPlace | undefined;
  const forget = (): void => {
    held.images.delete(key);
    held.lockPlaces.delete(nonce);
  };
  const noteRemoved = (): void => noteReleased(held.released, nonce);
  try {
    const lockPath = lockPathOf(path);
    place = await LockPlace.open(lockPath);
    held.lockPlaces.set(nonce, place);
    const owner = await currentOwner(nonce);
    const { holder, isWeak } = await takeLockFile(lockPath, owner, {
      isHeld: (other) => held.lockPlaces.has(other),
      isReleased: (other) => held.released.has(other),
    });
    if (holder) throw await lockedError(imagePath, lockPath, holder);
    await removeLeftFiles(path);
    return new HeldLock(place, nonce, isWeak, { noteRemoved, forget });
  } catch (error) {
    forget();
    await place?.close();
    throw fileError(error, imagePath, 'lock');
  }
}

/** Notes that this process locks a file, under a key that is returned; null: it does already. */
async function takeKey(images: Map<string, OpenFile>, path: string, file: OpenFile): Promise<string | null> {
  const { dev, ino } = await file.stat({ bigint: true });
  const isKnown = dev !== 0n && ino !== 0n;
  const byIds = isKnown ? `${dev}:${ino}` : path;
  const other = images.get(byIds);
  const key = isKnown && other && (await areTwoFiles(other, file)) ? `${byIds} ${path}` : byIds;
  if (images.has(key)) return null;
  images.set(key, file);
  return key;
}

/**
 * Makes sure, without taking it, that no living process has the lock of an image: what it has not written yet can't be
 * seen from here.
 * @throws RemapError `EBUSY` as {@link lockImage}; the system's error for an image that isn't there
 */
export async function requireFree(imagePath: string): Promise<void> {
  const lockPath = lockPathOf(await realPathOf(imagePath));
  const holder = await readHolder(lockPath);
  if (holder === undefined) return;
  if (holder === 'unreadable' || (await ownerState(holder)) !== 'dead')
    throw await lockedError(imagePath, lockPath, holder);
}

class HeldLock implements ImageLock {
  #released: Promise<void> | undefined;

  constructor(
    private readonly place: LockPlace,
    private readonly nonce: string,
    readonly isWeak: boolean,
    private readonly here: { noteRemoved(): void; forget(): void },
  ) {}

  release(): Promise<void> {
    this.#released ??= this.#release();
    return this.#released;
  }

  async #release(): Promise<void> {
    try {
      const isReleased = await releaseLockFile(this.place.likelyPath, this.nonce);
      if (!isReleased) await releaseLockFile(await this.place.find(), this.nonce);
      this.here.noteRemoved();
    } finally {
      this.here.forget();
      await this.place.close();
    }
  }
}

interface HeldLocks {
  /** The images that are locked, or being locked, by this process: by inode, or by name where that isn't known. */
  readonly images: Map<string, OpenFile>;
  /** Where the lock file is, by nonce, of locks that are held or being taken. */
  readonly lockPlaces: Map<string, { readonly likelyPath: string }>;
  /** The nonces of the locks that this process gave back last. */
  readonly released: Set<string>;
}

/** A file that was removed is gone once all programs have closed it: so many locks may be on their way. */
const MAX_RELEASED = 1000;

function noteReleased(released: Set<string>, nonce: string): void {
  released.add(nonce);
  for (const oldest of released) {
    if (released.size <= MAX_RELEASED) break;
    released.delete(oldest);
  }
}

/** One registry for each process, even if it loads this module twice, as the extension and its tests do. */
function heldLocks(): HeldLocks {
  const registry = globalThis as { [key: symbol]: HeldLocks | undefined };
  const symbol = Symbol.for('remap-inspector.heldLocks');
  let held = registry[symbol];
  if (!held) {
    const created: HeldLocks = { images: new Map(), lockPlaces: new Map(), released: new Set() };
    registry[symbol] = created;
    process.on('exit', () => releaseAll(created));
    held = created;
  }
  return held;
}

/** Best effort: a lock that isn't removed is taken over by the next opener. */
function releaseAll(held: HeldLocks): void {
  for (const [nonce, { likelyPath }] of held.lockPlaces) {
    try {
      const owner = parseOwner(readRegularFileSync(likelyPath, LOCK_FILE).toString());
      if (owner?.nonce === nonce) doors.files.unlinkSync(likelyPath);
    } catch {
      // While the process exits, an error can neither be mended nor reported.
    }
  }
}
