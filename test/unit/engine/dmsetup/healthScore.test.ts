import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type HealthInputs, healthScore } from '../../../../src/engine/dmsetup/healthScore';
import { HOTSPOT_LIMIT, HotspotTracker } from '../../../../src/engine/dmsetup/hotspotTracker';

const HEALTHY: HealthInputs = {
  ioErrors: 0,
  totalIos: 10_000,
  consecutiveErrors: 0,
  hotspots: 0,
  averageResponseNs: 0,
};

const score = (changes: Partial<HealthInputs>) => healthScore({ ...HEALTHY, ...changes }).score;

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
      [{ averageResponseNs: 1_000_000 }, 100],
      [{ averageResponseNs: 1_000_001 }, 90],
      [{ averageResponseNs: 10_000_000 }, 90],
      [{ averageResponseNs: 10_000_001 }, 80],
    ];
    for (const [changes, expected] of cases) assert.equal(score(changes), expected, JSON.stringify(changes));
  });

  it('stops at 0 where the kernel underflows to 4294967291 (B12)', () => {
    const worst = healthScore({
      ioErrors: 1000,
      totalIos: 1000,
      consecutiveErrors: 11,
      hotspots: 32,
      averageResponseNs: 20_000_000,
    });
    assert.equal(worst.score, 0);
    assert.deepEqual(
      worst.terms.map(({ penalty }) => penalty),
      [50, 30, 25, 20],
    );
  });

  it('shows every term with its value', () => {
    assert.deepEqual(healthScore({ ...HEALTHY, ioErrors: 15, hotspots: 12 }).terms, [
      { name: 'error rate', value: 15, penalty: 20 },
      { name: 'consecutive errors', value: 0, penalty: 0 },
      { name: 'hotspots', value: 12, penalty: 10 },
      { name: 'average response', value: 0, penalty: 0 },
    ]);
  });

  it('property: stays in 0..100, and no error raises it (B12)', () => {
    const inputs = fc.record({
      ioErrors: fc.nat(),
      totalIos: fc.nat(),
      consecutiveErrors: fc.nat(50),
      hotspots: fc.nat(40),
      averageResponseNs: fc.nat(),
    });
    fc.assert(
      fc.property(inputs, (before) => {
        const { score: earlier, terms } = healthScore(before);
        assert.ok(earlier >= 0 && earlier <= 100);
        const penalties = terms.reduce((sum, { penalty }) => sum + penalty, 0);
        assert.equal(earlier, Math.max(0, 100 - penalties));
        const { score: later } = healthScore({
          ...before,
          ioErrors: before.ioErrors + 1,
          consecutiveErrors: before.consecutiveErrors + 1,
        });
        assert.ok(later <= earlier);
      }),
    );
  });
});

describe('hotspot tracker', () => {
  it('counts errors and their span for each sector', () => {
    const tracker = new HotspotTracker();
    for (const time of [1000, 1010, 1020]) tracker.record(7, time);
    tracker.record(3, 1030);
    assert.deepEqual(tracker.list(), [
      { sector: 7, errorCount: 3, firstMs: 1000, lastMs: 1020, isIntense: true },
      { sector: 3, errorCount: 1, firstMs: 1030, lastMs: 1030, isIntense: false },
    ]);
  });

  it('calls a sector intense above 100 errors a second', () => {
    const tracker = new HotspotTracker();
    tracker.record(1, 0);
    tracker.record(1, 20);
    assert.equal(tracker.list()[0]?.isIntense, false);
    tracker.record(1, 20);
    assert.equal(tracker.list()[0]?.isIntense, true);
  });

  it('measures the run of errors on one sector', () => {
    const tracker = new HotspotTracker();
    assert.equal(tracker.consecutiveErrors, 0);
    const runs = [7, 7, 7, 8, 7].map((sector) => {
      tracker.record(sector, 0);
      return tracker.consecutiveErrors;
    });
    assert.deepEqual(runs, [1, 2, 3, 1, 1]);
    tracker.endRun();
    assert.equal(tracker.consecutiveErrors, 0);
    tracker.record(7, 0);
    assert.equal(tracker.consecutiveErrors, 1);
  });

  it('gives the place of the weakest, longest silent sector to a new one', () => {
    const tracker = new HotspotTracker();
    for (let sector = 0; sector < HOTSPOT_LIMIT; sector++) {
      tracker.record(sector, sector);
      if (sector !== 4 && sector !== 5) tracker.record(sector, sector);
    }
    tracker.record(999, 100);
    const tracked = new Set(tracker.list().map(({ sector }) => sector));
    assert.equal(tracker.size, HOTSPOT_LIMIT);
    assert.ok(tracked.has(999) && tracked.has(5) && !tracked.has(4));
  });

  it('forgets on clear', () => {
    const tracker = new HotspotTracker();
    tracker.record(1, 0);
    tracker.clear();
    assert.deepEqual([tracker.size, tracker.consecutiveErrors, tracker.list().length], [0, 0, 0]);
  });

  it('property: stays bounded, and keeps a sector with more errors than all others together', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1000), { maxLength: 300 }), (others) => {
        const tracker = new HotspotTracker();
        others.forEach((sector, index) => {
          tracker.record(sector, index);
          tracker.record(5000, index);
          assert.ok(tracker.size <= HOTSPOT_LIMIT);
        });
        if (others.length > 0) {
          assert.equal(tracker.list().find(({ sector }) => sector === 5000)?.errorCount, others.length);
        }
      }),
    );
  });
});
