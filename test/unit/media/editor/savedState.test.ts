import assert from 'node:assert/strict';
import { parseSavedState } from '../../../../media/editor/savedState';

describe('sector editor: saved state', () => {
  const stops = { back: [{ view: 'device', byteOffset: 512 }], forward: [] };
  const state = {
    view: 'spare',
    topByte: 0,
    cursor: 5,
    anchor: 5,
    column: 'hex',
    inspectorOpen: true,
    stops,
  };
  it('takes what it wrote', () => assert.deepEqual(parseSavedState(state), state));
  it('ignores what it did not write', () => {
    for (const [key, value] of [
      ['view', 'attic'],
      ['topByte', -1],
      ['cursor', Number.NaN],
      ['anchor', '5'],
      ['column', 'octal'],
      ['inspectorOpen', 1],
    ] as const) {
      assert.equal(parseSavedState({ ...state, [key]: value }), null, key);
    }
    assert.equal(parseSavedState(undefined), null);
  });
  it('forgets places to go back to that have another form, not the rest', () => {
    for (const wrong of [
      undefined,
      5,
      { back: [] },
      { back: [{ view: 'attic', byteOffset: 0 }], forward: [] },
    ]) {
      assert.deepEqual(parseSavedState({ ...state, stops: wrong }), {
        ...state,
        stops: { back: [], forward: [] },
      });
    }
  });
});
