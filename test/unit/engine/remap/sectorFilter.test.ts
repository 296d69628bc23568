import assert from 'node:assert/strict';
import fc from 'fast-check';
import { SectorFilter } from '../../../../src/engine/remap/sectorFilter';

describe('SectorFilter', () => {
  const sector = fc.oneof(
    fc.integer({ min: 0, max: 300 }),
    fc.integer({ min: 2 ** 19 - 50, max: 2 ** 19 + 50 }),
    fc.integer({ min: 2 ** 31 - 50, max: 2 ** 31 + 50 }),
    fc.integer({ min: 0, max: 2 ** 45 }),
  );

  it('never denies a sector that was added', () => {
    const run = fc.record({ before: fc.nat(70), after: fc.integer({ min: 1, max: 70 }) });
    fc.assert(
      fc.property(fc.array(sector, { minLength: 1 }), run, (sectors, { before, after }) => {
        const filter = new SectorFilter();
        for (const added of sectors) filter.add(added);
        for (const added of sectors) {
          assert.ok(filter.mayHaveIn(Math.max(0, added - before), added + after));
        }
      }),
    );
  });

  it('denies the short runs of whose pages no sector was added, but for those a filter size away', () => {
    const filter = new SectorFilter();
    filter.add(1003);
    filter.add(2 ** 40 + 31);
    assert.equal(filter.mayHaveIn(936, 1000), false);
    assert.equal(filter.mayHaveIn(1000, 1001), true);
    assert.equal(filter.mayHaveIn(1007, 1008), true);
    assert.equal(filter.mayHaveIn(1008, 1072), false);
    assert.equal(filter.mayHaveIn(0, 24), false);
    assert.equal(filter.mayHaveIn(32, 96), false);
    assert.equal(filter.mayHaveIn(2 ** 19 + 1000, 2 ** 19 + 1001), true);
  });

  it('grows with what it is to hold', () => {
    const filter = new SectorFilter();
    assert.equal(filter.isOutgrownBy(2 ** 13), false);
    assert.equal(filter.isOutgrownBy(2 ** 14), true);
    filter.reset(2 ** 16);
    assert.equal(filter.isOutgrownBy(2 ** 16), false);
    filter.add(1000);
    assert.equal(filter.mayHaveIn(2 ** 19 + 1000, 2 ** 19 + 1001), false);
  });
});
