import assert from 'node:assert/strict';
import { INITIAL_CURSOR } from '../../../../media/editor/cursor';
import { Geometry, type Row, ScrollModel } from '../../../../media/editor/geometry';
import {
  headedState,
  joinedRow,
  pinnedPlace,
  placeholdersOf,
  rowBytes,
  sectorParts,
} from '../../../../media/editor/gridContent';
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

describe('sector editor: a row of two sectors of 512 bytes', () => {
  const geometry = new Geometry(4 * 520, 16, [], 520);
  const across = geometry.row(geometry.rowOfByte(1032)) as Extract<Row, { kind: 'bytes' }>;
  const wide: Extract<Row, { kind: 'bytes' }> = { kind: 'bytes', sector: 0, byteOffset: 500, byteCount: 16 };
  const shown = (states: readonly SectorState[]) =>
    joinedRow(
      sectorParts(wide).map((part, i) =>
        rowBytes(
          part,
          states[i]!,
          { ...INITIAL_CURSOR, byteOffset: 513, anchor: 513 },
          4096,
          DEFAULT_DISPLAY,
          NO_FIELDS,
        ),
      ),
    );

  it('is cut where they meet, and one within a sector is left whole', () => {
    assert.deepEqual(sectorParts(across), [across]);
    assert.deepEqual(sectorParts(wide), [
      { kind: 'bytes', sector: 0, byteOffset: 500, byteCount: 12 },
      { kind: 'bytes', sector: 1, byteOffset: 512, byteCount: 4 },
    ]);
  });

  it('has the bytes, text and marks of both', () => {
    const other: SectorState = { ...READY, bytes: new Uint8Array(512).fill(0x41), unsaved: [[514, 1]] };
    const { offset, byteCount, bytes, text, marksOf } = shown([READY, other]);
    assert.deepEqual([offset, byteCount], ['000001F4', 16]);
    assert.deepEqual([...bytes!], [...READY.bytes.subarray(500), 0x41, 0x41, 0x41, 0x41]);
    assert.deepEqual(text.slice(12), ['A', 'A', 'A', 'A']);
    const marked = Array.from({ length: 16 }, (_, i) => marksOf(i));
    assert.deepEqual(
      marked.findIndex(({ selected }) => selected),
      13,
    );
    assert.deepEqual(
      marked.findIndex(({ unsaved }) => unsaved),
      14,
    );
  });

  it('leaves out the bytes of one that can not be read', () => {
    const { bytes } = shown([UNREADABLE, READY]);
    assert.deepEqual([...bytes!], [...Array(12).fill(undefined), 0, 1, 2, 3]);
  });

  it('has a heading that says what there is to say of either', () => {
    const spare: SectorState = { ...READY, origin: { kind: 'spare', sector: 7, view: 'spare' } };
    const of = (states: readonly SectorState[]) => headedState(geometry, 0, (sector) => states[sector]!);
    assert.equal(of([READY, READY]), READY);
    assert.equal(of([READY, spare]), spare);
    assert.equal(of([LOADING, spare]), LOADING);
    assert.equal(
      headedState(geometry, 3 * 520, () => READY),
      READY,
    );
  });
});

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
