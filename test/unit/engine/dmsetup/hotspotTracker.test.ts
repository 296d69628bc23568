import assert from 'node:assert/strict';
import { HOTSPOT_LIMIT, HotspotTracker } from '../../../../src/engine/dmsetup/hotspotTracker';

describe('hotspot tracker', () => {
  it('counts sectors with errors, each once, up to its limit', () => {
    const tracker = new HotspotTracker();
    for (const sector of [7, 3, 7]) tracker.record(sector);
    assert.equal(tracker.size, 2);
    for (let sector = 100; sector < 100 + 2 * HOTSPOT_LIMIT; sector++) tracker.record(sector);
    assert.equal(tracker.size, HOTSPOT_LIMIT);
  });

  it('measures the run of errors on one sector', () => {
    const tracker = new HotspotTracker();
    assert.equal(tracker.consecutiveErrors, 0);
    const runs = [7, 7, 7, 8, 7].map((sector) => {
      tracker.record(sector);
      return tracker.consecutiveErrors;
    });
    assert.deepEqual(runs, [1, 2, 3, 1, 1]);
  });
});
