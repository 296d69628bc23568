import assert from 'node:assert/strict';
import { parseSavedState } from '../../../../media/editor/savedState';

describe('sector editor: saved state', () => {
  const state = { view: 'spare', topByte: 0, cursor: 5, anchor: 5, column: 'hex', inspectorOpen: true };
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
});
