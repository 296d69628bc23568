import assert from 'node:assert/strict';
import { ChangedSectors } from '../../../../src/engine/device/changedSectors';
import type { SectorRange } from '../../../../src/engine/errors';
import { heldTimers } from '../../../support/heldTimers';

describe('changed sectors', () => {
  const timers = heldTimers();
  let told: (readonly SectorRange[] | undefined)[];
  let changed: ChangedSectors;
  beforeEach(() => {
    told = [];
    changed = new ChangedSectors((sectors) => told.push(sectors));
  });

  it('are told together, ascending and merged', () => {
    changed.note(8, 2);
    changed.note(0, 4);
    changed.note(4, 4);
    changed.note(100, 1);
    assert.deepEqual(told, []);
    timers.fire();
    assert.deepEqual(told, [
      [
        [0, 10],
        [100, 1],
      ],
    ]);
  });

  it('are told again after they were told', () => {
    changed.note(0, 1);
    timers.fire();
    changed.note(5, 1);
    timers.fire();
    timers.fire();
    assert.deepEqual(told, [[[0, 1]], [[5, 1]]]);
  });

  it('are any sectors where there are too many runs', () => {
    for (let i = 0; i < 2000; i++) changed.note(i * 2, 1);
    timers.fire();
    assert.deepEqual(told, [undefined]);
  });
});
