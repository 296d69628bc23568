import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type HealthInputs, healthScore, healthTerms } from '../../../../src/engine/dmsetup/healthScore';

const HEALTHY: HealthInputs = {
  ioErrors: 0,
  totalIos: 10_000,
  consecutiveErrors: 0,
  hotspots: 0,
};

const score = (changes: Partial<HealthInputs>) => healthScore({ ...HEALTHY, ...changes });

describe('health score', () => {
  it('is 100 without errors, and without I/O', () => {
    assert.equal(score({}), 100);
    assert.equal(score({ totalIos: 0 }), 100);
  });

  it('takes each penalty above its threshold', () => {
    const cases: [Partial<HealthInputs>, number][] = [
      [{ ioErrors: 1 }, 100],
      [{ ioErrors: 2 }, 95],
      [{ ioErrors: 10 }, 95],
      [{ ioErrors: 11 }, 80],
      [{ ioErrors: 100 }, 80],
      [{ ioErrors: 101 }, 50],
      [{ consecutiveErrors: 5 }, 100],
      [{ consecutiveErrors: 6 }, 85],
      [{ consecutiveErrors: 10 }, 85],
      [{ consecutiveErrors: 11 }, 70],
      [{ hotspots: 10 }, 100],
      [{ hotspots: 11 }, 90],
      [{ hotspots: 20 }, 90],
      [{ hotspots: 21 }, 75],
    ];
    for (const [changes, expected] of cases) assert.equal(score(changes), expected, JSON.stringify(changes));
  });

  it('names its terms, each with what it takes', () => {
    const inputs = { ioErrors: 20, totalIos: 10_000, consecutiveErrors: 6, hotspots: 3 };
    assert.deepEqual(
      healthTerms(inputs).map(({ name, value, penalty }) => [name, value, penalty]),
      [
        ['errorRate', 20, 20],
        ['consecutiveErrors', 6, 15],
        ['hotspots', 3, 0],
      ],
    );
    assert.equal(healthScore(inputs), 65);
  });

  it('stops at 0 where the kernel underflows to 4294967291 (B12)', () => {
    const worst = {
      ioErrors: 1000,
      totalIos: 1000,
      consecutiveErrors: 11,
      hotspots: 32,
    };
    assert.equal(healthScore(worst), 0);
  });

  it('property: stays in 0..100, and no error raises it (B12)', () => {
    const inputs = fc.record({
      ioErrors: fc.nat(),
      totalIos: fc.nat(),
      consecutiveErrors: fc.nat(50),
      hotspots: fc.nat(40),
    });
    fc.assert(
      fc.property(inputs, (before) => {
        const earlier = healthScore(before);
        assert.ok(earlier >= 0 && earlier <= 100);
        const later = healthScore({
          ...before,
          ioErrors: before.ioErrors + 1,
          consecutiveErrors: before.consecutiveErrors + 1,
        });
        assert.ok(later <= earlier);
      }),
    );
  });
});
