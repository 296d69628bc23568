import { setTimeout as sleep } from 'node:timers/promises';
import { doors } from '../outside/doors';
import { constants } from '../outside/fileSystem';
import { patiently, removeFile, renameFile } from '../outside/patience';
import { hasNoHardLinks } from '../outside/refusals';
import { type LockOwner, ownerState, parseOwner } from './lockOwner';
import { readRegularFile } from './regularFile';
import { temporaryPathFor } from './temporaryFile';

/** The owner of a lock file; `unreadable` when its content isn't an owner as this module writes it. */
export type LockHolder = LockOwner | 'unreadable';

/** A lock file that we write has some 200 bytes. */
export const LOCK_FILE = { kind: 'a lock file', maxBytes: 4096 } as const;

/** The locks of this process, by their nonces. */
export interface LocksHere {
  isHeld(nonce: string): boolean;
  /** It was given back: its file is going, and another one may come at any moment. */
  isReleased(nonce: string): boolean;
}

/** How long to wait for a file that another program writes, or that goes once the programs that look at it are done. */
const WAIT_MS = 20;

/** How often a lock may change hands while we try to take it, before we give up. */
const MAX_ATTEMPTS = 100;

/**
 * Makes `path` the lock file of `owner`, unless a living process has it.
 *
 * The file appears with its whole content at once, by linking a finished one to its name (where a file system has no hard
 * links: by copying it, see {@link TakenLock.isWeak}). A file whose owner is dead is replaced, by at most one of any number of contenders: a contender
 * must first take `PATH.NONCE.claim` of that dead lock (a lock file itself, taken the same way), and then check that the
 * dead lock is still there. A dead lock is replaced and never removed, so that there is no moment without a lock file.
 *
 * @param here the locks of this process: a file that names this process and is none of them was left by an earlier process
 *   with the same number
 * @throws the file system's error where the lock can't be written
 */
export async function takeLockFile(path: string, owner: LockOwner, here: LocksHere): Promise<TakenLock> {
  const own = temporaryPathFor(path);
  try {
    await writeDurably(own, JSON.stringify(owner));
    const contender = new Contender(path, own, owner.nonce, here);
    const holder = await contender.take(path);
    return { holder, isWeak: contender.hasCopied };
  } finally {
    await leave(own);
  }
}

/**
 * Removes a lock file if it still has this nonce: a user may have deleted it, and another process taken the lock since.
 * Answers whether it had.
 */
export async function releaseLockFile(path: string, nonce: string): Promise<boolean> {
  const holder = await readHolder(path);
  const isOurs = holder !== undefined && holder !== 'unreadable' && holder.nonce === nonce;
  if (isOurs) await removeFile(path);
  return isOurs;
}

/** What came of taking a lock. */
export interface TakenLock {
  /** Absent: the lock is ours. */
  readonly holder: LockHolder | undefined;
  /** The file system has no hard links: a crash amid the taking leaves a lock that names no process. */
  readonly isWeak: boolean;
}

class Contender {
  hasCopied = false;

  constructor(
    private readonly base: string,
    private readonly own: string,
    private readonly nonce: string,
    private readonly here: LocksHere,
  ) {}

  async take(path: string): Promise<LockHolder | undefined> {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      if (await this.#place(path)) return undefined;
      const holder = await readHolder(path);
      if (holder === undefined) continue;
      // A share may have made the link, and answered a second time that the name is taken.
      if (holder !== 'unreadable' && holder.nonce === this.nonce) return undefined;
      if (holder !== 'unreadable' && this.here.isReleased(holder.nonce)) {
        await sleep(WAIT_MS);
        continue;
      }
      if (holder === 'unreadable' || !(await this.#isDead(holder))) return holder;
      const claim = `${this.base}.${holder.nonce}.claim`;
      const rival = await this.take(claim);
      if (rival) return rival;
      try {
        if (await this.#replace(path, holder)) return undefined;
      } finally {
        await leave(claim);
      }
    }
    return 'unreadable';
  }

  /** Only the holder of the claim replaces a dead lock. An earlier holder may have replaced it already: false then. */
  async #replace(path: string, dead: LockOwner): Promise<boolean> {
    const now = await readHolder(path);
    if (now === undefined || now === 'unreadable' || now.nonce !== dead.nonce) return false;
    const swap = temporaryPathFor(path);
    await this.#place(swap);
    await renameFile(swap, path);
    return true;
  }

  /** Gives our finished file a further name; false if that name is taken. */
  async #place(path: string): Promise<boolean> {
    try {
      await doors.files.link(this.own, path).catch((error) => this.#copy(path, error));
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw error;
    }
  }

  async #copy(path: string, refusal: unknown): Promise<void> {
    if (!hasNoHardLinks(refusal)) throw refusal;
    await patiently(() => doors.files.copyFile(this.own, path, constants.COPYFILE_EXCL));
    this.hasCopied = true;
  }

  async #isDead(owner: LockOwner): Promise<boolean> {
    const state = await ownerState(owner);
    return state === 'dead' || (state === 'here' && !this.here.isHeld(owner.nonce));
  }
}

/** Flushes the file: a power loss must not leave an empty lock file, which no process would take over. */
async function writeDurably(path: string, text: string): Promise<void> {
  const file = await doors.files.open(path, 'wx');
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Removes a file of a contender. One that can't be removed is in no way, and goes with the next opener once we are gone. */
async function leave(path: string): Promise<void> {
  await removeFile(path).catch(() => undefined);
}

/** What a lock file says; undefined when there is none. */
export async function readHolder(path: string): Promise<LockHolder | undefined> {
  // Where there are no hard links, a lock file is empty for a moment; on Windows one that goes can't be opened for one.
  for (let patience = 5; patience > 0; patience--) {
    try {
      const owner = parseOwner((await readRegularFile(path, LOCK_FILE)).toString());
      if (owner) return owner;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    }
    await sleep(WAIT_MS);
  }
  return 'unreadable';
}
