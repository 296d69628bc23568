import assert from 'node:assert/strict';
import { commitToPool } from '../../../../src/engine/remap/poolCommit';
import type { PoolEntry } from '../../../../src/engine/remap/poolEntry';
import { decodePoolIdentity } from '../../../../src/engine/remap/poolIdentity';
import { openStore } from '../../../support/metadata/spares';
import { entriesOnDisk, FIRST_STAMP, type PoolRig, poolEntry, poolRig } from '../../../support/remap/poolRig';
import { isPending } from '../../../support/turns';

/** More entries than the kernel's table holds, so that they need a large table. */
const MANY = 2049;

describe('commitToPool', () => {
  /** Commits a table that consists of these entries, all of them new. */
  function commit(rig: PoolRig, ...entries: PoolEntry[]): Promise<void> {
    const batch = {
      changed: new Map(entries.entries()),
      entryCount: entries.length,
      entryAt: (slot: number) => entries[slot]!,
    };
    return commitToPool(rig.pool, batch, {}, rig.observer);
  }

  async function originalsOn(rig: PoolRig, member: number): Promise<number[]> {
    return (await entriesOnDisk(rig.platters[member]!)).map(({ original }) => original);
  }

  /** What a spare says of the pool. */
  async function identityOn(rig: PoolRig, member: number): Promise<unknown> {
    const store = await openStore(rig.platters[member]!.fork());
    return decodePoolIdentity(store.extras.pool);
  }

  it('writes the whole table to every spare, with the same new epoch', async () => {
    const rig = await poolRig(2048, 2048);
    await commit(rig, poolEntry(100, 1280, 0), poolEntry(200, 1280, 1));
    for (const index of [0, 1]) {
      assert.deepEqual((await originalsOn(rig, index)).sort(), [100, 200]);
      const { id, epoch } = FIRST_STAMP;
      assert.deepEqual(await identityOn(rig, index), {
        id,
        index,
        count: 2,
        epoch: epoch + 1,
        present: [0, 1],
      });
    }
  });

  it('R13: leaves out no spare that is displaced amid the commit, but fails', async () => {
    const rig = await poolRig(2048, 2048);
    rig.spares[1]!.fail({ operations: ['flush'], after: 1, duration: 'device', code: 'ESTALE' });
    await assert.rejects(commit(rig, poolEntry(100, 1280, 0)), { code: 'ESTALE' });
    assert.equal(rig.pool.persistent().length, 2);
  });

  it('names no pool on the only spare of a device', async () => {
    const rig = await poolRig(2048);
    await commit(rig, poolEntry(100, 1280));
    assert.equal(await identityOn(rig, 0), null);
  });

  it('takes the pool’s name back from a spare that is the only one again', async () => {
    const rig = await poolRig(2048, 2048);
    await commit(rig, poolEntry(100, 1280));
    rig.pool.removeLast();
    rig.pool.setStamp(null);
    await commit(rig, poolEntry(100, 1280));
    assert.equal(await identityOn(rig, 0), null);
    assert.deepEqual(await originalsOn(rig, 0), [100]);
  });

  it('R6: writes no table before the payloads on all spares are durable', async () => {
    const rig = await poolRig(2048, 2048);
    rig.spares[1]!.holdAnswers(['flush']);
    const committed = commit(rig, poolEntry(100, 1280, 1));
    assert.ok(await isPending(committed));
    assert.deepEqual(rig.spares[0]!.trace(['write']), []);
    rig.spares[1]!.release();
    await committed;
  });

  it('goes on without a spare that fails and holds nothing of the batch', async () => {
    const rig = await poolRig(2048, 2048);
    rig.spares[1]!.fail({ operations: ['write'], after: 0, duration: 'device' });
    await commit(rig, poolEntry(100, 1280, 0));
    assert.deepEqual(rig.observer.lines, ['spare lost 1']);
    assert.equal(rig.pool.member(1).device, null);
    assert.deepEqual(await originalsOn(rig, 0), [100]);
  });

  it('fails with a spare that holds data of the batch, and keeps it', async () => {
    const rig = await poolRig(2048, 2048);
    rig.spares[1]!.fail({ operations: ['write'], after: 0, duration: 'device' });
    await assert.rejects(commit(rig, poolEntry(100, 1280, 1)), { code: 'EIO' });
    assert.deepEqual(rig.observer.lines, []);
    assert.notEqual(rig.pool.member(1).device, null);
  });

  it('fails when every spare does', async () => {
    const rig = await poolRig(2048, 2048);
    for (const spare of rig.spares) spare.fail({ operations: ['write'], after: 0, duration: 'device' });
    await assert.rejects(commit(rig), { code: 'EIO' });
    assert.equal(rig.pool.persistent().length, 2);
  });

  it('goes on without a spare that has no room for the table, and says so on that spare', async () => {
    const rig = await poolRig(8192, 1290);
    const entries = Array.from({ length: MANY }, (_, i) => poolEntry(100 + i, 1280 + i, 0));
    await commit(rig, ...entries, poolEntry(50, 1280, 1));
    assert.deepEqual(rig.observer.lines, ['spare behind 1']);
    assert.equal(rig.pool.member(1).device, rig.spares[1], 'its data are served');
    assert.ok(rig.pool.isBehind(1));
    assert.ok(rig.pool.free <= rig.pool.member(0).allocator.free, 'it takes no more data');
    assert.deepEqual(await originalsOn(rig, 1), [50], 'for a kernel it keeps its own entries (R16)');
    const { present } = (await identityOn(rig, 1)) as { present: number[] };
    assert.deepEqual(present, [0]);
  });

  it('fails when the only spare has no room for the table', async () => {
    const rig = await poolRig(1290);
    const entries = Array.from({ length: MANY }, (_, i) => poolEntry(100 + i, 1280, 0));
    await assert.rejects(commit(rig, ...entries), { code: 'ENOSPC' });
    assert.equal(rig.pool.persistent().length, 1);
  });

  it('keeps data out of what the large table has taken', async () => {
    const rig = await poolRig(8192);
    await commit(rig, ...Array.from({ length: MANY }, (_, i) => poolEntry(100 + i, 1280 + i)));
    const { store, allocator } = rig.pool.persistent()[0]!;
    assert.ok(store.freeLimit < 8192);
    assert.equal(allocator.limit, store.freeLimit);
  });

  it('fails while the file system of any spare is full, and gives up none of them', async () => {
    const rig = await poolRig(2048, 2048);
    rig.spares[1]!.fail({ operations: ['write'], after: 0, duration: 'device', code: 'ENOSPC' });
    await assert.rejects(commit(rig, poolEntry(100, 1280, 0)), {
      code: 'ENOSPC',
      message: /no room is left for scripted\.img on the file system \/scripted/,
    });
    assert.deepEqual([rig.pool.persistent().length, rig.observer.lines], [2, []]);
  });
});
