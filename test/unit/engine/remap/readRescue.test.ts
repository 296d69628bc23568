import assert from 'node:assert/strict';
import { sliceSectors } from '../../../../src/engine/block/range';
import { RangeLock } from '../../../../src/engine/concurrency/rangeLock';
import type { SectorRange } from '../../../../src/engine/errors';
import { ReadRescue } from '../../../../src/engine/remap/readRescue';
import type { Failure } from '../../../../src/engine/remap/subRequests';
import { readSectors } from '../../../support/block/sectors';
import { type PoolRig, poolEntry, poolRig } from '../../../support/remap/poolRig';
import { taggedRun, taggedSector } from '../../../support/remap/targetRig';
import { isPending } from '../../../support/turns';

describe('ReadRescue (R3)', () => {
  let rig: PoolRig;
  let lock: RangeLock;
  let rescue: ReadRescue;
  let attempts: SectorRange[];
  /** How often each sector fails from now on; the others can be read. */
  let failuresLeft: Map<number, number>;

  beforeEach(async () => {
    rig = await poolRig(1283);
    lock = new RangeLock();
    attempts = [];
    failuresLeft = new Map();
    rescue = new ReadRescue(rig, lock, read);
  });

  afterEach(() => rig.committer.close());

  async function read(first: number, count: number, buffer: Uint8Array): Promise<SectorRange[]> {
    attempts.push([first, count]);
    const failed: SectorRange[] = [];
    for (let sector = first; sector < first + count; sector++) {
      const left = failuresLeft.get(sector) ?? 0;
      failuresLeft.set(sector, left - 1);
      if (left > 0) failed.push([sector, 1]);
      else sliceSectors(buffer, first, sector, 1).set(taggedSector(sector, 1));
    }
    return failed;
  }

  const onMain = (...main: SectorRange[]): Failure => ({ main, pieces: [] });

  function placeOf(original: number): number | null {
    const slot = rig.table.slotOf(original);
    return slot === -1 ? null : rig.table.spareOf(slot);
  }

  describe('retry', () => {
    it('reads the failed sectors alone again, and moves what it gets to the spare', async () => {
      const buffer = taggedRun(100, 8, 9);
      assert.deepEqual(await rescue.retry(onMain([102, 2]), 100, buffer), []);
      assert.deepEqual(attempts, [[102, 2]]);
      assert.deepEqual(sliceSectors(buffer, 100, 102, 2), taggedRun(102, 2, 1));
      assert.deepEqual(sliceSectors(buffer, 100, 100, 2), taggedRun(100, 2, 9), 'what had been read stays');
      assert.deepEqual([placeOf(102), placeOf(103)], [1280, 1281]);
      assert.deepEqual(await readSectors(rig.platters[0]!, 1280, 2), taggedRun(102, 2, 1));
    });

    it('takes as many unreadable runs as there are', async () => {
      const many = Array.from({ length: 200_000 }, (_, i): SectorRange => [2 * i, 1]);
      let isFirst = true;
      const failing = new ReadRescue(rig, lock, async (first) => {
        if (!isFirst) return [[first, 1]];
        isFirst = false;
        return many;
      });
      const failed = await failing.retry(onMain([0, 400_000]), 0, new Uint8Array(0), false);
      assert.equal(failed.length, many.length);
    });

    it('tells what stays unreadable after two retries, and makes no entry for it', async () => {
      failuresLeft.set(101, 2);
      const unreadable = await rescue.retry(onMain([100, 3]), 100, taggedRun(100, 3, 9));
      assert.deepEqual(unreadable, [[101, 1]]);
      assert.deepEqual(attempts, [
        [100, 3],
        [101, 1],
      ]);
      assert.deepEqual([placeOf(100), placeOf(101), placeOf(102)], [1280, null, 1281]);
    });

    it('moves a sector again that failed on the spare', async () => {
      await rig.committer.commit([poolEntry(100, 1282)]);
      const piece = { original: 100, count: 1, member: 0, at: 1282 };
      await rescue.retry({ main: [], pieces: [piece] }, 100, taggedRun(100, 1, 9));
      assert.deepEqual([placeOf(100), rig.table.slotCount], [1280, 1]);
    });

    it('leaves a sector where it is that was remapped since it failed', async () => {
      await rig.committer.commit([poolEntry(100, 1282)]);
      assert.deepEqual(await rescue.retry(onMain([100, 1]), 100, taggedRun(100, 1, 9)), []);
      assert.equal(placeOf(100), 1282);
      assert.equal(rig.committer.commitCount, 1);
    });

    it('has read the data though they find no place', async () => {
      const buffer = taggedRun(100, 4, 9);
      assert.deepEqual(await rescue.retry(onMain([100, 4]), 100, buffer), []);
      assert.deepEqual(buffer, taggedRun(100, 4, 1));
      assert.equal(placeOf(103), null);
      assert.ok(rig.observer.lines.includes('spare full [[103,1]]'));
    });

    it('has read the data though the entry can’t be made durable', async () => {
      rig.spares[0]!.fail({ operations: ['flush'], after: 0, duration: 'device' });
      assert.deepEqual(await rescue.retry(onMain([100, 1]), 100, taggedRun(100, 1, 9)), []);
      assert.equal(placeOf(100), null);
    });

    it('keeps writes to the failed sectors out until it is done', async () => {
      rig.spares[0]!.hold(['write']);
      const done = rescue.retry(onMain([100, 2]), 100, taggedRun(100, 2, 9));
      assert.ok(await isPending(done));
      assert.ok(lock.holdOn(101, 1));
      assert.equal(lock.holdOn(102, 1), null);
      rig.spares[0]!.release();
      await done;
      assert.equal(lock.holdOn(101, 1), null);
    });
  });

  describe('remapNow', () => {
    it('moves a sector that need not have failed', async () => {
      await rescue.remapNow(100);
      assert.equal(placeOf(100), 1280);
      assert.deepEqual(await readSectors(rig.platters[0]!, 1280, 1), taggedSector(100, 1));
    });

    it('moves it to a particular sector of the first spare', async () => {
      await rescue.remapNow(100, 1282);
      assert.equal(placeOf(100), 1282);
      assert.deepEqual(await readSectors(rig.platters[0]!, 1282, 1), taggedSector(100, 1));
    });

    it('refuses a sector that is remapped already, and one whose place is not free', async () => {
      await rescue.remapNow(100, 1281);
      await assert.rejects(rescue.remapNow(100), { code: 'EEXIST' });
      for (const taken of [1281, 0, 1283]) {
        await assert.rejects(rescue.remapNow(101, taken), { code: 'EINVAL' }, `${taken}`);
      }
      assert.equal(placeOf(101), null);
    });

    it('moves nothing that can’t be read', async () => {
      failuresLeft.set(100, 3);
      await assert.rejects(rescue.remapNow(100), { code: 'EIO', details: { sector: 100 } });
      assert.equal(attempts.length, 3);
      assert.deepEqual([placeOf(100), rig.spares[0]!.trace()], [null, []]);
    });

    it('R5: remembers a particular sector that can’t be written', async () => {
      rig.spares[0]!.fail({ operations: ['write'], after: 0, duration: 'once' });
      await assert.rejects(rescue.remapNow(100, 1281), { code: 'EIO' });
      assert.deepEqual([...rig.pool.member(0).allocator.badSectors], [1281]);
      assert.deepEqual(rig.observer.lines, ['spare failed [0,1281]']);
    });

    it('fails when the spare is full, and lets go of the sector', async () => {
      await rescue.retry(onMain([0, 3]), 0, taggedRun(0, 3, 9));
      await assert.rejects(rescue.remapNow(100), { code: 'ENOSPC' });
      assert.equal(lock.holdOn(100, 1), null);
    });
  });
});
