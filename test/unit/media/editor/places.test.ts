import assert from 'node:assert/strict';
import { type Place, Places } from '../../../../media/editor/places';
import type { SavedState } from '../../../../media/editor/savedState';

/** The state that VS Code keeps for a page while it is taken down. */
function memory() {
  let kept: SavedState | undefined;
  return {
    getState: () => kept,
    setState: (state: SavedState) => {
      kept = state;
    },
  };
}

const at = (byteOffset: number, topByte = 0): Place => ({
  cursor: { byteOffset, anchor: byteOffset, column: 'text', secondDigit: false },
  topByte,
});

describe('sector editor: places', () => {
  it('knows nothing at first', () => {
    const places = new Places(memory());
    assert.equal(places.view, null);
    assert.equal(places.in('device'), undefined);
    assert.equal(places.inspectorWasOpen, false);
  });

  it('loses no place to a page that is taken down right after it', () => {
    const store = memory();
    const places = new Places(store);
    for (let byteOffset = 0; byteOffset < 5; byteOffset++) places.save('main', at(byteOffset, 512), true);
    const next = new Places(store);
    assert.equal(next.view, 'main');
    assert.deepEqual(next.in('main'), at(4, 512));
    assert.equal(next.inspectorWasOpen, true);
  });

  it('keeps the places to go back to for the next page', () => {
    const store = memory();
    const places = new Places(store);
    places.history.leave({ view: 'device', byteOffset: 7 });
    places.save('device', at(512), false);
    assert.deepEqual(new Places(store).history.stops, places.history.stops);
  });

  it('prefers its own places to those that an earlier page saved', () => {
    const store = memory();
    new Places(store).save('device', at(100), false);
    const places = new Places(store);
    places.save('device', at(200), false);
    places.save('spare', at(300), false);
    assert.equal(places.view, 'spare');
    assert.deepEqual(places.in('device'), at(200));
  });
});
