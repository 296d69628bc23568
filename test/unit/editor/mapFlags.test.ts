import assert from 'node:assert/strict';
import fc from 'fast-check';
import { MapFlags } from '../../../src/editor/mapFlags';

describe('sector editor: map of a source', () => {
  it('marks the bucket that each sector lies in, and no other', () => {
    const sizes = fc.record({
      buckets: fc.integer({ min: 1, max: 50 }),
      sectors: fc.integer({ min: 1, max: 300 }),
    });
    fc.assert(
      fc.property(
        sizes,
        fc.nat(299),
        fc.integer({ min: 1, max: 40 }),
        ({ buckets, sectors }, first, count) => {
          fc.pre(buckets <= sectors && first < sectors);
          const map = new MapFlags(buckets, sectors);
          map.add(first, count, 2);
          const expected = new Set<number>();
          for (let sector = first; sector < Math.min(first + count, sectors); sector++) {
            expected.add(Math.floor((sector * buckets) / sectors));
          }
          for (const [bucket, flags] of map.flags.entries())
            assert.equal(flags, expected.has(bucket) ? 2 : 0);
        },
      ),
    );
  });
});
