import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  foundState,
  injectedState,
  isBad,
  isInjected,
  MediumSectors,
  READABLE,
  type SectorState,
} from '../../../../src/engine/block/mediumSectors';

const SECTORS = 40;

/** Every kind of state: found readable, not rescued or bad, and each with a fault injected over it. */
const STATES: readonly SectorState[] = [0, 1, 2, 3, 4, 4 | (7 << 4)].flatMap((found) => [
  found,
  injectedState(found, 0),
  injectedState(found, 0x1ffff),
]);

const run = fc.record({
  first: fc.nat(SECTORS - 1),
  count: fc.integer({ min: 1, max: 12 }),
  state: fc.constantFrom(...STATES),
});

describe('sectors of a medium', () => {
  it('are what they were last set to, each by itself', () => {
    fc.assert(
      fc.property(fc.array(run, { maxLength: 12 }), fc.nat(SECTORS), (runs, from) => {
        const sectors = new MediumSectors();
        const model: SectorState[] = new Array(SECTORS).fill(READABLE);
        for (const { first, count, state } of runs) {
          const length = Math.min(count, SECTORS - first);
          sectors.set(first, length, state);
          model.fill(state, first, first + length);
        }
        const told: SectorState[] = new Array(from).fill(-1);
        for (const { first, sectorCount, state } of sectors.statesIn(from, SECTORS - from)) {
          assert.equal(first, told.length);
          told.push(...new Array(sectorCount).fill(state));
        }
        assert.deepEqual(told.slice(from), model.slice(from));
        assert.equal(sectors.foundCount, model.filter((state) => (state & 7) !== 0).length);
        for (const [sector, state] of model.entries()) {
          assert.equal(sectors.stateOf(sector), state);
          assert.equal(sectors.bad.has(sector), isBad(state));
          assert.equal(sectors.injected.has(sector), isInjected(state));
          assert.equal(sectors.notRescued.has(sector), state >= 1 && state <= 3);
        }
      }),
    );
  });

  it('are again as they were found without what was injected', () => {
    for (const found of [0, 1, 2, 3, 4]) assert.equal(foundState(injectedState(found, 9)), found);
    assert.equal(foundState(4 | (7 << 4)), 4 | (7 << 4));
  });
});
