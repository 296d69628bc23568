import assert from 'node:assert/strict';
import { Statistics } from '../../../../src/engine/remap/statistics';

describe('Statistics (R12)', () => {
  let statistics: Statistics;
  let now = 0;

  beforeEach(() => {
    now = 1000;
    statistics = new Statistics({ now: () => now });
  });

  it('counts each request once, and those that a spare served apart', () => {
    statistics.countRequest('read', 512, false, 1);
    statistics.countRequest('read', 4096, true, 1);
    statistics.countRequest('write', 512, true, 1);
    statistics.errors++;
    statistics.remappedSectors += 3;
    assert.deepEqual(statistics.snapshot(), {
      reads: 2,
      writes: 1,
      remaps: 1,
      errors: 1,
      totalIos: 3,
      normalIos: 1,
      remappedIos: 2,
      remappedSectors: 3,
    });
  });

  it('sums the time of requests, and keeps the longest and the fastest', () => {
    statistics.countRequest('read', 1000, false, 2);
    statistics.countRequest('write', 3000, false, 0.5);
    statistics.countRequest('read', 500, false, 0.25);
    assert.equal(statistics.totalIoNs, 2_750_000);
    assert.equal(statistics.maxLatencyNs, 2_000_000);
    assert.equal(statistics.peakBytesPerSecond, 6_000_000);
  });

  it('takes a request during which the clock stood still for one of a nanosecond', () => {
    statistics.countRequest('read', 512, false, 0);
    assert.equal(statistics.totalIoNs, 1);
    assert.equal(statistics.peakBytesPerSecond, 512e9);
  });

  it('knows since when it counts: its construction, or the last clear', () => {
    now = 5000;
    assert.equal(statistics.since, 1000);
    statistics.clear();
    assert.equal(statistics.since, 5000);
  });

  it('clears what the message clears, and goes on with what counts since construction', () => {
    statistics.countRequest('read', 1000, true, 2);
    statistics.countRequest('write', 1000, false, 2);
    statistics.errors++;
    statistics.remappedSectors++;
    statistics.clear();
    assert.ok(Object.values(statistics.snapshot()).every((count) => count === 0));
    assert.equal(statistics.maxLatencyNs, 0);
    assert.equal(statistics.ioOperations, 2);
    assert.equal(statistics.totalIoNs, 4_000_000);
    assert.equal(statistics.peakBytesPerSecond, 500_000);

    statistics.countRequest('read', 512, false, 1);
    assert.deepEqual([statistics.totalIos, statistics.ioOperations], [1, 3]);
  });
});
