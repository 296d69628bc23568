import type { CommitBatch } from '../metadata/commitBatch';
import type { PlacedEntry } from './placedEntry';
import type { PersistentMember, SparePool } from './sparePool';

/** What a commit may change besides entries. */
export type CommitExtras = Pick<CommitBatch, 'mainIdentity' | 'health'>;

/** The entries of a commit by their slots, and how to ask for the others. */
export interface EntryBatch {
  readonly changed: ReadonlyMap<number, PlacedEntry>;
  readonly entryCount: number;
  readonly entryAt: (slot: number) => PlacedEntry;
}

/**
 * Commits a batch to every spare of a device: each keeps the whole table, so that any of them tells which sectors are
 * elsewhere. A spare of several that fails is given up and told to `onLost`, unless the batch needs it.
 * @throws the store's error when the only spare fails, all do, or one that holds data of the batch
 */
export async function commitToPool(
  pool: SparePool,
  batch: EntryBatch,
  extras: CommitExtras,
  onLost: (index: number, error: unknown) => void,
): Promise<void> {
  const members = pool.persistent();
  // A store's first flush covers the payload on its own spare only.
  if (members.length > 1) await pool.flush();
  pool.raiseEpoch();
  const failures = new Map<number, unknown>();
  for (const member of members) {
    await commitTo(pool, member, batch, extras).catch((error) => failures.set(member.index, error));
  }
  const [firstFailure] = failures.values();
  if (firstFailure === undefined) return;
  const isNeeded = [...batch.changed.values()].some((entry) => failures.has(entry.member));
  if (failures.size === members.length || isNeeded) throw firstFailure;
  for (const [index, error] of failures) {
    pool.lose(index);
    onLost(index, error);
  }
}

async function commitTo(
  pool: SparePool,
  { index, store, allocator }: PersistentMember,
  batch: EntryBatch,
  extras: CommitExtras,
): Promise<void> {
  const identity = pool.identityOf(index);
  await store.commit({
    changed: [...batch.changed].map(([position, entry]) => ({ position, entry })),
    entryCount: batch.entryCount,
    entryAt: batch.entryAt,
    nextSpare: allocator.next,
    badSpares: [...allocator.badSectors],
    ...extras,
    ...(identity && { pool: identity }),
  });
  allocator.setLimit(store.freeLimit);
}
