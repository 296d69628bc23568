import assert from 'node:assert/strict';
import fc from 'fast-check';
import { bucketOf, firstSectorOf } from '../../../../src/engine/block/buckets';

describe('buckets', () => {
  it('hold the sectors that exact arithmetic puts there', () => {
    const sizes = fc.tuple(fc.integer({ min: 1, max: 2 ** 35 }), fc.integer({ min: 1, max: 4096 }));
    fc.assert(
      fc.property(
        sizes,
        fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
        ([sectors, buckets], at) => {
          const sector = Math.floor(at * sectors);
          const expected = Number((BigInt(sector) * BigInt(buckets)) / BigInt(sectors));
          assert.equal(bucketOf(sector, sectors, buckets), expected);
        },
      ),
    );
  });

  it('begin where the one before ends', () => {
    assert.equal(bucketOf(10_240, 20_480, 58), 29);
    assert.equal(firstSectorOf(29, 20_480, 58), 10_240);
    const sizes = fc.tuple(fc.integer({ min: 1, max: 5000 }), fc.integer({ min: 1, max: 300 }));
    fc.assert(
      fc.property(sizes, ([sectors, buckets]) => {
        for (let bucket = 0; bucket <= buckets; bucket++) {
          const first = firstSectorOf(bucket, sectors, buckets);
          if (first < sectors) assert.ok(bucketOf(first, sectors, buckets) >= bucket);
          if (first > 0) assert.ok(bucketOf(first - 1, sectors, buckets) < bucket);
        }
      }),
    );
  });
});
