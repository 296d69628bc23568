import { RemapError } from '../errors';
import { MAIN_IDENTITY_BYTES, POOL_BYTES } from './codec/extras';
import type { RemapEntry, SlotEntry } from './entry';
import type { HealthFields } from './structure';

/** One commit: what changes, and how to ask for every entry, which a large table that moves needs. */
export interface CommitBatch {
  /** Every slot that is new or whose entry differs from the last commit. */
  readonly changed: Iterable<SlotEntry>;
  readonly entryCount: number;
  /** The entry to commit at a slot. Its answers must not change before the commit has ended. */
  readonly entryAt: (slot: number) => RemapEntry;
  /** The first spare sector that was never handed out. */
  readonly nextSpare: number;
  /** Known bad sectors of the spare. The highest 96 are kept. */
  readonly badSpares?: readonly number[];
  /** What identifies the main image (up to 512 bytes) and the pool (up to 256); absent: as it was. */
  readonly mainIdentity?: Uint8Array;
  readonly pool?: Uint8Array;
  readonly health?: Partial<HealthFields>;
  /** The spare has no room for the large table of its pool: it keeps its own entries alone. */
  readonly isBehind?: boolean;
}

/**
 * The entries that a commit must write, ascending by slot: those that the batch names, and those that are `unsaved`
 * from before.
 * @param committedCount entries that the last state on disk has
 * @throws RemapError `EINVAL` for a batch that leaves out a new slot or names one at or above its count of entries, and for
 * an identity that is too long
 */
export function collectChanges(
  batch: CommitBatch,
  committedCount: number,
  unsaved: ReadonlySet<number>,
): SlotEntry[] {
  const named = [...batch.changed];
  const changed = unsaved.size === 0 && isAscending(named) ? named : merged(batch, named, unsaved);
  const last = changed.at(-1);
  if (last && last.slot >= batch.entryCount) {
    throw invalid(`entry ${last.slot} is changed, but there are only ${batch.entryCount}`);
  }
  let next = committedCount;
  for (const { slot } of changed) if (slot === next) next++;
  if (next < batch.entryCount) throw invalid(`entry ${next} is new but not among the changed ones`);
  checkSize('the identity of main', batch.mainIdentity, MAIN_IDENTITY_BYTES);
  checkSize('the description of the pool', batch.pool, POOL_BYTES);
  return changed;
}

function isAscending(entries: readonly SlotEntry[]): boolean {
  return entries.every(({ slot }, i) => i === 0 || slot > entries[i - 1]!.slot);
}

function merged(batch: CommitBatch, named: readonly SlotEntry[], unsaved: ReadonlySet<number>): SlotEntry[] {
  const entries = new Map<number, RemapEntry>();
  for (const slot of unsaved) {
    if (slot < batch.entryCount) entries.set(slot, batch.entryAt(slot));
  }
  for (const { slot, entry } of named) entries.set(slot, entry);
  return [...entries].map(([slot, entry]) => ({ slot, entry })).sort((a, b) => a.slot - b.slot);
}

function checkSize(what: string, value: Uint8Array | undefined, limit: number): void {
  if (value && value.length > limit) throw invalid(`${what} has ${value.length} bytes, more than ${limit}`);
}

function invalid(message: string): RemapError {
  return new RemapError('EINVAL', message);
}
