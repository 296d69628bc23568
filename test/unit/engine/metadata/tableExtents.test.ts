import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  EMPTY_TABLE,
  type Extent,
  extentRanges,
  findRoom,
  isSound,
  tableRuns,
  tableSectors,
} from '../../../../src/engine/metadata/tableExtents';

const extent = (startA: number, startB: number, sectorCount: number): Extent => ({
  startA,
  startB,
  sectorCount,
});

describe('tableRuns', () => {
  const extents = [extent(900, 800, 10), extent(700, 600, 5)];

  it('gives runs that are contiguous in both mirrors, at most as long as the limit', () => {
    assert.equal(tableSectors(extents), 15);
    assert.deepEqual(
      [...tableRuns(extents, 3, 9, 4)],
      [
        { index: 3, startA: 903, startB: 803, sectorCount: 4 },
        { index: 7, startA: 907, startB: 807, sectorCount: 3 },
        { index: 10, startA: 700, startB: 600, sectorCount: 2 },
      ],
    );
  });

  it('gives each sector once, in order, whatever the part and the limit', () => {
    fc.assert(
      fc.property(fc.nat(14), fc.nat(15), fc.integer({ min: 1, max: 20 }), (index, count, limit) => {
        const sectors = [...tableRuns(extents, index, count, limit)].flatMap((run) =>
          Array.from({ length: run.sectorCount }, (_, i) => run.index + i),
        );
        const expected = Array.from({ length: Math.min(count, 15 - index) }, (_, i) => index + i);
        assert.deepEqual(sectors, expected);
      }),
    );
  });
});

describe('findRoom', () => {
  it('takes the highest room for two mirrors, around what is taken', () => {
    assert.deepEqual(findRoom(10, [[1280, 720]]), extent(1990, 1980, 10));
    assert.deepEqual(
      findRoom(10, [
        [1280, 705],
        [1987, 13],
      ]),
      extent(1990, 1975, 10),
    );
    assert.deepEqual(
      findRoom(10, [
        [1280, 711],
        [1992, 8],
      ]),
      extent(1981, 1971, 10),
    );
  });

  it('finds none when one of the mirrors has no room', () => {
    assert.deepEqual(findRoom(360, [[1280, 720]]), extent(1640, 1280, 360));
    assert.equal(findRoom(361, [[1280, 720]]), undefined);
    assert.equal(findRoom(1, []), undefined);
    assert.equal(
      findRoom(5, [
        [1280, 5],
        [1295, 5],
      ]) === undefined,
      false,
    );
    assert.equal(
      findRoom(6, [
        [1280, 5],
        [1295, 5],
      ]),
      undefined,
    );
  });
});

describe('isSound', () => {
  const sound = { generation: 1, recordCount: 160, extents: [extent(1990, 1980, 10)] };
  const isSoundHere = (change: Partial<typeof sound>) => isSound({ ...sound, ...change }, 1280, 2000, 16);

  it('accepts no table, and one whose extents lie apart in the data area', () => {
    assert.ok(isSound(EMPTY_TABLE, 1280, 2000, 16));
    assert.ok(isSoundHere({}));
  });

  it('refuses any other', () => {
    const refused: Partial<typeof sound>[] = [
      { generation: 0 },
      { recordCount: 161 },
      { extents: [] },
      { extents: [extent(1990, 1980, 0)] },
      { extents: [extent(1991, 1980, 10)] },
      { extents: [extent(1279, 1980, 10)] },
      { extents: [extent(1985, 1980, 10)] },
      { extents: [extent(1990, 1980, 10), extent(1900, 1981, 10)] },
    ];
    for (const change of refused) assert.ok(!isSoundHere(change), JSON.stringify(change));
  });

  it('is what findRoom gives', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 400 }), (sectorCount) => {
        const found = findRoom(sectorCount, [[1280, 720]]);
        if (!found) return assert.ok(sectorCount > 360);
        assert.ok(isSoundHere({ recordCount: 0, extents: [found] }));
        assert.equal(extentRanges(found).length, 2);
      }),
    );
  });
});
