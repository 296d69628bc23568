import assert from 'node:assert/strict';
import fc from 'fast-check';
import { bucketSectors, bucketWords, marksOf, withMatches } from '../../../../media/editor/mapModel';
import { bucketOf } from '../../../../src/engine';
import { MapFlag } from '../../../../src/shared/protocol';

describe('sector editor: map', () => {
  it('marks the bucket of each match, and leaves the flags that it was given alone', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 2 ** 35 }),
        fc.integer({ min: 1, max: 500 }),
        (sectors, buckets) => {
          const bare = new Uint8Array(buckets).fill(MapFlag.bad);
          for (const sector of [0, Math.floor(sectors / 3), sectors - 1]) {
            const marked = withMatches(bare, sectors, [{ byteOffset: sector * 512 + 9 }]);
            const bucket = bucketOf(sector, sectors, buckets);
            assert.deepEqual(
              [...marked.keys()].filter((i) => marked[i] !== MapFlag.bad),
              [bucket],
            );
            assert.equal(marked[bucket], MapFlag.bad | MapFlag.match);
          }
          assert.ok(bare.every((flags) => flags === MapFlag.bad));
        },
      ),
    );
  });

  it('gives every sector a bucket, and every bucket its sectors', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 2 ** 35 }),
        fc.integer({ min: 1, max: 2000 }),
        (sectors, buckets) => {
          let next = 0;
          for (let bucket = 0; bucket < buckets; bucket++) {
            const { first, end } = bucketSectors(bucket, buckets, sectors);
            assert.ok(first <= next && first < end && end <= sectors);
            next = end;
          }
          assert.equal(next, sectors);
        },
      ),
    );
  });

  it('gives a bucket the sectors that the engine counts in it', () => {
    const sizes = fc
      .integer({ min: 1, max: 5000 })
      .chain((sectors) => fc.tuple(fc.constant(sectors), fc.integer({ min: 1, max: sectors })));
    fc.assert(
      fc.property(sizes, ([sectors, buckets]) => {
        for (let bucket = 0; bucket < buckets; bucket++) {
          const { first, end } = bucketSectors(bucket, buckets, sectors);
          const ends = [first, end - 1].map((sector) => bucketOf(sector, sectors, buckets));
          assert.deepEqual(ends, [bucket, bucket]);
        }
      }),
    );
  });

  it('joins neighbouring buckets into marks', () => {
    const { bad, remapped } = MapFlag;
    const marks = marksOf(Uint8Array.of(bad, bad | remapped, 0, remapped));
    assert.deepEqual(
      marks.map(({ kind, first, count }) => [kind.name, first, count]),
      [
        ['remapped', 1, 1],
        ['remapped', 3, 1],
        ['bad', 0, 2],
      ],
    );
    assert.equal(bucketWords(bad | remapped), 'remapped, bad');
    assert.equal(bucketWords(MapFlag.notRescued | bad), 'not rescued, bad');
  });
});
