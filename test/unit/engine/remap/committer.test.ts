import assert from 'node:assert/strict';
import { BlockError } from '../../../../src/engine/errors';
import { heldTimers } from '../../../support/heldTimers';
import { sequencesOf } from '../../../support/metadata/spares';
import { entriesOnDisk, type PoolRig, poolEntry, poolRig } from '../../../support/remap/poolRig';
import { isPending, turns } from '../../../support/turns';

describe('Committer', () => {
  const timers = heldTimers();
  let rig: PoolRig;

  beforeEach(async () => {
    rig = await poolRig(2048);
  });

  afterEach(() => rig.committer.close());

  async function originalsOnDisk(): Promise<number[]> {
    return (await entriesOnDisk(rig.platters[0]!)).map(({ original }) => original);
  }

  it('R6: lets an entry serve once it is durable, and not before', async () => {
    const [spare] = rig.spares;
    spare!.holdAnswers(['flush']);
    const committed = rig.committer.commit([poolEntry(100, 1280)]);
    assert.ok(await isPending(committed));
    assert.equal(rig.table.slotOf(100), -1);
    assert.deepEqual(rig.observer.lines, []);
    spare!.release();
    await committed;
    assert.equal(rig.table.slotOf(100), 0);
    assert.deepEqual(await originalsOnDisk(), [100]);
    assert.deepEqual(rig.observer.lines, ['remapped [[100,1280]]']);
  });

  it('R4: gives all requests that arrive during a commit the next one', async () => {
    const [spare] = rig.spares;
    spare!.hold(['flush']);
    const first = rig.committer.commit([poolEntry(100, 1280)]);
    await turns(2);
    const later = [1, 2, 3].map((i) => rig.committer.commit([poolEntry(100 + i, 1280 + i)]));
    spare!.release();
    await Promise.all([first, ...later]);
    await rig.committer.close();
    assert.equal(rig.committer.commitCount, 2);
    assert.deepEqual(await originalsOnDisk(), [100, 101, 102, 103]);
  });

  it('R4: keeps the slot of a sector that moves, which is served from its old place meanwhile', async () => {
    await rig.committer.commit([poolEntry(100, 1280)]);
    const [spare] = rig.spares;
    spare!.hold(['flush']);
    const moved = rig.committer.commit([poolEntry(100, 1290)]);
    assert.ok(await isPending(moved));
    assert.equal(rig.table.spareOf(0), 1280);
    spare!.release();
    await moved;
    assert.deepEqual([rig.table.spareOf(0), rig.table.slotCount], [1290, 1]);
    assert.deepEqual(
      (await entriesOnDisk(rig.platters[0]!)).map((entry) => entry.spare),
      [1290],
    );
  });

  it('fails every request of a commit for its own sectors, and lets none of them serve', async () => {
    rig.spares[0]!.fail({ operations: ['flush'], after: 0, duration: 'once' });
    const requests = [
      rig.committer.commit([poolEntry(100, 1280)]),
      rig.committer.commit([poolEntry(200, 1281), poolEntry(201, 1282)]),
    ];
    const failed = (await Promise.allSettled(requests)).map((result) => {
      assert.ok(result.status === 'rejected' && result.reason instanceof BlockError);
      return [result.reason.code, result.reason.failed];
    });
    assert.deepEqual(failed, [
      ['EIO', [[100, 1]]],
      [
        'EIO',
        [
          [200, 1],
          [201, 1],
        ],
      ],
    ]);
    assert.deepEqual([rig.table.size, rig.table.slotCount], [0, 0]);
    assert.match(rig.observer.lines.join(), /^commit failed [^,]*$/, 'it is told once');
  });

  it('R6: doubts the sectors of a failed commit until the table on the disk is known again', async () => {
    const { committer } = rig;
    // The first flush comes before the entries are written, the second one after.
    rig.spares[0]!.fail({ operations: ['flush'], after: 1, duration: 'once' });
    await assert.rejects(committer.commit([poolEntry(100, 1280)]), { code: 'EIO' });
    assert.deepEqual(await originalsOnDisk(), [100], 'or there would be nothing to doubt');
    assert.equal(committer.hasDoubt, true);
    await committer.endDoubtIn(0, 100);
    await committer.endDoubtIn(101, 100);
    assert.equal(committer.commitCount, 1, 'other sectors need not wait');
    await committer.endDoubtIn(100, 1);
    assert.deepEqual([committer.hasDoubt, await originalsOnDisk()], [false, []]);
  });

  it('R6: ends doubt and brings every copy up to date when it is synchronized', async () => {
    rig.spares[0]!.fail({ operations: ['flush'], after: 1, duration: 'once' });
    await assert.rejects(rig.committer.commit([poolEntry(100, 1280)]), { code: 'EIO' });
    await rig.committer.synchronize();
    assert.deepEqual([rig.committer.hasDoubt, await originalsOnDisk()], [false, []]);
    assert.equal(new Set(sequencesOf(rig.platters[0]!)).size, 1);
  });

  it('leaves some copies for later, which settling writes', async () => {
    await rig.committer.commit([poolEntry(100, 1280)]);
    assert.ok(new Set(sequencesOf(rig.platters[0]!)).size > 1);
    await rig.committer.settle();
    assert.equal(new Set(sequencesOf(rig.platters[0]!)).size, 1);
  });

  it('settles by itself some time after a commit', async () => {
    await rig.committer.commit([poolEntry(100, 1280)]);
    await turns(2);
    timers.fire();
    await rig.committer.close();
    assert.equal(new Set(sequencesOf(rig.platters[0]!)).size, 1);
  });

  it('writes nothing by itself once it is closed', async () => {
    await rig.committer.commit([poolEntry(100, 1280)]);
    await rig.committer.close();
    await rig.committer.commit([poolEntry(101, 1281)]);
    await turns(2);
    const before = rig.spares[0]!.trace();
    timers.fire();
    await turns(2);
    assert.deepEqual(rig.spares[0]!.trace(), before);
  });

  it('commits every entry when a spare has none of them', async () => {
    for (const original of [100, 101]) rig.table.stage(poolEntry(original, 1180 + original));
    rig.table.publishAll();
    await rig.committer.commitAll();
    assert.deepEqual(await originalsOnDisk(), [100, 101]);
  });

  it('ends remaps durably, and gives their slots to the last entries', async () => {
    await rig.committer.commit([poolEntry(300, 1280), poolEntry(200, 1281), poolEntry(100, 1282)]);
    await rig.committer.drop(new Set([200]));
    assert.deepEqual(await originalsOnDisk(), [300, 100]);
    assert.deepEqual(
      [100, 200, 300].map((original) => rig.table.slotOf(original)),
      [1, -1, 0],
    );
  });

  it('keeps the remaps when ending some of them fails', async () => {
    await rig.committer.commit([poolEntry(100, 1280), poolEntry(200, 1281)]);
    rig.spares[0]!.fail({ operations: ['flush'], after: 0, duration: 'once' });
    await assert.rejects(rig.committer.drop(new Set([200])), { code: 'EIO' });
    assert.equal(rig.table.size, 2);
  });

  it('lets others have the metadata while no commit is under way', async () => {
    rig.spares[0]!.hold(['flush']);
    const committed = rig.committer.commit([poolEntry(100, 1280)]);
    let slotOfEntry = Number.NaN;
    const visited = rig.committer.withStores(async () => {
      slotOfEntry = rig.table.slotOf(100);
    });
    assert.ok(await isPending(visited));
    rig.spares[0]!.release();
    await Promise.all([committed, visited]);
    assert.equal(slotOfEntry, 0);
  });

  it('writes what is not entries without changing them', async () => {
    await rig.committer.commit([poolEntry(100, 1280)]);
    await rig.committer.commitExtras({ mainIdentity: new Uint8Array([1, 2, 3]) });
    assert.deepEqual(rig.pool.persistent()[0]!.store.extras.mainIdentity, new Uint8Array([1, 2, 3]));
    assert.deepEqual(await originalsOnDisk(), [100]);
  });

  it('R7: tries a copy again that could not be written, when asked to rewrite', async () => {
    await rig.committer.commit([poolEntry(100, 1280)]);
    rig.spares[0]!.fail({
      operations: ['write'],
      after: 0,
      duration: 'sectors',
      failing: () => [[4 * 256, 165]],
    });
    await rig.committer.settle();
    rig.spares[0]!.heal();
    assert.ok(new Set(sequencesOf(rig.platters[0]!)).size > 1, 'the copy must lag');
    await rig.committer.rewrite();
    assert.equal(new Set(sequencesOf(rig.platters[0]!)).size, 1);
  });

  it('is closed once every commit under way has ended', async () => {
    rig.spares[0]!.hold(['flush']);
    const committed = rig.committer.commit([poolEntry(100, 1280)]);
    const closed = rig.committer.close();
    assert.ok(await isPending(closed));
    rig.spares[0]!.release();
    await closed;
    assert.equal(rig.table.slotOf(100), 0);
    await committed;
  });
});
