import assert from 'node:assert/strict';
import fc from 'fast-check';
import { SECTOR_SIZE } from '../../../../src/engine/block/blockDevice';
import { RangeLock } from '../../../../src/engine/concurrency/rangeLock';
import { highestThat } from '../../../../src/engine/metadata/recordRoom';
import { ReadRescue } from '../../../../src/engine/remap/readRescue';
import { giveBackPlacements } from '../../../../src/engine/remap/spareWriter';
import { remapPayloads } from '../../../../src/engine/remap/writeRepair';
import { entriesOnDisk, type PoolRig, poolRig } from '../../../support/remap/poolRig';

const COPIES = 1280;
/** Entries that need no large table. */
const OWN = 2048;

/**
 * Sectors of data that fit beside their own table into so many sectors: of 18 two are for the entries of the others. Two
 * records are left for remaps that end.
 */
function rememberable(sectorCount: number): number {
  let count = sectorCount;
  while (count > OWN && count + 2 * Math.ceil((count + 2) / 16) > sectorCount) count--;
  return count;
}

describe('RecordRoom (R5, R10)', () => {
  let next: number;

  beforeEach(() => {
    next = 0;
  });

  /** Remaps so many sectors that have none yet, in one request; returns how many found a place. */
  async function remap(rig: PoolRig, count: number): Promise<number> {
    const payloads = Array.from({ length: count }, () => ({
      original: next++,
      bytes: new Uint8Array(SECTOR_SIZE),
    }));
    const { entries, unplaced } = await remapPayloads(rig, payloads);
    assert.equal(entries.length + unplaced.length, count);
    for (const { code } of unplaced) assert.equal(code, 'ENOSPC');
    return entries.length;
  }

  for (const room of [700, OWN, OWN + 1, OWN + 257, OWN + 258, 2400, 2700, 4096, 9000]) {
    for (const batch of [7, 1264, 5000]) {
      it(`fills ${room} sectors, ${batch} at a time, to the last that can be remembered, and says how many`, async () => {
        const rig = await poolRig(COPIES + room);
        const { free } = rig.pool;
        assert.equal(free, rememberable(room));
        let total = 0;
        for (let placed = batch; placed === batch; total += placed) {
          assert.equal(rig.pool.free, free - total);
          placed = await remap(rig, batch);
        }
        assert.deepEqual([total, rig.pool.free], [free, 0]);
        assert.equal(await remap(rig, 1), 0);
        assert.equal((await entriesOnDisk(rig.platters[0]!)).length, total);
        await rig.committer.close();
      });
    }
  }

  it('gives requests that come at once what there is, and no more', async () => {
    const rig = await poolRig(COPIES + 2700);
    const { free } = rig.pool;
    const placed = await Promise.all(Array.from({ length: 100 }, (_, i) => remap(rig, 1 + i)));
    const total = placed.reduce((sum, count) => sum + count, 0);
    assert.deepEqual([total, rig.pool.free], [free, 0]);
    assert.equal((await entriesOnDisk(rig.platters[0]!)).length, total);
    await rig.committer.close();
  });

  it('counts what is handed out and in no commit yet', async () => {
    const rig = await poolRig(COPIES + 2700);
    const { free } = rig.pool;
    rig.spares[0]!.holdAnswers(['write']);
    const remapping = remap(rig, 2500);
    assert.equal(rig.pool.free, rememberable(2700) > 2500 ? free - 2500 : 0);
    rig.spares[0]!.release();
    assert.equal(await remapping, free);
    await rig.committer.close();
  });

  it('keeps no room for what came to nothing', async () => {
    const rig = await poolRig(COPIES + 2700);
    const { free } = rig.pool;
    rig.spares[0]!.fail({ operations: ['write'], after: 0, duration: 'once', code: 'ENOSPC' });
    await assert.rejects(remap(rig, 2300), { code: 'ENOSPC' });
    assert.equal(rig.pool.free, free);
    rig.spares[0]!.fail({ operations: ['flush'], after: 0, duration: 'once' });
    await assert.rejects(remap(rig, 2300), { code: 'EIO' });
    assert.equal(rig.pool.free, free);
    assert.equal(await remap(rig, free), free);
    await rig.committer.close();
  });

  it('lets remaps of a full spare end, one by one, and says what can be remapped then', async () => {
    for (const room of [OWN + 270, 2700, 2704]) {
      next = 0;
      const rig = await poolRig(COPIES + room);
      const total = rig.pool.free;
      assert.equal(await remap(rig, total), total);
      for (let original = 0; original < 40; original++) {
        const { spare, member } = rig.table.entryAt(rig.table.slotOf(original));
        await rig.committer.drop(new Set([original]));
        giveBackPlacements(rig.pool, [{ spare, member }]);
      }
      assert.equal(rig.table.size, total - 40);
      const { free } = rig.pool;
      assert.equal(await remap(rig, free), free);
      const onDisk = (await entriesOnDisk(rig.platters[0]!)).map(({ original }) => original);
      const expected = Array.from({ length: next - 40 }, (_, i) => 40 + i);
      assert.deepEqual(
        onDisk.toSorted((a, b) => a - b),
        expected,
      );
      await rig.committer.close();
    }
  });

  it('refuses a sector that is asked for by its number and that the table needs', async () => {
    const rig = await poolRig(COPIES + 2400);
    await remap(rig, rig.pool.free - 1);
    const first = rig.pool.member(0).allocator.nextSpare;
    const read = async (): Promise<[]> => [];
    const rescue = new ReadRescue(rig, new RangeLock(), read);
    const room = rig.pool.member(0).store!.freeLimit;
    await rescue.remapNow(100_000, first);
    for (let spare = first + 1; spare < room; spare++) {
      await assert.rejects(rescue.remapNow(100_001, spare), { code: 'EINVAL' });
    }
    await rig.committer.close();
  });

  it('fills several spares: the later ones have room for the entries of all', async () => {
    const rig = await poolRig(COPIES + 600, COPIES + 4000);
    const { free } = rig.pool;
    let total = 0;
    for (let placed = 500; placed === 500; total += placed) placed = await remap(rig, 500);
    assert.deepEqual([total, rig.pool.free], [free, 0]);
    assert.equal((await entriesOnDisk(rig.platters[1]!)).length, total);
    await rig.committer.close();
  });

  it('property: what is free can be remapped, around bad sectors and sectors that were given back', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 2049, max: 2600 }),
        fc.array(fc.integer({ min: 0, max: 2600 }), { maxLength: 12 }),
        fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 1, maxLength: 4 }),
        async (room, bad, batches) => {
          next = 0;
          const rig = await poolRig(COPIES + room);
          const { allocator } = rig.pool.member(0);
          for (const sector of bad) if (sector < room) allocator.markBad(COPIES + sector);
          for (let i = 0; rig.pool.free > 0; i++) {
            const wanted = Math.min(rig.pool.free, batches[i % batches.length]!);
            assert.equal(await remap(rig, wanted), wanted);
          }
          assert.equal(await remap(rig, 1), 0);
          await rig.committer.close();
        },
      ),
      { numRuns: 25 },
    );
  });
});

describe('highestThat', () => {
  it('finds the highest number for which something holds', () => {
    for (const most of [0, 1, 7, 100]) {
      for (let limit = 0; limit <= most; limit++)
        assert.equal(
          highestThat((n) => n <= limit, most),
          limit,
        );
    }
    assert.equal(
      highestThat(() => true, -1),
      0,
    );
  });
});
