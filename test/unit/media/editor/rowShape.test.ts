import assert from 'node:assert/strict';
import { beginsGroup, fittingShape, hexCharacters, rowCharacters } from '../../../../media/editor/rowShape';
import { DISPLAY_CHOICES, type Display } from '../../../../src/shared/display';

const at = (characters: number, grouping: Display['grouping'] = 8) =>
  fittingShape(characters, { bytesPerRow: 'auto', grouping });

describe('sector editor: shape of a row', () => {
  it('is as wide as there is room: the full width, whatever the grouping', () => {
    for (const grouping of DISPLAY_CHOICES.grouping) {
      for (const count of [16, 24, 32, 48, 64] as const) {
        const least = rowCharacters(fittingShape(1000, { bytesPerRow: count, grouping }));
        assert.equal(at(least, grouping).bytesPerRow, count);
        assert.ok(at(least - 1, grouping).bytesPerRow <= count);
      }
      assert.equal(at(0, grouping).bytesPerRow, 8);
      assert.equal(at(1e6, grouping).bytesPerRow, 64);
    }
  });

  it('has sixteen bytes closer together before it has only eight', () => {
    assert.deepEqual(at(75), { bytesPerRow: 16, grouping: 8, cellCharacters: 3 });
    assert.deepEqual(at(74), { bytesPerRow: 16, grouping: 8, cellCharacters: 2.5 });
    assert.equal(at(67).bytesPerRow, 16);
    assert.equal(at(66).bytesPerRow, 8);
  });

  it('is the chosen one at any width, tight where it does not fit', () => {
    for (const bytesPerRow of [8, 16, 24, 32, 48, 64] as const) {
      for (const [characters, cellCharacters] of [[10, 2.5] as const, [1000, 3] as const]) {
        const shape = fittingShape(characters, { bytesPerRow, grouping: 1 });
        assert.deepEqual(shape, { bytesPerRow, grouping: 1, cellCharacters });
      }
    }
  });

  it('has a gap before each group but the first; bytes by themselves need none', () => {
    const starts = (grouping: Display['grouping']) =>
      Array.from({ length: 16 }, (_, i) => i).filter((i) => beginsGroup(i, grouping));
    assert.deepEqual(starts(1), []);
    assert.deepEqual(starts(2), [2, 4, 6, 8, 10, 12, 14]);
    assert.deepEqual(starts(4), [4, 8, 12]);
    assert.deepEqual(starts(8), [8]);
    for (const grouping of DISPLAY_CHOICES.grouping) {
      const shape = fittingShape(1000, { bytesPerRow: 16, grouping });
      assert.equal(hexCharacters(shape), 16 * shape.cellCharacters + starts(grouping).length);
    }
  });
});
