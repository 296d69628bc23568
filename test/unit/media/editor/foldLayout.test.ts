import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Fold } from '../../../../media/editor/foldLayout';
import { type BytesPerRow, Geometry } from '../../../../media/editor/geometry';

const words = 'all zeros';
const SECTORS = 40;

/** Some folds of whole sectors within a small view, which may touch each other and its ends. */
const someFolds = fc
  .array(fc.tuple(fc.nat(5), fc.integer({ min: 1, max: 8 })), { maxLength: 8 })
  .map((gaps) => {
    const folds: Fold[] = [];
    let next = 0;
    for (const [gap, count] of gaps) {
      const first = next + gap;
      if (first + count > SECTORS) break;
      folds.push({ first, count, words });
      next = first + count;
    }
    return folds;
  });

type Line = { fold: Fold } | { heading: number } | { byteOffset: number; byteCount: number };

/** The same rows, written down one by one. */
function naive(byteCount: number, width: number, folds: readonly Fold[]): Line[] {
  const lines: Line[] = [];
  for (let sector = 0; sector * 512 < byteCount; ) {
    const fold = folds.find(({ first }) => first === sector);
    if (fold) {
      lines.push({ fold });
      sector += fold.count;
      continue;
    }
    lines.push({ heading: sector });
    const end = Math.min((sector + 1) * 512, byteCount);
    for (let at = sector * 512; at < end; at += width)
      lines.push({ byteOffset: at, byteCount: Math.min(width, end - at) });
    sector++;
  }
  return lines;
}

const shapes = fc.record({
  byteCount: fc.integer({ min: SECTORS * 512, max: SECTORS * 512 + 900 }),
  width: fc.constantFrom<BytesPerRow>(8, 16, 24, 48, 64),
  folds: someFolds,
});

describe('rows with folds', () => {
  it('are those of a model that writes every row down', () => {
    fc.assert(
      fc.property(shapes, ({ byteCount, width, folds }) => {
        const geometry = new Geometry(byteCount, width, folds);
        const lines = naive(byteCount, width, folds);
        assert.equal(geometry.rowCount, lines.length);
        for (const [row, line] of lines.entries()) {
          const shown = geometry.row(row);
          if ('fold' in line) {
            assert.ok(shown.kind === 'fold' && shown.fold === line.fold);
            for (const sector of [line.fold.first, line.fold.first + line.fold.count - 1]) {
              assert.equal(geometry.headingRow(sector), row);
              assert.equal(geometry.rowOfByte(sector * 512 + 511), row);
              assert.equal(geometry.foldOfSector(sector), line.fold);
            }
          } else if ('heading' in line) {
            assert.deepEqual(shown, {
              kind: 'heading',
              sector: line.heading,
              byteOffset: line.heading * 512,
            });
            assert.equal(geometry.headingRow(line.heading), row);
            assert.equal(geometry.foldOfSector(line.heading), undefined);
          } else {
            assert.ok(shown.kind === 'bytes');
            assert.deepEqual([shown.byteOffset, shown.byteCount], [line.byteOffset, line.byteCount]);
            for (let i = 0; i < line.byteCount; i++)
              assert.equal(geometry.rowOfByte(line.byteOffset + i), row);
          }
          assert.equal(geometry.sectorOfRow(row), shown.sector);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('are moved through one by one, and a fold is one of them', () => {
    fc.assert(
      fc.property(
        shapes,
        fc.nat(),
        fc.integer({ min: -60, max: 60 }),
        ({ byteCount, width, folds }, seed, by) => {
          const geometry = new Geometry(byteCount, width, folds);
          const stops = naive(byteCount, width, folds).filter((line) => !('heading' in line));
          const from = seed % byteCount;
          const isHere = (line: Line) => {
            if ('fold' in line)
              return from >= line.fold.first * 512 && from < (line.fold.first + line.fold.count) * 512;
            return 'byteOffset' in line && from >= line.byteOffset && from < line.byteOffset + line.byteCount;
          };
          const there = stops[Math.min(Math.max(stops.findIndex(isHere) + by, 0), stops.length - 1)]!;
          const column = (from % 512) % width;
          const expected =
            'fold' in there
              ? there.fold.first * 512 + column
              : 'byteOffset' in there
                ? there.byteOffset + Math.min(column, there.byteCount - 1)
                : Number.NaN;
          assert.equal(geometry.byteRowsFrom(from, by), expected);
        },
      ),
    );
  });

  it('name the sectors that they show, without those in folds', () => {
    fc.assert(
      fc.property(
        shapes,
        fc.nat(),
        fc.integer({ min: 1, max: 300 }),
        ({ byteCount, width, folds }, seed, rows) => {
          const geometry = new Geometry(byteCount, width, folds);
          const first = seed % geometry.rowCount;
          const end = Math.min(first + rows, geometry.rowCount);
          const expected = new Set<number>();
          for (let row = first; row < end; row++) {
            const shown = geometry.row(row);
            if (shown.kind !== 'fold') expected.add(shown.sector);
          }
          const found = geometry
            .sectorsOfRows(first, end)
            .flatMap(([from, to]) => Array.from({ length: to - from }, (_, i) => from + i));
          assert.deepEqual(found, [...expected]);
        },
      ),
    );
  });

  it('are exact at the end of 16 TiB of zeros with a sector in the middle', () => {
    const middle = 2 ** 34 + 7;
    const folds = [
      { first: 0, count: middle, words },
      { first: middle + 1, count: 2 ** 35 - middle - 2, words },
    ];
    const geometry = new Geometry(2 ** 44, 16, folds);
    assert.equal(geometry.rowCount, 2 + 2 * 33);
    assert.deepEqual(geometry.row(1), { kind: 'heading', sector: middle, byteOffset: middle * 512 });
    assert.equal(geometry.rowOfByte(2 ** 44 - 1), geometry.rowCount - 1);
    assert.equal(geometry.byteRowsFrom(middle * 512, -1), 0);
    assert.equal(geometry.byteRowsFrom(0, 1000), 2 ** 44 - 16);
  });
});
