import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Folds, foldText } from '../../../../media/editor/folds';
import type { EqualRun } from '../../../../src/shared/protocol';

const SECTORS = 120;
const contents = ['00', 'ff', 'abcdef'];

/** What each sector of a small view has: runs of a few contents, and single ones that nothing else has. */
const sectorContents = fc
  .array(fc.tuple(fc.constantFrom(...contents, 'single'), fc.integer({ min: 1, max: 12 })), { minLength: 30 })
  .map((runs) => {
    const all = runs.flatMap(([content, count], index) =>
      Array.from({ length: count }, (_, i) => (content === 'single' ? `single ${index} ${i}` : content)),
    );
    return all.slice(0, SECTORS);
  });

/** The runs of equal sectors in a window, as the extension tells them: with those that touch its ends. */
function runsIn(sectors: readonly string[], first: number, end: number): EqualRun[] {
  const runs: EqualRun[] = [];
  for (let at = first; at < end; ) {
    let to = at + 1;
    while (to < end && sectors[to] === sectors[at]) to++;
    if (to - at >= 4 || at === first || to === end)
      runs.push({ first: at, count: to - at, content: sectors[at]! });
    at = to;
  }
  return runs;
}

const placesOf = (folds: Folds) => folds.closed.map(({ first, count }) => [first, count]);
const longRuns = (sectors: readonly string[]) =>
  runsIn(sectors, 0, sectors.length)
    .filter(({ count }) => count >= 4)
    .map(({ first, count }) => [first, count]);

describe('folds', () => {
  it('are the whole runs, in whatever windows they were found, and however often', () => {
    fc.assert(
      fc.property(sectorContents, fc.array(fc.nat(SECTORS), { minLength: 4 }), (sectors, cuts) => {
        const folds = new Folds();
        const bounds = [...new Set([0, ...cuts.filter((cut) => cut < sectors.length), sectors.length])];
        bounds.sort((a, b) => a - b);
        const windows = bounds.slice(1).map((end, index) => runsIn(sectors, bounds[index]!, end));
        for (const window of [...windows.reverse(), windows[0]!]) folds.add(window);
        assert.deepEqual(placesOf(folds), longRuns(sectors));
      }),
    );
  });

  it('join what the holes and what was read tell', () => {
    const folds = new Folds();
    folds.setHoles(Float64Array.of(10, 10, 40, 100));
    folds.add([
      { first: 20, count: 5, content: '00' },
      { first: 5, count: 5, content: 'ff' },
    ]);
    folds.add([{ first: 15, count: 8, content: '00' }]);
    assert.deepEqual(
      folds.closed.map((fold) => foldText(fold, 512, 512)),
      [
        'Sectors 5 to 9: all 0xFF, 5 sectors',
        'Sectors 10 to 24: all zeros, 15 sectors',
        'Sectors 40 to 139: all zeros, 100 sectors',
      ],
    );
    assert.deepEqual([folds.isHole(20), folds.isHole(40)], [false, true]);
    const [first] = folds.closed;
    assert.equal(
      foldText(first!, 512, 4096),
      'From Sector 0 + 2560 (of 4,096 bytes): all 0xFF, 5 sectors of 512 bytes',
    );
    assert.equal(foldText(first!, 520, 520), 'Sectors 5 to 9 (of 520 bytes): all 0xFF, 5 sectors');
    assert.equal(foldText({ ...first!, count: 1 }, 520, 520), 'Sector 5 (of 520 bytes): all 0xFF, 1 sector');
  });

  it('never have a sector that changed', () => {
    fc.assert(
      fc.property(
        sectorContents,
        fc.array(fc.tuple(fc.nat(SECTORS), fc.integer({ min: 1, max: 5 }))),
        (sectors, changes) => {
          const folds = new Folds();
          folds.setHoles(Float64Array.of(0, 9));
          folds.add(runsIn(sectors, 9, sectors.length));
          folds.forget(changes);
          for (const { first, count } of folds.closed)
            for (const [from, length] of changes) assert.ok(first + count <= from || first >= from + length);
        },
      ),
    );
    const folds = new Folds();
    folds.setHoles(Float64Array.of(0, 100));
    folds.forget([[50, 1]]);
    assert.deepEqual(placesOf(folds), [
      [0, 50],
      [51, 49],
    ]);
    folds.forget(null);
    assert.deepEqual(placesOf(folds), []);
  });

  it('stay open where a person opened one or went to, also when they are found later', () => {
    const folds = new Folds();
    folds.open(30);
    folds.setHoles(Float64Array.of(0, 10, 20, 20));
    assert.deepEqual(placesOf(folds), [[0, 10]]);
    assert.equal(folds.close(5), false);
    assert.equal(folds.close(21), true);
    assert.deepEqual(placesOf(folds), [
      [0, 10],
      [20, 20],
    ]);
    folds.open(3);
    folds.closeAll();
    assert.equal(folds.closed.length, 2);
  });

  it('are as many as a file has holes, at 16 TiB', () => {
    const holes = new Float64Array(400_000);
    for (let i = 0; i < 200_000; i++) holes.set([i * 171_000, 170_000], 2 * i);
    const folds = new Folds();
    folds.setHoles(holes);
    assert.equal(folds.closed.length, 200_000);
    assert.equal(folds.runAt(171_000 * 199_999 + 5)?.first, 171_000 * 199_999);
  });
});
