import assert from 'node:assert/strict';
import { Soon } from '../../../src/views/soon';
import { heldTimers } from '../../support/heldTimers';

describe('work that is done soon', () => {
  const timers = heldTimers();

  it('is done once for all who ask meanwhile, and again for those who ask later', () => {
    let done = 0;
    const soon = new Soon(() => done++, 100);
    soon.ask();
    soon.ask();
    assert.equal(done, 0);
    timers.fire();
    assert.equal(done, 1);
    soon.ask();
    timers.fire();
    assert.equal(done, 2);
    soon.ask();
    soon.dispose();
    timers.fire();
    assert.equal(done, 2);
  });
});
