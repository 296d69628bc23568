import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  INITIAL_CURSOR,
  type Motion,
  motionOfKey,
  move,
  placedAt,
  selectionOf,
} from '../../../../media/editor/cursor';
import { type BytesPerRow, Geometry } from '../../../../media/editor/geometry';

describe('sector editor: cursor', () => {
  const geometry = new Geometry(4 * 512 + 100, 16);
  const at = (byteOffset: number, motion: Motion, extend = false) =>
    move(placedAt(INITIAL_CURSOR, byteOffset), motion, extend, geometry, 10).byteOffset;

  it('moves as the keys say', () => {
    assert.equal(at(100, 'left'), 99);
    assert.equal(at(0, 'left'), 0);
    assert.equal(at(100, 'down'), 116);
    assert.equal(at(5, 'up'), 5);
    assert.equal(at(100, 'rowStart'), 96);
    assert.equal(at(100, 'rowEnd'), 111);
    assert.equal(at(600, 'previousSector'), 512);
    assert.equal(at(512, 'previousSector'), 0);
    assert.equal(at(600, 'nextSector'), 1024);
    assert.equal(at(4 * 512 + 7, 'nextSector'), 4 * 512 + 7);
    assert.equal(at(600, 'start'), 0);
    assert.equal(at(600, 'end'), 4 * 512 + 99);
    assert.equal(at(4 * 512 + 98, 'rowEnd'), 4 * 512 + 99);
  });

  it('keeps its place in the row when it moves by a page of rows', () => {
    assert.equal(at(1000, 'pageDown'), 1160);
    assert.equal(at(1000, 'pageUp'), 840);
    assert.equal(at(37, 'pageUp'), 5);
  });

  it('ends a row where its sector ends, where the bytes of a row do not divide a sector', () => {
    const wide = new Geometry(4 * 512, 48);
    const from = (byteOffset: number, motion: Motion) =>
      move(placedAt(INITIAL_CURSOR, byteOffset), motion, false, wide, 10).byteOffset;
    assert.equal(from(485, 'rowStart'), 480);
    assert.equal(from(485, 'rowEnd'), 511);
    assert.equal(from(470, 'down'), 511);
    assert.equal(from(485, 'down'), 512 + 5);
    assert.equal(from(512 + 5, 'up'), 485);
  });

  it('goes by the sectors below the headings', () => {
    const other = new Geometry(40 * 520, 16, [{ first: 5, count: 5, words: 'zeros' }], 520);
    const from = (byteOffset: number, motion: Motion) =>
      move(placedAt(INITIAL_CURSOR, byteOffset), motion, false, other, 10).byteOffset;
    assert.equal(from(515, 'rowEnd'), 519);
    assert.equal(from(515, 'down'), 520 + 3);
    assert.equal(from(30, 'nextSector'), 520);
    assert.equal(from(530, 'previousSector'), 520);
    assert.deepEqual([from(5 * 520, 'left'), from(5 * 520, 'right')], [5 * 520 - 1, 9 * 520]);
  });

  it('never leaves the bytes', () => {
    const motions = fc.constantFrom<Motion>(
      ...(['left', 'right', 'up', 'down', 'rowStart', 'rowEnd', 'pageUp'] as const),
      ...(['pageDown', 'previousSector', 'nextSector', 'start', 'end'] as const),
    );
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5000 }),
        fc.constantFrom<BytesPerRow>(8, 16, 24, 48, 64),
        fc.array(fc.tuple(motions, fc.boolean()), { maxLength: 30 }),
        (byteCount, width, list) => {
          const shape = new Geometry(byteCount, width);
          let cursor = INITIAL_CURSOR;
          for (const [motion, extend] of list) {
            cursor = move(cursor, motion, extend, shape, 7);
            const { start, end } = selectionOf(cursor);
            assert.ok(start >= 0 && end <= byteCount && end > start);
            if (!extend) assert.equal(end - start, 1);
          }
        },
      ),
    );
  });

  it('knows the keys', () => {
    assert.equal(motionOfKey('Home', false), 'rowStart');
    assert.equal(motionOfKey('Home', true), 'start');
    assert.equal(motionOfKey('ArrowDown', true), 'nextSector');
    assert.equal(motionOfKey('ArrowLeft', true), null);
    assert.equal(motionOfKey('a', false), null);
  });
});
