import { RemapError } from '../errors';
import { removeFile, renameFile } from '../outside/patience';
import { realPathOf } from '../outside/refusals';
import { fileError } from './fileError';
import { lockPathOf } from './imageLock';
import { lockedError } from './lockedError';
import { type LockHolder, readHolder } from './lockFile';
import { ownerState } from './lockOwner';
import { temporaryPathFor } from './temporaryFile';

/** A lock in the way of opening an image, whose owner may be gone: that can't be known from here. */
export interface DoubtfulLock {
  readonly image: string;
  readonly lockPath: string;
  /** Which process took it, on which computer; null: the lock doesn't say. */
  readonly owner: { readonly pid: number; readonly host: string } | null;
  /** Tells the lock from a later one. */
  readonly nonce: string | null;
}

/**
 * The lock of an image, if it is in doubt; null if there is none, or one that the next opener takes over.
 * @throws RemapError `EBUSY` for the lock of a process that lives for certain; the system's error for an image that isn't
 * there
 */
export async function findDoubtfulLock(image: string): Promise<DoubtfulLock | null> {
  const lockPath = lockPathOf(
    await realPathOf(image).catch((error) => {
      throw fileError(error, image, 'open');
    }),
  );
  const holder = await readHolder(lockPath);
  if (holder === undefined) return null;
  if (holder === 'unreadable') return { image, lockPath, owner: null, nonce: null };
  const state = await ownerState(holder);
  if (state === 'dead') return null;
  if (state !== 'likely' && state !== 'elsewhere') throw await lockedError(image, lockPath, holder);
  const { pid, host, nonce } = holder;
  return { image, lockPath, owner: { pid, host }, nonce };
}

/**
 * Removes a lock that was found, at a person's word that its owner is gone. It is taken aside first, and put back if it is
 * another one by now.
 * @throws RemapError `EBUSY` for another one; the code of the failed file operation
 */
export async function breakLock({ image, lockPath, nonce }: DoubtfulLock): Promise<void> {
  const requireFound = async (path: string): Promise<void> => {
    const holder = await readHolder(path);
    if (holder === undefined || nonceOf(holder) === nonce) return;
    throw new RemapError('EBUSY', `another process has taken the lock of ${image} by now: look again`, {
      path: image,
      lockPath,
    });
  };
  const aside = temporaryPathFor(lockPath);
  try {
    // Another one is left where it is: while it is aside, a third process could take the lock of a living one.
    await requireFound(lockPath);
    await renameFile(lockPath, aside);
    await requireFound(aside).catch(async (error) => {
      await renameFile(aside, lockPath);
      throw error;
    });
    await removeFile(aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw fileError(error, lockPath, 'change');
  }
}

function nonceOf(holder: LockHolder): string | null {
  return holder === 'unreadable' ? null : holder.nonce;
}
