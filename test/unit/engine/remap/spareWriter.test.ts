import assert from 'node:assert/strict';
import { type Payload, type PlacementResult, placePayloads } from '../../../../src/engine/remap/spareWriter';
import { readSectors } from '../../../support/block/sectors';
import { type PoolRig, poolRig } from '../../../support/remap/poolRig';
import { taggedSector } from '../../../support/remap/targetRig';

describe('placePayloads', () => {
  const payloads = (count: number): Payload[] =>
    Array.from({ length: count }, (_, i) => ({ original: 100 + i, bytes: taggedSector(100 + i, 1) }));

  function place(rig: PoolRig, count: number): Promise<PlacementResult> {
    return placePayloads(rig.pool, payloads(count), rig.observer);
  }

  /** `original -> member:spare` of each payload that was placed, whose bytes must be there. */
  async function placesOf(rig: PoolRig, { placed }: PlacementResult): Promise<string[]> {
    for (const { original, member, spare } of placed) {
      assert.deepEqual(await readSectors(rig.platters[member]!, spare, 1), taggedSector(original, 1));
    }
    return placed.map(({ original, member, spare }) => `${original} -> ${member}:${spare}`);
  }

  it('writes to fresh sectors in one request, and leaves the flush to the commit', async () => {
    const rig = await poolRig(2048);
    const result = await place(rig, 3);
    assert.deepEqual(await placesOf(rig, result), ['100 -> 0:1280', '101 -> 0:1281', '102 -> 0:1282']);
    assert.deepEqual(result.unplaced, []);
    assert.deepEqual(rig.spares[0]!.trace(), ['write 1280+3']);
  });

  it('R5: takes the next sector in place of one that fails, and remembers the failed one', async () => {
    const rig = await poolRig(2048);
    rig.spares[0]!.fail({
      operations: ['write'],
      after: 0,
      duration: 'sectors',
      failing: () => [[1281, 1]],
    });
    const result = await place(rig, 3);
    assert.deepEqual(await placesOf(rig, result), ['100 -> 0:1280', '102 -> 0:1282', '101 -> 0:1283']);
    assert.deepEqual([...rig.pool.member(0).allocator.badSectors], [1281]);
    assert.deepEqual(rig.observer.lines, ['spare failed [0,1281]']);
  });

  it('R5: goes on with the next spare when one is full', async () => {
    const rig = await poolRig(1282, 2048);
    const result = await place(rig, 3);
    assert.deepEqual(await placesOf(rig, result), ['100 -> 0:1280', '101 -> 0:1281', '102 -> 1:1280']);
  });

  it('R5: tells which payloads found no room', async () => {
    const rig = await poolRig(1282);
    const result = await place(rig, 3);
    assert.deepEqual(await placesOf(rig, result), ['100 -> 0:1280', '101 -> 0:1281']);
    assert.deepEqual(result.unplaced, [{ original: 102, code: 'ENOSPC' }]);
  });

  it('R5: takes a spare on which everything fails for broken, and its sectors for good', async () => {
    const rig = await poolRig(2048);
    rig.spares[0]!.fail({ operations: ['write'], after: 0, duration: 'device' });
    const { free } = rig.pool;
    const result = await place(rig, 3);
    assert.deepEqual(result, {
      placed: [],
      unplaced: [
        { original: 100, code: 'EIO' },
        { original: 101, code: 'EIO' },
        { original: 102, code: 'EIO' },
      ],
    });
    assert.deepEqual([rig.pool.free, rig.pool.member(0).allocator.badSectors.size], [free, 0]);
    assert.deepEqual(rig.observer.lines, ['spare broken [[100,3]]']);
    const tried = rig.spares[0]!.calls.reduce((sum, { sectorCount }) => sum + sectorCount, 0);
    assert.equal(tried, 64, 'no more than it takes to be sure');
  });

  it('passes on an error that is not the medium’s, with every spare sector free again', async () => {
    const rig = await poolRig(1282, 2048);
    const { free } = rig.pool;
    rig.spares[1]!.fail({ operations: ['write'], after: 0, duration: 'once', code: 'ENOSPC' });
    await assert.rejects(place(rig, 5), { code: 'ENOSPC' });
    assert.deepEqual([rig.pool.free, rig.observer.lines], [free, []]);
    const result = await place(rig, 2);
    assert.deepEqual(await placesOf(rig, result), ['100 -> 0:1280', '101 -> 0:1281']);
  });

  it('R5: tells of the last free sector when that one fails too', async () => {
    const rig = await poolRig(1282);
    rig.spares[0]!.fail({ operations: ['write'], after: 0, duration: 'sectors', failing: () => [[1281, 1]] });
    const result = await place(rig, 2);
    assert.deepEqual(result.unplaced, [{ original: 101, code: 'ENOSPC' }]);
    assert.deepEqual(rig.observer.lines, ['spare failed [0,1281]']);
  });
});
