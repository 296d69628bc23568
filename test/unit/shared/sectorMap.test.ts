import assert from 'node:assert/strict';
import fc from 'fast-check';
import { bucketOf } from '../../../src/engine/block/buckets';
import { bucketOfSector, bucketSectors, countRuns, type MapPart } from '../../../src/shared/sectorMap';

/** Any part of a view, with at most a bucket for each sector. */
function parts(most: number) {
  return fc
    .record({
      firstSector: fc.nat(most),
      sectorCount: fc.integer({ min: 1, max: most }),
      buckets: fc.integer({ min: 1, max: 300 }),
    })
    .map(({ firstSector, sectorCount, buckets }): MapPart => {
      return { firstSector, sectorCount, bucketCount: Math.min(buckets, sectorCount) };
    });
}

describe('buckets of a map', () => {
  it('hold each sector of the part once, and none is without', () => {
    fc.assert(
      fc.property(parts(2 ** 35), (part) => {
        let next = part.firstSector;
        for (let bucket = 0; bucket < part.bucketCount; bucket++) {
          const { first, end } = bucketSectors(bucket, part);
          assert.ok(first === next && first < end);
          for (const sector of [first, end - 1]) assert.equal(bucketOfSector(sector, part), bucket);
          next = end;
        }
        assert.equal(next, part.firstSector + part.sectorCount);
      }),
    );
  });

  it('are those in which the engine counts', () => {
    fc.assert(
      fc.property(parts(3000), ({ firstSector, sectorCount, bucketCount }) => {
        const part = { firstSector, sectorCount, bucketCount };
        for (let sector = 0; sector < sectorCount; sector++)
          assert.equal(
            bucketOfSector(firstSector + sector, part),
            bucketOf(sector, sectorCount, bucketCount),
          );
      }),
    );
  });

  it('count the sectors of runs, also of those that lie partly or wholly elsewhere', () => {
    const runs = fc.array(fc.tuple(fc.nat(900), fc.integer({ min: 1, max: 200 })), { maxLength: 8 });
    fc.assert(
      fc.property(parts(600), runs, (part, all) => {
        const expected = new Float64Array(part.bucketCount);
        for (const [first, count] of all)
          for (let sector = first; sector < first + count; sector++) {
            const isInside = sector >= part.firstSector && sector < part.firstSector + part.sectorCount;
            if (isInside) expected[bucketOfSector(sector, part)]!++;
          }
        assert.deepEqual(countRuns(all, part), expected);
      }),
    );
  });
});
