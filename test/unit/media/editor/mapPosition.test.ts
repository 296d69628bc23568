import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Geometry, ScrollModel } from '../../../../media/editor/geometry';
import { positionOf, scrollTopAt } from '../../../../media/editor/mapPosition';

const ROW = 20;
const VIEWPORT = 33 * ROW;
const words = 'all zeros';

function rig(sectorCount: number, folds: readonly { first: number; count: number; words: string }[]) {
  const geometry = new Geometry(sectorCount * 512, 16, folds);
  return { geometry, scroll: new ScrollModel(geometry.rowCount, ROW, VIEWPORT) };
}

describe('the position on the map', () => {
  it('goes with the scroll position where nothing is folded', () => {
    const { geometry, scroll } = rig(1000, []);
    scroll.top = scrollTopAt(0.5, geometry, scroll);
    assert.equal(scroll.top, 0.5 * scroll.maxTop);
    assert.equal(positionOf(geometry, scroll).fraction, 0.5);
  });

  it('goes with the sectors where some are folded, so that the thumb stands at their marks', () => {
    const { geometry, scroll } = rig(1000, [{ first: 100, count: 800, words }]);
    scroll.top = geometry.headingRow(900) * ROW;
    const { first, fraction } = positionOf(geometry, scroll);
    assert.equal(first, 900);
    assert.ok(Math.abs(fraction - 900 / 999) < 0.001);
    scroll.top = scrollTopAt(0.5, geometry, scroll);
    assert.equal(scroll.firstRow, geometry.headingRow(500), 'the row of the fold');
  });

  it('reaches both ends, and every sector between', () => {
    fc.assert(
      fc.property(fc.nat(99), fc.double({ min: 0, max: 1, noNaN: true }), (start, fraction) => {
        const { geometry, scroll } = rig(300, [{ first: start, count: 150, words }]);
        scroll.top = scrollTopAt(fraction, geometry, scroll);
        const position = positionOf(geometry, scroll);
        assert.ok(position.fraction >= 0 && position.fraction <= 1);
        scroll.top = scrollTopAt(0, geometry, scroll);
        assert.equal(positionOf(geometry, scroll).fraction, 0);
        scroll.top = scrollTopAt(1, geometry, scroll);
        assert.deepEqual([scroll.top, positionOf(geometry, scroll).fraction], [scroll.maxTop, 1]);
      }),
    );
  });
});
