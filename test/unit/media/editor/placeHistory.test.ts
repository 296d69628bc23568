import assert from 'node:assert/strict';
import { PlaceHistory, type Stop } from '../../../../media/editor/placeHistory';

const at = (byteOffset: number): Stop => ({ view: 'device', byteOffset });
const any = () => true;

describe('sector editor: places to go back to', () => {
  it('drops those ahead when something new is gone to', () => {
    const history = new PlaceHistory();
    history.leave(at(1));
    history.leave(at(2));
    assert.deepEqual(history.step('back', at(3), any), at(2));
    assert.deepEqual(history.stops, { back: [at(1)], forward: [at(3)] });
    history.leave(at(2));
    assert.deepEqual(history.stops, { back: [at(1), at(2)], forward: [] });
  });

  it('keeps a place once that is left twice, and never leads to where the person is', () => {
    const history = new PlaceHistory();
    history.leave(at(1));
    history.leave(at(1));
    assert.equal(history.step('back', at(1), any), null);
    assert.deepEqual(history.stops, { back: [], forward: [] });
  });

  it('keeps the nearest 50', () => {
    const history = new PlaceHistory();
    for (let place = 0; place < 80; place++) history.leave(at(place));
    const { back } = history.stops;
    assert.deepEqual([back.length, back[0], back.at(-1)], [50, at(30), at(79)]);
  });
});
