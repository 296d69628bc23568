import assert from 'node:assert/strict';
import { RateMeter } from '../../../src/devices/rateMeter';
import type { ExportFigures } from '../../../src/engine';

const FIGURES: ExportFigures = {
  name: 'disk',
  device: 'disk',
  uri: 'nbd://127.0.0.1:1/disk',
  clients: 1,
  reads: 0,
  writes: 0,
  flushes: 0,
  bytesRead: 0,
  bytesWritten: 0,
  errors: 0,
  lastError: null,
};

describe('RateMeter', () => {
  it('makes rates a second of counters, by the time that passed', () => {
    const meter = new RateMeter();
    meter.sample(FIGURES, 1000);
    assert.ok(meter.sample({ ...FIGURES, reads: 30, bytesRead: 4096 }, 3000));
    assert.deepEqual(meter.rates, { reads: 15, writes: 0, flushes: 0, bytesRead: 2048, bytesWritten: 0 });
  });

  it('says once that the rates are 0 again, and then that nothing changes', () => {
    const meter = new RateMeter();
    meter.sample(FIGURES, 1000);
    meter.sample({ ...FIGURES, writes: 1 }, 2000);
    assert.ok(meter.sample({ ...FIGURES, writes: 1 }, 3000));
    assert.equal(meter.rates.writes, 0);
    assert.ok(!meter.sample({ ...FIGURES, writes: 1 }, 4000));
  });
});
