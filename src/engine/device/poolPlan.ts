import { randomBytes } from 'node:crypto';
import { RemapError } from '../errors';
import { decodePoolIdentity, MAX_POOL_MEMBERS, type PoolIdentity } from '../remap/poolIdentity';
import type { PoolStamp } from '../remap/sparePool';

/** How the spares of a device make up its pool. */
export interface PoolPlan {
  /** Null for a device with a single spare. */
  readonly stamp: PoolStamp | null;
  /** The spare whose table is used: no other spare has a later one. */
  readonly newest: number;
  /** A spare has missed a commit, or is new to the pool: the whole table must be written to all that are present. */
  readonly isStale: boolean;
  /**
   * The spares don't say yet which of them are present. They must say so before the first write: a write to a remapped
   * sector needs no commit, and a spare that is missing now could be used alone later and serve older data.
   */
  readonly isUnmarked: boolean;
  /** The spares that took part in the pool's last commit and are there; none in a pool that is new. */
  readonly current: readonly number[];
}

/** What the plan needs to know of a spare's metadata. */
interface PoolCandidate {
  readonly entryCount: number;
  readonly extras: { readonly pool?: Uint8Array };
  /** Whether the entries that it keeps for other spares are as they were written. */
  readonly isIntact?: boolean;
}

/**
 * Decides which spare's table is used, by what each says of the pool.
 * @param stores by index; null for a spare that is missing
 * @throws RemapError `EINVAL` for a spare of another pool, in the place of another or with remaps of its own, for a list
 * that leaves out spares, and for two spares that were each used without the other; `ENOENT` when every spare with the
 * whole table is missing, or a spare of a new pool
 */
export function planPool(stores: readonly (PoolCandidate | null)[]): PoolPlan {
  const identities = stores.map((store) => (store ? decodePoolIdentity(store.extras.pool) : null));
  const known = identities.filter((identity) => identity !== null);
  if (stores.length === 1 && known.length === 0)
    return { stamp: null, newest: 0, isStale: false, isUnmarked: false, current: [] };
  if (stores.length > MAX_POOL_MEMBERS) {
    throw new RemapError('EINVAL', `a device can have ${MAX_POOL_MEMBERS} spares, not ${stores.length}`);
  }
  const [first] = known;
  if (!first) return newPool(stores);
  const count = Math.max(...known.map((identity) => identity.count));
  if (stores.length < count) {
    throw new RemapError('EINVAL', `the spare is one of ${count} of a pool: list all of them, in order`);
  }
  for (const [index, store] of stores.entries())
    if (store) checkMember(index, store, identities[index]!, first.id);
  const complete = known.filter(
    ({ present, index }) => present.includes(index) && stores[index]?.isIntact !== false,
  );
  if (complete.length === 0) throw noWholeTable(known);
  const newest = complete.reduce((best, identity) => (identity.epoch > best.epoch ? identity : best));
  refuseSplit(known, newest);
  const isStale = stores.some(
    (store, i) =>
      store && (count !== stores.length || !isCurrent(identities[i]!, newest) || store.isIntact === false),
  );
  const current = known.filter((identity) => isCurrent(identity, newest)).map(({ index }) => index);
  const present = stores.flatMap((store, index) => (store ? [index] : []));
  const isUnmarked = present.join() !== newest.present.join();
  return { stamp: { id: first.id, epoch: newest.epoch }, newest: newest.index, isStale, isUnmarked, current };
}

/**
 * Whether a spare's table is the newest one; null for a spare that is new to the pool. The newest one may name a spare that
 * had no room for the table by the same commit: that one says so itself.
 */
function isCurrent(identity: PoolIdentity | null, newest: PoolIdentity): boolean {
  if (identity?.epoch !== newest.epoch) return false;
  return newest.present.includes(identity.index) && identity.present.includes(identity.index);
}

/**
 * The error when every spare that is present lacks the whole table. A spare that had no room for it says so in its own
 * metadata: used without the others it would serve old data.
 */
function noWholeTable(known: readonly PoolIdentity[]): RemapError {
  const missing = known[0]!.present.join(' or ');
  const text = `the remap table on the spares that are there is not complete: spare ${missing} of the pool has it`;
  return new RemapError('ENOENT', text);
}

/** Spares that were no pool become one; at most one of them may have remaps already. */
function newPool(stores: readonly (PoolCandidate | null)[]): PoolPlan {
  const withEntries = stores.flatMap((store, index) => (store && store.entryCount > 0 ? [index] : []));
  if (withEntries.length > 1) {
    const text = `spares ${withEntries.join(' and ')} both have remaps of their own, so they can't become one pool`;
    throw new RemapError('EINVAL', text);
  }
  if (stores.some((store) => store === null)) {
    throw new RemapError('ENOENT', 'a new pool needs all of its spares: one of them is missing');
  }
  return {
    stamp: { id: randomBytes(16).toString('hex'), epoch: 0 },
    newest: withEntries[0] ?? 0,
    isStale: true,
    isUnmarked: true,
    current: [],
  };
}

function checkMember(
  index: number,
  store: PoolCandidate,
  identity: PoolIdentity | null,
  poolId: string,
): void {
  if (!identity) {
    if (store.entryCount === 0) return;
    throw new RemapError('EINVAL', `spare ${index} has remaps of its own and is not of this pool`);
  }
  if (identity.id !== poolId) throw new RemapError('EINVAL', `spare ${index} belongs to another pool`);
  if (identity.index !== index) {
    const text = `spare ${index} is number ${identity.index} of its pool: list the spares in that order`;
    throw new RemapError('EINVAL', text);
  }
}

/** Two spares that each were used without the other can't both be right. */
function refuseSplit(known: readonly PoolIdentity[], newest: PoolIdentity): void {
  for (const identity of known) {
    if (identity === newest || identity.present.includes(newest.index)) continue;
    if (newest.present.includes(identity.index)) continue;
    const text = `spares ${newest.index} and ${identity.index} were each used while the other was missing: leave one out`;
    throw new RemapError('EINVAL', text);
  }
}
