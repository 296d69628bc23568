import assert from 'node:assert/strict';
import { Milestones } from '../../../src/devices/milestones';
import { contextKeys } from '../../../src/manifest';

const { hasCreated, hasWrittenMarkers, hasMovedMarker, hasReloaded, hasLostPower } = contextKeys;
const all = { verified: 5, total: 5, results: [] };

describe('milestones', () => {
  let reached: string[];
  let held: Set<string>;
  let milestones: Milestones;

  beforeEach(() => {
    reached = [];
    held = new Set();
    milestones = new Milestones((key, value) => {
      if (value) held.add(key);
      else held.delete(key);
      if (value) reached.push(key);
    });
  });

  /** Compares what was reached, and sees that no key is true any more. */
  const expect = (...keys: string[]) => {
    assert.deepEqual(reached, keys);
    assert.deepEqual([...held], []);
  };

  it('are a device that was created, markers that were written, and one of them that moved', () => {
    milestones.created();
    expect(hasCreated);
    milestones.markersWritten([]);
    expect(hasCreated, hasWrittenMarkers);
    milestones.markersWritten([1000]);
    expect(hasCreated, hasWrittenMarkers, hasWrittenMarkers, hasMovedMarker);
  });

  it('are a reload and a power loss only when all markers were found afterwards', () => {
    milestones.verified('disk', all);
    milestones.restarted([{ name: 'disk' }], 'reload');
    expect();
    milestones.verified('other', all);
    milestones.verified('disk', { ...all, verified: 4 });
    milestones.verified('disk', { verified: 0, total: 0, results: [] });
    expect();
    milestones.verified('disk', all);
    expect(hasReloaded);
    milestones.restarted([{ name: 'disk' }], 'reboot');
    milestones.verified('disk', all);
    expect(hasReloaded);
    milestones.restarted([{ name: 'disk' }], 'powerLoss');
    milestones.verified('disk', all);
    expect(hasReloaded, hasLostPower);
  });
});
