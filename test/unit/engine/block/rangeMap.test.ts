import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type Piece, RangeMap } from '../../../../src/engine/block/rangeMap';

const SECTORS = 400;
const VALUES = ['a', 'b', 'c'].map((name) => ({ name }));
type Value = (typeof VALUES)[number];

interface Step {
  readonly kind: 'set' | 'delete';
  readonly first: number;
  readonly count: number;
  readonly value: Value;
}

const stepArbitrary: fc.Arbitrary<Step> = fc
  .record({
    kind: fc.constantFrom('set' as const, 'set' as const, 'delete' as const),
    first: fc.oneof(fc.integer({ min: 0, max: SECTORS - 1 }), fc.constantFrom(0, 64, 128, 192)),
    size: fc.oneof(fc.integer({ min: 1, max: 200 }), fc.constantFrom(1, 64, 128)),
    value: fc.constantFrom(...VALUES),
  })
  .map(({ kind, first, size, value }) => ({ kind, first, value, count: Math.min(size, SECTORS - first) }));

function piecesOf(model: readonly (Value | undefined)[], first: number, count: number): Piece<Value>[] {
  const pieces: [number, number, Value][] = [];
  for (let sector = first; sector < first + count; sector++) {
    const value = model[sector];
    const last = pieces.at(-1);
    if (!value) continue;
    if (last && last[2] === value && last[0] + last[1] === sector) last[1]++;
    else pieces.push([sector, 1, value]);
  }
  return pieces;
}

function tally(values: Iterable<Value | undefined>): Record<string, number> {
  const counts: Record<string, number> = { a: 0, b: 0, c: 0 };
  for (const value of values) if (value) counts[value.name]!++;
  return counts;
}

describe('RangeMap', () => {
  it('does what an array with one value for each sector does', () => {
    fc.assert(
      fc.property(fc.array(stepArbitrary, { maxLength: 40 }), (steps) => {
        const map = new RangeMap<Value>();
        const model = new Array<Value | undefined>(SECTORS).fill(undefined);
        for (const { kind, first, count, value } of steps) {
          const old = model.slice(first, first + count);
          if (kind === 'set') {
            const replaced = { a: 0, b: 0, c: 0 };
            map.set(first, count, value, (one, sectors) => {
              replaced[one.name as 'a' | 'b' | 'c'] += sectors;
            });
            assert.deepEqual(replaced, tally(old));
            model.fill(value, first, first + count);
          } else {
            assert.equal(map.delete(first, count, value), tally(old)[value.name]);
            for (let i = first; i < first + count; i++) if (model[i] === value) model[i] = undefined;
          }
          assert.deepEqual(map.pieces(first, count), piecesOf(model, first, count));
        }
        assert.deepEqual(map.pieces(0, 2 ** 40), piecesOf(model, 0, SECTORS));
        assert.equal(map.size, model.filter((value) => value).length);
        for (let sector = 0; sector < SECTORS; sector++) assert.equal(map.get(sector), model[sector]);
      }),
      { numRuns: 200 },
    );
  });
});
