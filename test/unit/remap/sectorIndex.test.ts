import assert from 'node:assert/strict';
import { SectorIndex } from '../../../src/engine/remap/sectorIndex';

/** The index's content as a sorted list. */
function contentOf(index: SectorIndex): [number, number][] {
  const content: [number, number][] = [];
  index.visit(0, Number.MAX_SAFE_INTEGER, (sector, slot) => content.push([sector, slot]));
  return content;
}

describe('SectorIndex', () => {
  it('keeps its directory in order through thousands of splits, wherever they happen', () => {
    const count = 40_000;
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
});
