import { ACTIVE, type RemapEntry } from '../../../src/engine/metadata/entry';
import { Committer } from '../../../src/engine/remap/committer';
import type { PoolEntry } from '../../../src/engine/remap/poolEntry';
import { RemapTable } from '../../../src/engine/remap/remapTable';
import { SpareAllocator } from '../../../src/engine/remap/spareAllocator';
import { type PersistentMember, type PoolStamp, SparePool } from '../../../src/engine/remap/sparePool';
import type { MemoryDevice } from '../block/memoryDevice';
import { ScriptedDevice } from '../block/scriptedDevice';
import { fixedClock, formatted, loadAll, openStore } from '../metadata/spares';
import { RecordingObserver } from './targetRig';

/** The stamp of a rig's pool before its first commit. */
export const FIRST_STAMP: PoolStamp = { id: '0123456789abcdef'.repeat(2), epoch: 1 };

/** The pool, the table and the allocators of a target, without the target. */
export interface PoolRig {
  readonly platters: readonly MemoryDevice[];
  /** The spares over the platters: their calls are recorded, and can be held and failed. */
  readonly spares: readonly ScriptedDevice[];
  readonly pool: SparePool;
  readonly table: RemapTable;
  readonly committer: Committer;
  readonly observer: RecordingObserver;
  readonly clock: { now(): number };
}

/** A rig with a formatted spare of each size; several are one pool. */
export async function poolRig(...spareSectors: readonly number[]): Promise<PoolRig> {
  const platters = await Promise.all(spareSectors.map((sectorCount) => formatted(sectorCount)));
  const spares = platters.map((platter) => new ScriptedDevice(platter));
  const members = await Promise.all(spares.map(newMember));
  for (const spare of spares) spare.calls.length = 0;
  const pool = new SparePool(members, members.length > 1 ? FIRST_STAMP : null);
  const table = new RemapTable();
  const observer = new RecordingObserver();
  const committer = new Committer(table, pool, {
    committed: observer.remapped,
    commitFailed: observer.commitFailed,
    settled: observer.settled,
    spareLost: observer.spareLost,
    spareBehind: observer.spareBehind,
  });
  return { platters, spares, pool, table, committer, observer, clock: fixedClock() };
}

async function newMember(device: ScriptedDevice, index: number): Promise<PersistentMember> {
  const store = await openStore(device, { memberIndex: index });
  const allocator = new SpareAllocator(store.nextSpare, store.freeLimit);
  store.attach(allocator);
  return { index, device, store, allocator };
}

/** The entries that a crash now would leave on a spare. */
export async function entriesOnDisk(platter: MemoryDevice): Promise<RemapEntry[]> {
  return loadAll(await openStore(platter.fork()));
}

export function poolEntry(original: number, spare: number, member = 0): PoolEntry {
  return { original, spare, member, timeNs: 0n, errorCount: 1, flags: ACTIVE, accessCount: 0, reason: 0 };
}
