import assert from 'node:assert/strict';
import { ACTIVE } from '../../../../src/engine/metadata/entry';
import { remapPayloads } from '../../../../src/engine/remap/writeRepair';
import { entriesOnDisk, type PoolRig, poolRig } from '../../../support/remap/poolRig';
import { readRun, recordedRig, type TargetRig, taggedSector } from '../../../support/remap/targetRig';

describe('R6: a commit that fails when its copies are written already', () => {
  let rig: TargetRig;

  /** The entry of sector 100 is on the spare's disk, though the write that it was made for has failed. */
  beforeEach(async () => {
    const recorded = await recordedRig();
    rig = recorded.rig;
    await rig.target.write(100, taggedSector(100, 1));
    rig.main.inject([[100, 1]], { mode: 'error' });
    recorded.spare.fail({ operations: ['flush'], after: 1, duration: 'once' });
    await assert.rejects(rig.target.write(100, taggedSector(100, 2)), { code: 'EIO' });
    assert.equal(rig.target.table.size, 0);
    rig.main.clear();
  });

  it('takes nothing from a write to main that is acknowledged later', async () => {
    await rig.target.write(100, taggedSector(100, 3));
    await rig.reboot();
    assert.deepEqual(await readRun(rig.target, 100, 1), taggedSector(100, 3));
  });

  it('is undone by a flush: a reboot brings back what could be read before', async () => {
    assert.deepEqual(await readRun(rig.target, 100, 1), taggedSector(100, 1));
    await rig.target.flush();
    await rig.reboot();
    assert.equal(rig.target.table.size, 0);
    assert.deepEqual(await readRun(rig.target, 100, 1), taggedSector(100, 1));
  });

  it('leaves an entry on the disk, or there would be nothing to undo', async () => {
    await rig.reboot();
    assert.equal(rig.target.table.size, 1);
  });
});

describe('R6: a drop of entries that fails', () => {
  for (const after of [0, 1, 2])
    it(`at flush ${after} leaves them all in use, and the next commit writes them all`, async () => {
      const { rig, spare } = await recordedRig();
      rig.main.inject([[100, 3]], { mode: 'error' });
      for (const sector of [100, 101, 102]) await rig.target.write(sector, taggedSector(sector, 1));
      await rig.target.flush();
      spare.fail({ operations: ['flush'], after, duration: 'once' });
      const dropped = rig.target.committer.drop(new Set([100]));
      if (after === 2) await dropped;
      else await assert.rejects(dropped, { code: 'EIO' });
      rig.main.inject([[103, 1]], { mode: 'error' });
      await rig.target
        .write(103, taggedSector(103, 1))
        .catch(() => rig.target.write(103, taggedSector(103, 1)));
      await rig.reboot();
      const sectors = after === 2 ? [101, 102, 103] : [100, 101, 102, 103];
      for (const sector of sectors)
        assert.deepEqual(await readRun(rig.target, sector, 1), taggedSector(sector, 1), `sector ${sector}`);
      assert.equal(rig.target.table.size, sectors.length);
    });
});

describe('a commit that fails gives its spare sector back', () => {
  let rig: PoolRig;
  let free: number;

  beforeEach(async () => {
    rig = await poolRig(2048);
    free = rig.pool.free;
  });

  afterEach(() => rig.committer.close());

  const remap = (original: number) =>
    remapPayloads(rig, [{ original, bytes: taggedSector(original, 1) }]).then(
      ({ entries }) => entries[0]!.spare,
    );

  it('at once when no copy was touched', async () => {
    rig.spares[0]!.fail({ operations: ['flush'], after: 0, duration: 'once' });
    await assert.rejects(remap(100), { code: 'EIO' });
    assert.equal(rig.pool.free, free);
    assert.equal(await remap(101), 1280);
  });

  it('also of more sectors than a call takes arguments', async () => {
    const entries = Array.from({ length: 200_000 }, (_, i) => ({
      original: i,
      spare: 1280 + i,
      member: 0,
      timeNs: 1n,
      errorCount: 1,
      accessCount: 0,
      reason: 0,
      flags: ACTIVE,
    }));
    await assert.rejects(rig.committer.commit(entries), { code: 'ENOSPC' });
    assert.equal(rig.pool.free, free);
  });

  it('only when the doubt has ended, if a copy may name it', async () => {
    rig.spares[0]!.fail({ operations: ['flush'], after: 1, duration: 'once' });
    await assert.rejects(remap(100), { code: 'EIO' });
    assert.deepEqual(
      (await entriesOnDisk(rig.platters[0]!)).map(({ spare }) => spare),
      [1280],
    );
    assert.equal(rig.pool.free, free - 1);
    assert.equal(await remap(101), 1281);
    assert.equal(rig.pool.free, free - 1);
    assert.equal(await remap(102), 1280);
  });

  it('only when the doubt has ended, if one spare of a pool has taken the entry', async () => {
    rig = await poolRig(2048, 2048);
    free = rig.pool.free;
    rig.spares[1]!.fail({ operations: ['write'], after: 0, duration: 'device', code: 'ENOSPC' });
    await assert.rejects(remap(100), { code: 'ENOSPC' });
    assert.deepEqual((await entriesOnDisk(rig.platters[0]!)).length, 1);
    assert.equal(rig.pool.free, free - 1);
    rig.spares[1]!.heal();
    await rig.committer.synchronize();
    assert.equal(rig.pool.free, free);
    assert.deepEqual(await entriesOnDisk(rig.platters[0]!), []);
  });
});
