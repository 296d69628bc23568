import assert from 'node:assert/strict';
import { rateCache, rateHealth, rateLatency } from '../../../../src/engine/dmsetup/statusFigures';

describe('ratings of dmremap-status', () => {
  it('change at the thresholds', () => {
    assert.deepEqual(
      [100, 95, 94, 80, 79, 60, 59, 40, 39, 0].map(rateHealth).map((rating) => rating[0]),
      ['E', 'E', 'G', 'G', 'F', 'F', 'P', 'P', 'C', 'C'],
    );
    assert.deepEqual(
      [0, 9_999, 10_000, 49_999, 50_000, 99_999, 100_000, 999_999, 1_000_000].map(rateLatency),
      ['EXCELLENT', 'EXCELLENT', 'GOOD', 'GOOD', 'FAIR', 'FAIR', 'POOR', 'POOR', 'CRITICAL'],
    );
    assert.deepEqual(
      [100, 80, 79, 60, 59, 40, 39, 20, 19, 0].map(rateCache).map((rating) => rating[0]),
      ['E', 'E', 'G', 'G', 'F', 'F', 'P', 'P', 'C', 'C'],
    );
  });

  it('call an underflowed health score critical (B12)', () => {
    assert.equal(rateHealth(4_294_967_291), 'CRITICAL');
  });
});
