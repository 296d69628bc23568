import assert from 'node:assert/strict';
import { Throttle } from '../../../media/editor/throttle';

describe('sector editor: throttle', () => {
  it('acts at once, and once more for all that was asked meanwhile', async () => {
    const states: number[] = [];
    let state = 0;
    let secondTime: () => void = () => {};
    const acted = new Promise<void>((resolve) => {
      secondTime = resolve;
    });
    const throttle = new Throttle(5, () => {
      states.push(state);
      if (states.length === 2) secondTime();
    });
    for (state = 1; state <= 3; state++) throttle.request();
    assert.deepEqual(states, [1]);
    await acted;
    assert.deepEqual(states, [1, 4]);
  });
});
