import assert from 'node:assert/strict';
import fc from 'fast-check';
import { MAX_BAD_SPARES } from '../../../../src/engine/metadata/codec/extras';
import { FIRST_DATA_SECTOR, SpareAllocator } from '../../../../src/engine/remap/spareAllocator';

const FIRST = FIRST_DATA_SECTOR;

describe('SpareAllocator', () => {
  it('fills the room below a high entry', () => {
    const allocator = new SpareAllocator(90_001, 102_400);
    allocator.use(90_000, 1);
    assert.equal(allocator.free, 102_400 - FIRST - 1);
    assert.deepEqual(allocator.allocate(100_000), { first: 90_001, count: 12_399 });
    assert.deepEqual(allocator.allocate(100_000), { first: FIRST, count: 90_000 - FIRST });
    assert.equal(allocator.allocate(1), null);
    assert.equal(allocator.free, 0);
    assert.equal(allocator.nextSpare, 102_400);
  });

  it('R5: goes around bad sectors, and counts none of them as free', () => {
    const allocator = new SpareAllocator(0, FIRST + 10, [FIRST + 2, FIRST + 3, FIRST + 20]);
    allocator.markBad(FIRST + 9);
    assert.equal(allocator.free, 7);
    assert.deepEqual(allocator.allocate(10), { first: FIRST, count: 2 });
    assert.deepEqual(allocator.allocate(10), { first: FIRST + 4, count: 5 });
    assert.equal(allocator.allocate(1), null);
  });

  it('R5: leaves the gaps below the lowest of a full list of bad sectors, which may be bad as well', () => {
    const bad = Array.from({ length: MAX_BAD_SPARES }, (_, i) => FIRST + 100 + 2 * i);
    const allocator = new SpareAllocator(FIRST + 400, FIRST + 400, bad);
    assert.deepEqual(allocator.allocate(5), { first: FIRST + 101, count: 1 });
    const known = new SpareAllocator(FIRST + 400, FIRST + 400, bad.slice(1));
    assert.deepEqual(known.allocate(5), { first: FIRST, count: 5 });
  });

  it('keeps in use what was handed out, until it is given back', () => {
    const allocator = new SpareAllocator(0, FIRST + 4);
    allocator.allocate(4);
    assert.equal(allocator.allocate(1), null);
    allocator.markBad(FIRST + 1);
    allocator.giveBack([FIRST + 1, FIRST + 3]);
    assert.equal(allocator.free, 2);
    assert.deepEqual(allocator.allocate(4), { first: FIRST + 1, count: 1 });
    assert.deepEqual(allocator.allocate(4), { first: FIRST + 3, count: 1 });
    assert.equal(allocator.nextSpare, FIRST + 4);
  });

  it('hands out nothing that the large table has taken since', () => {
    const allocator = new SpareAllocator(0, FIRST + 100);
    allocator.use(FIRST + 50, 1);
    allocator.setLimit(FIRST + 10);
    assert.equal(allocator.free, 10);
    assert.deepEqual(allocator.allocate(100), { first: FIRST, count: 10 });
    assert.equal(allocator.allocate(1), null);
  });

  it('claims a sector that is free for data, and no other', () => {
    const allocator = new SpareAllocator(0, FIRST + 100, [FIRST + 5]);
    allocator.use(FIRST + 6, 1);
    const refused = [FIRST - 1, FIRST + 5, FIRST + 6, FIRST + 100, FIRST + 1.5, Number.NaN];
    for (const sector of refused) assert.equal(allocator.claim(sector), false, `${sector}`);
    assert.equal(allocator.claim(FIRST + 50), true);
    assert.equal(allocator.claim(FIRST + 50), false);
    assert.equal(allocator.nextSpare, FIRST + 51);
    assert.deepEqual(allocator.allocate(3), { first: FIRST, count: 3 }, 'the room below stays free');
  });

  it('property: agrees with a list of sectors, each free, used or bad', () => {
    const SIZE = 40;
    const sector = fc.integer({ min: 0, max: SIZE + 4 });
    const step = fc.oneof(
      fc.record({ kind: fc.constant('allocate' as const), count: fc.integer({ min: 1, max: 9 }) }),
      fc.record({ kind: fc.constantFrom('claim', 'markBad', 'setLimit', 'giveBack', 'use'), at: sector }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const allocator = new SpareAllocator(0, FIRST + SIZE);
        const all = Array.from({ length: SIZE + 5 }, (_, at) => at);
        const used = new Set<number>();
        const bad = new Set<number>();
        let limit = SIZE;
        let cursor = 0;
        const isFree = (at: number) => at < limit && !used.has(at) && !bad.has(at);
        for (const next of steps) {
          if ('count' in next) {
            const order = [...all.slice(cursor), ...all];
            const first = order.find(isFree) ?? 0;
            let count = 0;
            while (count < next.count && isFree(first + count)) used.add(first + count++);
            if (count > 0) cursor = first + count;
            const expected = count > 0 ? { first: FIRST + first, count } : null;
            assert.deepEqual(allocator.allocate(next.count), expected);
          } else if (next.kind === 'claim') {
            assert.equal(allocator.claim(FIRST + next.at), isFree(next.at));
            if (isFree(next.at)) used.add(next.at);
          } else if (next.kind === 'markBad') {
            allocator.markBad(FIRST + next.at);
            bad.add(next.at);
          } else if (next.kind === 'giveBack') {
            allocator.giveBack([FIRST + next.at]);
            used.delete(next.at);
            bad.delete(next.at);
            cursor = Math.min(cursor, next.at);
          } else if (next.kind === 'use') {
            allocator.use(FIRST + next.at, 1);
            used.add(next.at);
          } else {
            limit = next.at;
            allocator.setLimit(FIRST + limit);
          }
          assert.equal(allocator.free, all.filter(isFree).length);
          const end = Math.max(0, ...all.filter((at) => used.has(at)).map((at) => at + 1));
          assert.ok(
            allocator.nextSpare >= FIRST + end,
            'all from the next spare sector on were never handed out',
          );
          assert.deepEqual(
            [...allocator.used].flatMap(([first, count]) =>
              Array.from({ length: count }, (_, i) => first + i),
            ),
            all.filter((at) => used.has(at)).map((at) => FIRST + at),
          );
        }
      }),
    );
  });
});
