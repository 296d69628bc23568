import assert from 'node:assert/strict';
import { BlockError } from '../../../../src/engine/errors';
import { heldTimers } from '../../../support/heldTimers';
import { readRun, recordedRig, TargetRig, taggedRun, taggedSector } from '../../../support/remap/targetRig';
import { isPending, turns } from '../../../support/turns';

/** For `assert.rejects`: an EIO of exactly these sectors. */
function eio(...failed: [number, number][]): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof BlockError, String(error));
    assert.deepEqual([error.code, error.failed], ['EIO', failed]);
    return true;
  };
}

for (const persistent of [false, true]) {
  describe(`RemapTarget ${persistent ? 'with' : 'without'} the metadata module`, () => {
    const timers = heldTimers();

    it('R1: remaps exactly the failing sector of a request (B5)', async () => {
      const rig = await TargetRig.create({ persistent });
      rig.main.inject([[1003, 1]], { mode: 'error' });
      await rig.target.write(1000, taggedRun(1000, 8, 1));
      assert.deepEqual(rig.observer.lines, ['write failed [[1003,1]]', 'remapped [[1003,1280]]']);
      assert.deepEqual(await readRun(rig.target, 1000, 8), taggedRun(1000, 8, 1));
      const mainSector = new Uint8Array(512);
      rig.mainDisk.peek(1003, mainSector);
      assert.ok(mainSector.every((byte) => byte === 0));
    });

    it('R2: a failed write is acknowledged with its payload on the spare (B18)', async () => {
      const rig = await TargetRig.create({ persistent });
      rig.main.inject([[500, 3]], { mode: 'error' });
      await rig.target.write(500, taggedRun(500, 3, 7));
      const spare = new Uint8Array(3 * 512);
      rig.spareDisk.peek(1280, spare);
      assert.deepEqual(spare, taggedRun(500, 3, 7));
    });

    it('R3: an unreadable sector is EIO as often as it fails, and read again when the medium heals (B6)', async () => {
      const rig = await TargetRig.create({ persistent });
      await rig.target.write(2000, taggedRun(2000, 4, 1));
      rig.main.inject([[2001, 2]], { mode: 'error' });
      for (let i = 0; i < 3; i++) await assert.rejects(readRun(rig.target, 2000, 4), eio([2001, 2]));
      assert.equal(rig.target.table.size, 0);
      rig.main.clear();
      assert.deepEqual(await readRun(rig.target, 2000, 4), taggedRun(2000, 4, 1));
    });

    it('R3: a sector that a retry can read is rescued', async () => {
      const rig = await TargetRig.create({ persistent });
      await rig.target.write(2000, taggedRun(2000, 4, 1));
      rig.main.inject([[2001, 1]], { mode: 'error', readFailures: 1 });
      assert.deepEqual(await readRun(rig.target, 2000, 4), taggedRun(2000, 4, 1));
      assert.equal(rig.target.table.size, 1);
      rig.main.inject([[2001, 1]], { mode: 'error' });
      assert.deepEqual(await readRun(rig.target, 2000, 4), taggedRun(2000, 4, 1));
    });

    it('R4: a burst of errors costs one commit and one entry a sector (B1, B10)', async () => {
      const rig = await TargetRig.create({ persistent });
      rig.main.inject([[100, 300]], { mode: 'error' });
      await Promise.all([
        rig.target.write(100, taggedRun(100, 300, 1)),
        rig.target.write(100, taggedRun(100, 300, 1)),
        rig.target.write(250, taggedSector(250, 1)),
      ]);
      assert.deepEqual([rig.target.table.size, rig.target.table.slotCount], [300, 300]);
      assert.equal(rig.target.pool.member(0).allocator.nextSpare, 1280 + 300, 'one spare sector for each');
      assert.ok(rig.target.committer.commitCount <= 2, `${rig.target.committer.commitCount} commits`);
      await rig.target.write(100, taggedRun(100, 300, 2));
      assert.equal(rig.target.table.size, 300);
      assert.deepEqual(await readRun(rig.target, 100, 300), taggedRun(100, 300, 2));
    });

    it('R3: a discard waits for the sector that is being moved, or its old data would come back', async () => {
      const { rig, spare } = await recordedRig(persistent);
      await rig.target.write(100, taggedSector(100, 1));
      spare.hold(['write']);
      const moved = rig.target.remapSector(100);
      await turns(5);
      const discarded = rig.target.discard(100, 1);
      await turns(5);
      spare.release();
      await Promise.all([moved, discarded]);
      assert.deepEqual(await readRun(rig.target, 100, 1), new Uint8Array(512));
    });

    it('R3: a write waits for the sector that is being rescued, or its old data would come back', async () => {
      const { rig, spare } = await recordedRig(persistent);
      await rig.target.write(100, taggedSector(100, 1));
      rig.main.inject([[100, 1]], { mode: 'error', readFailures: 1 });
      spare.hold(['write']);
      const read = readRun(rig.target, 100, 1);
      await turns(5);
      rig.main.clear();
      const written = rig.target.write(100, taggedSector(100, 2));
      await turns(5);
      spare.release();
      assert.deepEqual(await read, taggedSector(100, 1));
      await written;
      assert.deepEqual(await readRun(rig.target, 100, 1), taggedSector(100, 2));
    });

    it('R4: requests that fail while a commit is under way share the next one', async () => {
      const rig = await TargetRig.create({ persistent });
      rig.main.inject([[100, 20]], { mode: 'error' });
      const sectors = Array.from({ length: 20 }, (_, i) => 100 + i);
      await Promise.all(sectors.map((sector) => rig.target.write(sector, taggedSector(sector, 1))));
      assert.equal(rig.target.table.size, 20);
      assert.ok(rig.target.committer.commitCount <= 2, `${rig.target.committer.commitCount} commits`);
    });

    it('R5: a spare sector that fails is skipped and remembered', async () => {
      const rig = await TargetRig.create({ persistent });
      rig.main.inject([[100, 2]], { mode: 'error' });
      rig.spare.inject([[1280, 1]], { mode: 'error' });
      await rig.target.write(100, taggedRun(100, 2, 1));
      assert.deepEqual(await readRun(rig.target, 100, 2), taggedRun(100, 2, 1));
      assert.ok(rig.target.pool.member(0).allocator.badSectors.has(1280));
    });

    it('R5: a full spare gives ENOSPC, and what was remapped goes on working', async () => {
      const rig = await TargetRig.create({ persistent, spareSectors: 1290 });
      const room = rig.target.pool.free;
      rig.main.inject([[0, 4096]], { mode: 'error' });
      await rig.target.write(10, taggedRun(10, room, 1));
      await assert.rejects(rig.target.write(100, taggedSector(100, 1)), (error) => {
        assert.ok(error instanceof BlockError);
        assert.deepEqual([error.code, error.failed], ['ENOSPC', [[100, 1]]]);
        return true;
      });
      await rig.target.write(10, taggedRun(10, room, 2));
      assert.deepEqual(await readRun(rig.target, 10, room), taggedRun(10, room, 2));
    });

    it('R5: a remapped sector whose spare sector fails moves on', async () => {
      const rig = await TargetRig.create({ persistent });
      rig.main.inject([[100, 1]], { mode: 'error' });
      await rig.target.write(100, taggedSector(100, 1));
      rig.spare.inject([[1280, 1]], { mode: 'error' });
      await assert.rejects(readRun(rig.target, 100, 1), eio([100, 1]));
      await rig.target.write(100, taggedSector(100, 2));
      assert.deepEqual(await readRun(rig.target, 100, 1), taggedSector(100, 2));
      assert.deepEqual([rig.target.table.size, rig.target.table.slotCount], [1, 1], 'R4: one entry a sector');
    });

    it('R5: a spare that fails wherever it is written to gives EIO, and says so, and is used again when it works', async () => {
      const rig = await TargetRig.create({ persistent });
      rig.main.inject([[100, 1]], { mode: 'error' });
      rig.spare.inject([[1280, 768]], { mode: 'error' });
      await assert.rejects(rig.target.write(100, taggedSector(100, 1)), eio([100, 1]));
      assert.ok(rig.observer.lines.includes('spare broken [[100,1]]'), rig.observer.lines.join('\n'));
      assert.equal(rig.target.table.size, 0);
      rig.spare.clear();
      await rig.target.write(100, taggedSector(100, 2));
      assert.equal(rig.target.table.entryAt(0).spare, 1280);
      assert.deepEqual(await readRun(rig.target, 100, 1), taggedSector(100, 2));
    });

    it('R6: a flush reaches main when something was discarded there, and only then', async () => {
      const rig = await TargetRig.create({ persistent });
      const flush = rig.main.flush.bind(rig.main);
      let flushCount = 0;
      rig.main.flush = () => {
        flushCount++;
        return flush();
      };
      await rig.target.flush();
      assert.equal(flushCount, 0);
      await rig.target.discard(5, 1);
      await rig.target.flush();
      assert.equal(flushCount, 1);
    });

    it('R11: I/O waits while suspended and goes on after', async () => {
      const rig = await TargetRig.create({ persistent });
      await rig.target.suspend();
      const write = rig.target.write(5, taggedSector(5, 1));
      assert.ok(await isPending(write));
      rig.target.resume();
      await write;
      assert.deepEqual(await readRun(rig.target, 5, 1), taggedSector(5, 1));
    });

    it('R11: removing a suspended device refuses what waits', async () => {
      const rig = await TargetRig.create({ persistent });
      await rig.target.suspend();
      const write = rig.target.write(5, taggedSector(5, 1));
      await rig.target.close();
      await assert.rejects(write, { code: 'ENODEV' });
    });

    it('R11: a suspend that fails ends no suspension but its own', async () => {
      const rig = await TargetRig.create({ persistent });
      await rig.target.suspend();
      rig.spare.flush = () => Promise.reject(new BlockError('EIO', 'no flush', []));
      await assert.rejects(rig.target.suspend(), { code: 'EIO' });
      assert.equal(rig.target.suspended, true);
      rig.target.resume();
      await assert.rejects(rig.target.suspend(), { code: 'EIO' });
      assert.equal(rig.target.suspended, false);
    });

    it('R11: relocating while suspended leaves the device suspended', async () => {
      const rig = await TargetRig.create({ persistent });
      await rig.target.suspend();
      await rig.target.relocate(() => false);
      assert.equal(rig.target.suspended, true);
    });

    it('R11: nothing is written once the target is abandoned and the last request answered', async () => {
      const { rig, spare } = await recordedRig(persistent);
      rig.main.inject([[100, 1]], { mode: 'error' });
      const write = rig.target.write(100, taggedSector(100, 1)).catch(() => undefined);
      await rig.target.abandon();
      await write;
      await turns(5);
      const before = spare.trace();
      timers.fire();
      await turns(5);
      assert.deepEqual(spare.trace(), before);
    });

    it('R12: refuses what is not inside the device (B20)', async () => {
      const rig = await TargetRig.create({ persistent });
      await assert.rejects(readRun(rig.target, 4095, 2), { code: 'EINVAL' });
      await assert.rejects(rig.target.write(-1, taggedSector(0, 1)), { code: 'EINVAL' });
      await assert.rejects(rig.target.remapSector(99_999_999_999, 88_888_888), { code: 'EINVAL' });
    });

    it('R12: counts what happened', async () => {
      const rig = await TargetRig.create({ persistent });
      rig.main.inject([[100, 1]], { mode: 'error' });
      await rig.target.write(100, taggedSector(100, 1));
      await readRun(rig.target, 96, 8);
      await readRun(rig.target, 0, 8);
      assert.deepEqual(rig.target.statistics.snapshot(), {
        reads: 2,
        writes: 1,
        remaps: 1,
        errors: 1,
        totalIos: 3,
        normalIos: 1,
        remappedIos: 2,
        remappedSectors: 1,
      });
    });
  });
}
