import assert from 'node:assert/strict';
import { randomInteger, seededRandom } from '../../../../src/engine/block/random';

function draw(seed: number, count: number): number[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => random());
}

describe('seededRandom', () => {
  it('repeats a sequence for the same seed', () => {
    assert.deepEqual(draw(42, 100), draw(42, 100));
  });

  it('keeps its sequence from release to release, so that a seed in a bug report repeats the run later', () => {
    assert.deepEqual(
      draw(1, 4).map((value) => value * 2 ** 32),
      [2442144158, 3238099751, 3819917871, 2104621829],
    );
  });

  it('gives unrelated sequences for neighbouring seeds', () => {
    const firsts = new Set(Array.from({ length: 1000 }, (_, seed) => seededRandom(seed)()));
    assert.equal(firsts.size, 1000);
  });

  it('spreads evenly over [0, 1)', () => {
    const buckets = new Array<number>(16).fill(0);
    for (const value of draw(7, 160_000)) {
      assert.ok(value >= 0 && value < 1);
      buckets[Math.floor(value * 16)]!++;
    }
    for (const count of buckets) assert.ok(Math.abs(count - 10_000) < 500, `a bucket of ${count}`);
  });
});

describe('randomInteger', () => {
  it('reaches every integer below the bound and no other', () => {
    const random = seededRandom(3);
    const seen = new Set(Array.from({ length: 1000 }, () => randomInteger(random, 6)));
    assert.deepEqual([...seen].sort(), [0, 1, 2, 3, 4, 5]);
  });
});
