import assert from 'node:assert/strict';
import fc from 'fast-check';
import { seededRandom } from '../../../../src/engine/block/random';
import { mergeRanges } from '../../../../src/engine/block/range';
import { RangeSet } from '../../../../src/engine/block/rangeSet';
import { RemapError } from '../../../../src/engine/errors';

const WORLD = 80;

/** The model: one tag for each sector. */
class Model {
  readonly tags: (number | undefined)[] = new Array(WORLD).fill(undefined);

  set(first: number, count: number, tag: number | undefined): void {
    this.tags.fill(tag, first, first + count);
  }

  runs(merge: boolean): [number, number, number][] {
    const runs: [number, number, number][] = [];
    this.tags.forEach((tag, sector) => {
      const last = runs.at(-1);
      if (tag === undefined) return;
      if (last && last[0] + last[1] === sector && (merge || last[2] === tag)) last[1]++;
      else runs.push([sector, 1, tag]);
    });
    return runs;
  }
}

const run = fc
  .tuple(fc.nat(WORLD - 1), fc.integer({ min: 1, max: 12 }))
  .map(([first, count]) => [first, Math.min(count, WORLD - first)] as const);
const operation = fc.record({ run, tag: fc.option(fc.nat(2), { nil: undefined, freq: 3 }) });

describe('RangeSet', function () {
  this.timeout(60_000);

  it('answers as a plain list of sectors does', () => {
    fc.assert(
      fc.property(
        fc.array(operation, { maxLength: 60 }),
        run,
        fc.nat(WORLD - 1),
        (operations, window, at) => {
          const set = new RangeSet();
          const model = new Model();
          for (const { run, tag } of operations) {
            const present = model.tags.slice(run[0], run[0] + run[1]).filter((t) => t !== undefined).length;
            if (tag === undefined) assert.equal(set.remove(...run), present);
            else set.add(...run, tag);
            model.set(...run, tag);
          }
          assert.deepEqual(
            [...set.tagged()].map((r) => [r.first, r.sectorCount, r.tag]),
            model.runs(false),
          );
          assert.deepEqual(
            [...set],
            model.runs(true).map(([first, count]) => [first, count]),
          );
          const [first, count] =
            model.runs(false).find((found) => at >= found[0] && at < found[0] + found[1]) ?? [];
          assert.deepEqual(set.runOf(at), first === undefined ? undefined : [first, count]);
          assert.equal(set.runCount, model.runs(false).length);
          const sectors = model.tags.flatMap((tag, sector) => (tag === undefined ? [] : [sector]));
          assert.equal(set.sectorCount, sectors.length);
          assert.equal(set.has(at), sectors.includes(at));
          assert.equal(set.tagOf(at), model.tags[at]);
          assert.equal(
            set.next(at),
            sectors.find((sector) => sector >= at),
          );
          assert.equal(
            set.previous(at),
            sectors.findLast((sector) => sector <= at),
          );
          const inside = sectors.filter((sector) => sector >= window[0] && sector < window[0] + window[1]);
          assert.equal(set.intersects(...window), inside.length > 0);
          assert.deepEqual(set.overlaps(...window), mergeRanges(inside.map((sector) => [sector, 1])));
        },
      ),
      { numRuns: 1500 },
    );
  });

  it('stays right over many chunks: scattered additions, then removals across them', () => {
    const random = seededRandom(42);
    const set = new RangeSet();
    const model = new Set<number>();
    for (let i = 0; i < 20_000; i++) {
      const sector = Math.floor(random() * 2 ** 18) * 2;
      set.add(sector, 1);
      model.add(sector);
    }
    for (let i = 0; i < 40; i++) {
      const first = Math.floor(random() * 2 ** 19);
      const count = 1 + Math.floor(random() * 2 ** 13);
      set.remove(first, count);
      for (let sector = first; sector < first + count; sector++) model.delete(sector);
    }
    assert.ok(model.size > 2048, `${model.size} sectors do not fill several chunks`);
    assert.deepEqual(
      [...set].map(([first]) => first),
      [...model].sort((a, b) => a - b),
    );
    assert.equal(set.sectorCount, model.size);
    assert.equal(set.runCount, model.size);
    set.remove(0, 2 ** 20);
    assert.deepEqual([[...set], set.sectorCount, set.runCount], [[], 0, 0]);
  });

  it('becomes one run again when the gaps of a million runs are filled', () => {
    const set = new RangeSet();
    for (let i = 0; i < 1_000_000; i++) set.add(i * 2, 1);
    assert.equal(set.runCount, 1_000_000);
    assert.equal(set.next(999_999), 1_000_000);
    assert.equal(set.previous(1_999_999), 1_999_998);
    set.add(0, 2_000_000);
    assert.deepEqual([...set], [[0, 2_000_000]]);
  });

  it('holds sectors of a 16 TiB disk and beyond 32 bits', () => {
    const set = RangeSet.from([[2 ** 35 - 1, 1, 4_000_000_000]]);
    assert.equal(set.tagOf(2 ** 35 - 1), 4_000_000_000);
    assert.equal(set.next(5), 2 ** 35 - 1);
  });

  it('refuses arguments that are no run of sectors', () => {
    const wrong: [number, number][] = [
      [-1, 1],
      [0, 0],
      [0, -1],
      [0.5, 1],
      [0, Number.NaN],
      [2 ** 53, 1],
    ];
    for (const [first, count] of wrong) {
      assert.throws(() => new RangeSet().add(first, count), RemapError);
      assert.throws(() => new RangeSet().remove(first, count), RemapError);
    }
  });
});
