import assert from 'node:assert/strict';
import { INITIAL_CURSOR } from '../../../../media/editor/cursor';
import { Geometry, type Row, ScrollModel } from '../../../../media/editor/geometry';
import { pinnedPlace, placeholdersOf, rowBytes } from '../../../../media/editor/gridContent';
import type { SectorState } from '../../../../media/editor/sectorCache';
import { FieldMarks } from '../../../../media/editor/structureFields';
import { DEFAULT_DISPLAY, type Display } from '../../../../src/shared/display';

const NO_FIELDS = new FieldMarks();
const LOADING: SectorState = { state: 'loading' };
const READY: SectorState = {
  state: 'ready',
  bytes: Uint8Array.from({ length: 512 }, (_, i) => i & 0xff),
  origin: { kind: 'main', sector: 1 },
  originIndex: 0,
  unreadable: null,
  unsaved: [],
};
const FAILED: SectorState = { state: 'failed', message: 'no answer' };
const UNREADABLE: SectorState = { ...READY, unreadable: 'medium error' };

const NOT_RESCUED: SectorState = {
  ...READY,
  origin: { kind: 'notRescued', why: 'never tried' },
  unreadable: 'no data',
};

const row = (index: number, byteCount = 4 * 512) => {
  const content: Row = new Geometry(byteCount, 16).row(index);
  assert.equal(content.kind, 'bytes');
  return content as Extract<Row, { kind: 'bytes' }>;
};

describe('sector editor: what a row shows', () => {
  it('is its offset and its part of the sector', () => {
    const { offset, byteCount, bytes } = rowBytes(
      row(35),
      READY,
      INITIAL_CURSOR,
      4 * 512,
      DEFAULT_DISPLAY,
      NO_FIELDS,
    );
    assert.deepEqual([offset, byteCount], ['00000210', 16]);
    assert.deepEqual([...bytes!], [...READY.bytes.subarray(16, 32)]);
  });

  it('says where its bytes stand in the place of some that were not read', () => {
    const inPlaceOf = (state: SectorState) =>
      rowBytes(row(35), state, INITIAL_CURSOR, 4 * 512, DEFAULT_DISPLAY, NO_FIELDS).inPlaceOf;
    assert.equal(inPlaceOf(READY), null);
    assert.equal(inPlaceOf({ ...READY, origin: { kind: 'listed' } }), 'bad');
    assert.equal(inPlaceOf({ ...READY, origin: { kind: 'filling', why: '' } }), 'notRescued');
    assert.equal(inPlaceOf(NOT_RESCUED), null);
  });

  it('names its offset, reads its text and colours its bytes as it is told', () => {
    const shown = (change: Partial<Display>) =>
      rowBytes(row(39), READY, INITIAL_CURSOR, 4 * 512, { ...DEFAULT_DISPLAY, ...change }, NO_FIELDS);
    assert.equal(shown({ offsets: 'sector' }).offset.trim(), '1 +  80');
    assert.equal(shown({}).text.join(''), 'PQRSTUVWXYZ[\\]^_');
    assert.deepEqual(shown({ text: 'utf16be' }).text.slice(0, 4), ['偑', '', '剓', '']);
    assert.deepEqual([shown({}).isColored, shown({ colors: true }).isColored], [false, true]);
  });

  it('ends where the view ends', () => {
    const { byteCount, bytes } = rowBytes(row(1, 5), READY, INITIAL_CURSOR, 5, DEFAULT_DISPLAY, NO_FIELDS);
    assert.deepEqual([byteCount, bytes?.length], [5, 5]);
  });

  it('has no bytes while they load, when they can not be read and when the read failed', () => {
    for (const state of [LOADING, UNREADABLE, FAILED]) {
      assert.equal(rowBytes(row(35), state, INITIAL_CURSOR, 4 * 512, DEFAULT_DISPLAY, NO_FIELDS).bytes, null);
    }
  });

  it('marks the bytes that differ from the other side of a comparison, and the row', () => {
    const differing = new Uint8Array(512);
    differing[16 + 3] = 1;
    const state: SectorState = { ...READY, compared: { kind: 'both', differing } };
    const shown = (of: SectorState, index: number) =>
      rowBytes(row(index), of, INITIAL_CURSOR, 4 * 512, DEFAULT_DISPLAY, NO_FIELDS);
    const marked = shown(state, 35);
    const at = Array.from({ length: 16 }, (_, i) => i).filter((i) => marked.marksOf(i).differs);
    assert.deepEqual([marked.differs, at], [true, [3]]);
    assert.deepEqual([shown(state, 36).differs, shown(READY, 35).differs], [false, false]);
  });

  it('marks the selected and the unsaved bytes', () => {
    const cursor = { ...INITIAL_CURSOR, byteOffset: 512 + 17, anchor: 512 + 14 };
    const state: SectorState = {
      ...READY,
      unsaved: [
        [0, 40],
        [512 + 18, 2],
      ],
    };
    const { marksOf } = rowBytes(row(35), state, cursor, 4 * 512, DEFAULT_DISPLAY, NO_FIELDS);
    const marks = [0, 1, 2, 3, 4].map((index) => marksOf(index));
    assert.deepEqual(
      marks.map(({ selected }) => selected),
      [true, true, false, false, false],
    );
    assert.deepEqual(
      marks.map(({ unsaved }) => unsaved),
      [false, false, true, true, false],
    );
  });
});

describe('sector editor: placeholders', () => {
  it('stand for the sectors that have no bytes to show, in order, inside the view', () => {
    const states = new Map<number, SectorState>([
      [7, UNREADABLE],
      [3, FAILED],
      [4, READY],
      [5, LOADING],
      [8, UNREADABLE],
      [6, NOT_RESCUED],
    ]);
    assert.deepEqual(placeholdersOf(states, 8), [
      { sector: 3, kind: 'failed', message: 'no answer' },
      { sector: 6, kind: 'notRescued', message: 'no data' },
      { sector: 7, kind: 'unreadable', message: 'medium error' },
    ]);
  });

  it('wait, and have not failed, while the device is suspended', () => {
    const states = new Map<number, SectorState>([
      [3, FAILED],
      [6, NOT_RESCUED],
    ]);
    assert.deepEqual(
      placeholdersOf(states, 8, true).map(({ kind }) => kind),
      ['waiting', 'notRescued'],
    );
  });
});

describe('sector editor: the pinned heading', () => {
  const geometry = new Geometry(2 * 512, 16);
  const at = (top: number, viewportHeight = 100) => {
    const scroll = new ScrollModel(geometry.rowCount, 20, viewportHeight);
    scroll.top = top;
    return pinnedPlace(geometry, scroll);
  };

  it('is that of the topmost sector, and floats once its own row is scrolled away', () => {
    assert.deepEqual(at(0), { sector: 0, push: 0, isFloating: false });
    assert.deepEqual(at(5), { sector: 0, push: 0, isFloating: true });
    assert.deepEqual(at(33 * 20), { sector: 1, push: 0, isFloating: false });
  });

  it('is pushed out by the heading of the next sector', () => {
    assert.deepEqual(at(32 * 20 + 5), { sector: 0, push: -5, isFloating: true });
  });

  it('is not pushed out by the end of the view', () => {
    assert.equal(at(Number.MAX_VALUE, 20).push, 0);
  });
});
