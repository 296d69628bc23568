import assert from 'node:assert/strict';
import fc from 'fast-check';
import { SectorIndex } from '../../../../src/engine/remap/sectorIndex';

/** The index's content as a sorted list. */
function contentOf(index: SectorIndex): [number, number][] {
  const content: [number, number][] = [];
  index.visit(0, Number.MAX_SAFE_INTEGER, (sector, slot) => content.push([sector, slot]));
  return content;
}

/** All questions about a run and its surroundings are answered as by the sorted list. */
function checkAround(index: SectorIndex, sorted: [number, number][], first: number, count: number): void {
  const inside = sorted.filter(([key]) => key >= first && key < first + count);
  const visited: [number, number][] = [];
  index.visit(first, first + count, (key, slot) => visited.push([key, slot]));
  assert.deepEqual(visited, inside);
  assert.equal(index.hasIn(first, first + count), inside.length > 0);
  assert.equal(index.get(first), sorted.find(([key]) => key === first)?.[1] ?? -1);
  assert.equal(index.nextAtOrAfter(first), sorted.find(([key]) => key >= first)?.[0] ?? -1);
  assert.equal(index.previousAtOrBefore(first), sorted.findLast(([key]) => key <= first)?.[0] ?? -1);
  assert.equal(index.rank(first), sorted.filter(([key]) => key < first).length);
  const page: number[] = [];
  index.visitPage(count, 7, (key) => page.push(key));
  assert.deepEqual(
    page,
    sorted.slice(count, count + 7).map(([key]) => key),
  );
}

describe('SectorIndex', () => {
  it('agrees with a map under any insertions', () => {
    const sector = fc.oneof(fc.nat(3000), fc.nat(2 ** 35));
    const inserts = fc.array(fc.tuple(sector, fc.nat(1e6)), { maxLength: 3000, size: 'max' });
    fc.assert(
      fc.property(inserts, fc.array(fc.tuple(sector, fc.nat(500)), { maxLength: 20 }), (pairs, ranges) => {
        const index = new SectorIndex();
        const model = new Map<number, number>();
        for (const [key, slot] of pairs) {
          index.set(key, slot);
          model.set(key, slot);
        }
        const sorted = [...model].sort((a, b) => a[0] - b[0]);
        assert.equal(index.size, model.size);
        assert.deepEqual(contentOf(index), sorted);
        for (const [first, count] of ranges) checkAround(index, sorted, first, count);
      }),
      { numRuns: 60 },
    );
  });

  it('builds at once what insertions build one by one', () => {
    const index = new SectorIndex();
    index.build(
      5000,
      (i) => i * 3,
      (i) => i,
    );
    assert.equal(index.get(2997), 999);
    assert.equal(index.get(2998), -1);
    index.set(2998, 7);
    assert.equal(index.get(2998), 7);
    assert.equal(index.nextAtOrAfter(2998), 2998);
    assert.equal(index.size, 5001);
  });

  it('keeps its directory in order through many splits, wherever they happen', () => {
    const count = 12_000;
    for (const place of [
      (i: number) => i,
      (i: number) => count - i,
      (i: number) => (i * 7919) % count,
      (i: number) => (i % 2 === 0 ? i : 2 * count - i),
    ]) {
      const index = new SectorIndex();
      const model = new Map<number, number>();
      for (let i = 0; i < count; i++) {
        index.set(place(i), i);
        model.set(place(i), i);
      }
      assert.deepEqual(
        contentOf(index),
        [...model].sort((a, b) => a[0] - b[0]),
      );
      for (let sector = 0; sector < 2 * count; sector += 37) {
        assert.equal(index.get(sector), model.get(sector) ?? -1);
      }
    }
  });

  it('takes insertions after it was built', () => {
    const index = new SectorIndex();
    index.build(
      5000,
      (i) => i * 10,
      (i) => i,
    );
    for (let i = 0; i < 5000; i++) index.set(i * 10 + 5, 5000 + i);
    assert.equal(index.size, 10_000);
    assert.equal(index.get(30), 3);
    assert.equal(index.get(35), 5003);
    assert.equal(index.get(36), -1);
    assert.deepEqual(
      contentOf(index).map(([sector]) => sector),
      Array.from({ length: 10_000 }, (_, i) => i * 5),
    );
  });

  it('finds every key however unevenly they are spread', () => {
    const keys = [0, 1, 2, 3, 2 ** 20, 2 ** 20 + 1, 2 ** 44];
    for (let i = 0; i < 3000; i++) keys.push(2 ** 30 + i * i, 2 ** 45 - 1 - i);
    const sorted = [...new Set(keys)].sort((a, b) => a - b);
    const index = new SectorIndex();
    index.build(
      sorted.length,
      (i) => sorted[i]!,
      (i) => i,
    );
    for (const [i, key] of sorted.entries()) {
      assert.equal(index.get(key), i);
      assert.equal(index.nextAtOrAfter(key + 1), sorted[i + 1] ?? -1);
      assert.equal(index.previousAtOrBefore(key - 1), sorted[i - 1] ?? -1);
    }
  });

  it('walks through a run across its chunks', () => {
    const index = new SectorIndex();
    index.build(
      2000,
      (i) => i * 2,
      (i) => i,
    );
    const walked: number[] = [];
    for (let at = index.firstIn(901, 2103); at !== -1; at = index.nextIn(at, 2103))
      walked.push(index.slotAt(at));
    assert.deepEqual(
      walked,
      Array.from({ length: 601 }, (_, i) => 451 + i),
    );
    assert.equal(index.firstIn(4000, 5000), -1);
    assert.equal(new SectorIndex().firstIn(0, 2 ** 40), -1);
  });
});
