import assert from 'node:assert/strict';
import { type CommitBatch, collectChanges } from '../../../../src/engine/metadata/commitBatch';
import { entries } from '../../../support/metadata/spares';

const list = entries(10);
const at = (slot: number) => ({ slot, entry: list[slot]! });

function batch(slots: readonly number[], entryCount: number): CommitBatch {
  return { changed: slots.map(at), entryCount, entryAt: (slot) => list[slot]!, nextSpare: 1290 };
}

const slotsOf = (slots: readonly number[], entryCount: number, committed: number, unsaved: number[] = []) =>
  collectChanges(batch(slots, entryCount), committed, new Set(unsaved)).map(({ slot }) => slot);

describe('changes of a commit', () => {
  it('are those that the batch names, ascending by slot', () => {
    assert.deepEqual(slotsOf([4, 1, 5], 6, 5), [1, 4, 5]);
    assert.deepEqual(collectChanges(batch([2], 5), 5, new Set()), [at(2)]);
    assert.deepEqual(slotsOf([], 5, 5), []);
  });

  it('have one entry for each slot: the last one that the batch names', () => {
    const twice = { ...batch([], 5), changed: [at(1), { slot: 1, entry: list[9]! }] };
    assert.deepEqual(collectChanges(twice, 5, new Set()), [{ slot: 1, entry: list[9] }]);
  });

  it('include what is unsaved from before, if it still exists', () => {
    assert.deepEqual(slotsOf([3], 6, 6, [5, 0, 8]), [0, 3, 5]);
  });

  it('must name every new slot, and none above the last', () => {
    const refuse = (slots: readonly number[], entryCount: number, committed: number, message: RegExp) =>
      assert.throws(() => slotsOf(slots, entryCount, committed), { code: 'EINVAL', message });
    refuse([6], 7, 5, /entry 5 is new/);
    refuse([5], 7, 5, /entry 6 is new/);
    refuse([7], 7, 7, /entry 7 is changed, but there are only 7/);
  });
});
