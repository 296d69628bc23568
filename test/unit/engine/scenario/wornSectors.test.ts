import assert from 'node:assert/strict';
import { scatteredIn } from '../../../../src/engine/scenario/wornSectors';

describe('worn sectors', () => {
  it('are one of each stretch that lies in a run as a whole', () => {
    const last = () => 0.999;
    assert.deepEqual(
      scatteredIn(
        [
          [0, 25],
          [100, 9],
          [200, 10],
        ],
        10,
        last,
      ),
      [9, 19, 209],
    );
  });
});
