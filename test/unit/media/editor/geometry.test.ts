import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type BytesPerRow, Geometry, ScrollModel } from '../../../../media/editor/geometry';

const SIXTEEN_TIB = 2 ** 44;
const sizes = fc.constantFrom(512, 520);
const bytesPerRow = fc.constantFrom<BytesPerRow>(8, 16, 24, 32, 48, 64);

describe('sector editor: rows', () => {
  it('shows every byte in exactly one row, in order, below the heading of its sector', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 3000 }), bytesPerRow, sizes, (byteCount, width, size) => {
        const geometry = new Geometry(byteCount, width, [], size);
        let next = 0;
        for (let row = 0; row < geometry.rowCount; row++) {
          const place = geometry.row(row);
          if (place.kind === 'heading') {
            assert.equal(next % size, 0);
            assert.deepEqual([place.byteOffset, place.sector], [next, Math.floor(next / 512)]);
            continue;
          }
          assert.ok(place.kind === 'bytes');
          assert.equal(place.byteOffset, next);
          assert.equal(place.sector, Math.floor(next / 512));
          assert.ok(place.byteCount > 0 && place.byteCount <= width);
          assert.ok((next % size) + place.byteCount <= size, 'a row ends in the sector that it begins in');
          for (let i = 0; i < place.byteCount; i++) assert.equal(geometry.rowOfByte(next + i), row);
          next += place.byteCount;
        }
        assert.equal(next, byteCount);
      }),
    );
  });

  it('is exact at the end of 16 TiB', () => {
    const geometry = new Geometry(SIXTEEN_TIB, 16);
    assert.equal(geometry.sectorCount, 2 ** 35);
    assert.equal(geometry.rowCount, 2 ** 35 * 33);
    const last = geometry.row(geometry.rowCount - 1);
    assert.deepEqual(last, {
      kind: 'bytes',
      sector: 2 ** 35 - 1,
      byteOffset: SIXTEEN_TIB - 16,
      byteCount: 16,
    });
    assert.equal(geometry.rowOfByte(SIXTEEN_TIB - 1), geometry.rowCount - 1);
    assert.equal(geometry.headingRow(2 ** 35 - 1), geometry.rowCount - 33);
  });

  it('goes up and down by rows of bytes in the same column, and in a shorter row to its last byte', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 3000 }),
        bytesPerRow,
        sizes,
        fc.nat(),
        fc.integer({ min: -80, max: 80 }),
        (byteCount, width, size, seed, rows) => {
          const geometry = new Geometry(byteCount, width, [], size);
          const byteRows = Array.from({ length: geometry.rowCount }, (_, row) => geometry.row(row)).flatMap(
            (row) => (row.kind === 'bytes' ? [row] : []),
          );
          const from = seed % byteCount;
          const here = byteRows.findIndex((row) => from < row.byteOffset + row.byteCount);
          const there = byteRows[Math.min(Math.max(here + rows, 0), byteRows.length - 1)]!;
          const column = from - byteRows[here]!.byteOffset;
          assert.equal(geometry.indexInRow(from), column);
          const expected = there.byteOffset + Math.min(column, there.byteCount - 1);
          assert.equal(geometry.byteRowsFrom(from, rows), expected);
        },
      ),
    );
  });

  it('folds sectors of another size that lie whole in equal ones, and names the sectors of 512 bytes in view', () => {
    const geometry = new Geometry(100 * 520, 16, [{ first: 2, count: 4, words: 'zeros' }], 520);
    assert.equal(geometry.foldAt(2 * 520 - 1), undefined);
    assert.deepEqual(geometry.foldAt(2 * 520), { first: 2, count: 3, words: 'zeros' });
    assert.equal(geometry.foldAt(5 * 520), undefined);
    assert.deepEqual(
      [1, 2, 4, 5].map((sector) => geometry.foldOfSector(sector)?.first),
      [undefined, 2, 2, 2],
    );
    const row = geometry.rowOfByte(3 * 520);
    assert.deepEqual(geometry.row(row), {
      kind: 'fold',
      sector: 3,
      byteOffset: 1040,
      fold: geometry.foldAt(1040),
    });
    assert.deepEqual(geometry.sectorsOfRows(0, row + 2), [
      [0, 3],
      [5, 7],
    ]);
  });

  it('knows the rows that show only certain bytes', () => {
    const geometry = new Geometry(10 * 520, 16, [], 520);
    // Bytes 1024 to 1535: the row at 1032 begins in them and the first of sector 2 at 1040, below its heading.
    assert.deepEqual(geometry.row(geometry.rowsWithin(1024, 1536).first), {
      kind: 'bytes',
      sector: 2,
      byteOffset: 1032,
      byteCount: 8,
    });
    assert.deepEqual(geometry.row(geometry.rowsWithin(1024, 1536).end - 1), {
      kind: 'bytes',
      sector: 2,
      byteOffset: 1520,
      byteCount: 16,
    });
    assert.deepEqual(new Geometry(4 * 512, 16).rowsWithin(512, 1024), { first: 34, end: 66 });
  });

  it('has no rows for nothing', () => {
    assert.equal(new Geometry(0, 16).rowCount, 0);
  });
});

describe('sector editor: scroll position', () => {
  const positions = fc.oneof(fc.double({ noNaN: true }), fc.integer(), fc.constant(Number.NaN));

  it('stays within the content, wherever it is scrolled to', () => {
    fc.assert(
      fc.property(fc.nat(2 ** 40), fc.integer({ min: 0, max: 3000 }), positions, (rowCount, height, top) => {
        const scroll = new ScrollModel(rowCount, 19, height);
        scroll.top = top;
        assert.ok(scroll.top >= 0 && scroll.top <= scroll.maxTop);
        assert.ok(scroll.fraction >= 0 && scroll.fraction <= 1);
        assert.ok(scroll.endRow <= rowCount);
        assert.ok(rowCount === 0 || scroll.firstRow < rowCount);
      }),
    );
  });

  it('brings any row of 16 TiB into view, below the pinned heading', () => {
    const { rowCount } = new Geometry(SIXTEEN_TIB, 16);
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: rowCount - 1 }),
        fc.integer({ min: 0, max: rowCount }),
        (row, from) => {
          const scroll = new ScrollModel(rowCount, 20, 600);
          scroll.top = from * 20;
          scroll.revealRow(row);
          assert.ok(scroll.isVisible(row), `row ${row} from row ${from}: top ${scroll.top}`);
        },
      ),
    );
  });

  it('reaches the last row from the end of the scrollbar', () => {
    const { rowCount } = new Geometry(SIXTEEN_TIB, 16);
    const scroll = new ScrollModel(rowCount, 20, 600);
    scroll.top = scroll.maxTop;
    assert.equal(scroll.fraction, 1);
    assert.equal(scroll.endRow, rowCount);
    assert.ok(scroll.isVisible(rowCount - 1));
  });

  it('keeps its row when rows get another height', () => {
    const scroll = new ScrollModel(1000, 20, 400);
    scroll.top = 300 * 20 + 10;
    scroll.resize(1000, 30, 400);
    assert.equal(scroll.top, 300 * 30 + 15);
  });
});
