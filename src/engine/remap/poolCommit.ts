import { isDisplaced, isHostFull, RemapError } from '../errors';
import type { CommitBatch } from '../metadata/commitBatch';
import type { PoolEntry } from './poolEntry';
import type { PersistentMember, SparePool } from './sparePool';

/** What a commit may change besides entries. */
export type CommitExtras = Pick<CommitBatch, 'mainIdentity' | 'health'>;

/** The entries of a commit by their slots, and how to ask for the others. */
export interface EntryBatch {
  readonly changed: ReadonlyMap<number, PoolEntry>;
  readonly entryCount: number;
  readonly entryAt: (slot: number) => PoolEntry;
}

/** Told of spares that a commit leaves out. */
export interface PoolCommitObserver {
  /** It failed, and its sectors answer EIO until it comes back. */
  spareLost(index: number, error: unknown): void;
  /** It has no room for the table any more; its data are served. */
  spareBehind(index: number): void;
}

/**
 * Commits a batch to every spare of a device (R6): each keeps the whole table, so that any of them tells which sectors
 * are remapped. Of several spares, one that has no room for the table goes on with its own entries alone, and one that fails is
 * given up unless it holds data of the batch, or only the file system that it is on is full.
 * @throws RemapError of the store when all spares fail, one that holds data of the batch, or one on a full file system
 */
export async function commitToPool(
  pool: SparePool,
  batch: EntryBatch,
  extras: CommitExtras,
  observer: PoolCommitObserver,
): Promise<void> {
  const members = pool.persistent();
  // A store flushes its own spare only, but its table may name payloads on the others.
  if (pool.members.length > 1) await pool.flush();
  pool.raiseEpoch();
  const failures = new Map<PersistentMember, unknown>();
  for (const member of members) {
    try {
      await commitToMember(pool, member, batch, extras);
    } catch (error) {
      failures.set(member, error);
    }
  }
  const [firstFailure] = failures.values();
  if (firstFailure === undefined) return;
  const isNeeded = [...failures].some(
    ([{ index }, error]) =>
      isHostFull(error) ||
      (!isOutgrown(error) && [...batch.changed.values()].some(({ member }) => member === index)),
  );
  // A spare that is displaced can't be left out: what was acknowledged on it would be missed when the device opens anew (R13).
  const displaced = [...failures.values()].find(isDisplaced);
  if (displaced !== undefined) throw displaced;
  const keepTable = members.filter(({ index }) => !pool.isBehind(index));
  if (keepTable.every((member) => failures.has(member)) || isNeeded) throw firstFailure;
  for (const [member, error] of failures) {
    const isBehind = isOutgrown(error) && (await leaveBehind(pool, member, batch, extras));
    if (isBehind) {
      observer.spareBehind(member.index);
    } else {
      pool.lose(member.index);
      observer.spareLost(member.index, error);
    }
  }
}

/** Whether a commit failed only because the spare has no room for the large table. */
function isOutgrown(error: unknown): boolean {
  return error instanceof RemapError && error.details.full === 'spare';
}

/**
 * Goes on with a spare that keeps its own entries alone, for a kernel (R16), and says so: its table must not count as the
 * pool's when the other spares are missing.
 * @returns false when that can't be written
 */
async function leaveBehind(
  pool: SparePool,
  member: PersistentMember,
  batch: EntryBatch,
  extras: CommitExtras,
): Promise<boolean> {
  pool.leaveBehind(member.index);
  try {
    await commitToMember(pool, member, batch, extras);
    return true;
  } catch {
    return false;
  }
}

/**
 * Commits a batch to one spare.
 * @throws RemapError of the store
 */
export async function commitToMember(
  pool: SparePool,
  { index, store, allocator }: PersistentMember,
  batch: EntryBatch,
  extras: CommitExtras = {},
): Promise<void> {
  const identity = pool.identityOf(index);
  await store.commit({
    changed: [...batch.changed].map(([slot, entry]) => ({ slot, entry })),
    entryCount: batch.entryCount,
    entryAt: batch.entryAt,
    nextSpare: allocator.nextSpare,
    badSpares: [...allocator.badSectors],
    isBehind: pool.isBehind(index),
    ...extras,
    ...(identity && { pool: identity }),
  });
}
