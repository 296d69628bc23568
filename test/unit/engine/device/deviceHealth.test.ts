import assert from 'node:assert/strict';
import { DeviceHealth } from '../../../../src/engine/device/deviceHealth';
import { Statistics } from '../../../../src/engine/remap/statistics';
import { ManualClock } from '../../../support/remap/targetRig';

describe('device health', () => {
  let statistics: Statistics;
  let health: DeviceHealth;

  beforeEach(() => {
    statistics = new Statistics({ now: () => 0 });
    health = new DeviceHealth(statistics, new ManualClock(1_760_620_000_999));
  });

  it('notes the sectors of a failed request, up to as many as are tracked', () => {
    health.noteFailure([
      [10, 2],
      [100, 1000],
    ]);
    assert.deepEqual([health.hotspotCount, health.consecutiveErrors], [32, 1]);
    for (let i = 0; i < 5; i++) health.noteFailure([[129, 1]]);
    assert.equal(health.consecutiveErrors, 6);
  });

  it('scores a device on a slow host as healthy', () => {
    for (let i = 0; i < 100; i++) statistics.countRequest('write', 512, true, 30_000);
    assert.equal(health.score(), 100);
  });

  it('scores errors, their run and hotspots', () => {
    assert.equal(health.score(), 100);
    for (let i = 0; i < 100; i++) statistics.countRequest('read', 512, false, 0);
    statistics.errors = 1;
    assert.equal(health.score(), 80, 'one request in a hundred failed');
    health.noteFailure([[0, 32]]);
    assert.equal(health.score(), 55, 'and there are many hotspots');
  });

  it('puts a completed scan into the fields of the metadata', () => {
    statistics.errors = 5_000_000_000;
    const report = { scannedSectors: 4096, sectorCount: 4096, rescued: 3, seconds: 1 };
    const fields = health.afterScan({
      ...report,
      failing: [
        [10, 2],
        [50, 4],
      ],
      notRescued: [[50, 4]],
      slow: [
        [64, 64],
        [256, 64],
      ],
    });
    assert.deepEqual(fields, {
      last_full_scan: 1_760_620_000n,
      health_score: 50,
      scan_progress_percent: 100,
      total_errors_found: 0xffff_ffff,
      predictive_remaps: 3,
      sectors_scanned: 4096,
      errors_detected: 2,
      slow_sectors_found: 128,
    });
  });
});
