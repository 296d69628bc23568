import assert from 'node:assert/strict';
import { Differences } from '../../../src/editor/differences';

describe('the differences of two views', () => {
  function some(): Differences {
    const differences = new Differences(3);
    differences.addDiffering(10, 5);
    differences.addDiffering(20, 1);
    differences.addUnknown(15, 2);
    return differences;
  }

  it('are gone to run by run, from any sector either way', () => {
    const differences = some();
    const next = (from: number) => differences.nearest(from, 'next')?.[0] ?? null;
    const previous = (from: number) => differences.nearest(from, 'previous')?.[0] ?? null;
    assert.deepEqual([-7, 0, 9, 10, 14, 15, 20, 100].map(next), [10, 10, 10, 20, 20, 20, null, null]);
    assert.deepEqual([-7, 0, 10, 12, 15, 20, 21, 100].map(previous), [null, null, null, 10, 10, 10, 20, 20]);
  });

  it('are counted; sectors that can not be read are neither equal nor different', () => {
    assert.deepEqual(some().counts, { runs: 2, sectors: 6, unknown: 2 });
  });

  it('are forgotten where something changed', () => {
    const differences = some();
    differences.clear(12, 4);
    assert.deepEqual(differences.first(9), [
      [10, 2],
      [20, 1],
    ]);
    assert.deepEqual(differences.counts, { runs: 2, sectors: 3, unknown: 1 });
    assert.deepEqual(differences.first(1), [[10, 2]]);
  });

  it('are gone to within 50 ms among as many as are kept', () => {
    const differences = new Differences();
    for (let run = 0; run < 250_000; run++) differences.addDiffering(run * 800, 3);
    const begin = performance.now();
    const found = [0, 100e6, 199e6].map((from) => differences.nearest(from, 'next')![0]);
    const took = performance.now() - begin;
    assert.deepEqual(found, [800, 100_000_000 + 800, 199_000_000 + 800]);
    assert.ok(took < 50, `it took ${took} ms`);
  });

  it('are full with more runs than are kept', () => {
    const differences = some();
    differences.addDiffering(30, 1);
    assert.equal(differences.isFull, false);
    differences.addDiffering(40, 1);
    assert.equal(differences.isFull, true);
  });

  it('are on the map of a view whose compared sectors begin later', () => {
    const { kind, counts } = some().layer({ firstSector: 0, sectorCount: 800, bucketCount: 8 }, 700);
    assert.deepEqual([kind, ...counts], ['difference', 0, 0, 0, 0, 0, 0, 0, 6]);
  });
});
