import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type SearchedBytes, searchBytes, seekNonZero } from '../../../src/editor/search';

const STEP = 1 << 20;
const options = { signal: new AbortController().signal };

function searched(bytes: Uint8Array, unreadable: readonly number[] = []): SearchedBytes {
  return {
    byteCount: bytes.length,
    read: async (first, count) => {
      const part = bytes.slice(first * 512, (first + count) * 512);
      const bad = unreadable.filter((sector) => sector >= first && sector < first + count);
      for (const sector of bad) part.fill(0, (sector - first) * 512, (sector - first + 1) * 512);
      return { bytes: part, unreadable: bad.map((sector) => ({ first: sector, count: 1 })) };
    },
  };
}

/** What a search must find, by comparing at every byte offset. */
function expected(
  bytes: Uint8Array,
  bad: readonly number[],
  pattern: Uint8Array,
  from: number,
  step: 1 | -1,
) {
  const fits = (at: number) =>
    pattern.every((byte, i) => bytes[at + i] === byte && !bad.includes(Math.floor((at + i) / 512)));
  const places = Array.from({ length: bytes.length - pattern.length + 1 }, (_, i) => i);
  const order = [...places.filter((at) => at > from), ...places.filter((at) => at <= from)];
  if (step < 0) {
    order.splice(0, order.length, ...places.filter((at) => at < from).reverse());
    order.push(...places.filter((at) => at >= from).reverse());
  }
  return order.find(fits) ?? null;
}

describe('sector editor: search', () => {
  it('finds what comparing at every byte finds, with holes and wrap', async () => {
    const input = fc.record({
      bytes: fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 1, maxLength: 1700 }),
      pattern: fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 1, maxLength: 6 }),
      from: fc.nat(1699),
      bad: fc.uniqueArray(fc.nat(3), { maxLength: 3 }),
      direction: fc.constantFrom('next' as const, 'previous' as const),
    });
    await fc.assert(
      fc.asyncProperty(input, async ({ bytes, pattern, from, bad, direction }) => {
        fc.pre(from < bytes.length && pattern.length <= bytes.length);
        const disk = Uint8Array.from(bytes);
        const wanted = Uint8Array.from(pattern);
        const found = await searchBytes(searched(disk, bad), wanted, from, direction, options);
        const place = expected(disk, bad, wanted, from, direction === 'next' ? 1 : -1);
        assert.equal(found?.byteOffset ?? null, place);
      }),
      { numRuns: 400 },
    );
  });

  it('finds what lies across two steps, both ways', async () => {
    for (const shift of [1, 3, 5]) {
      const bytes = new Uint8Array(3 * STEP);
      const needle = Buffer.from('needle');
      bytes.set(needle, 2 * STEP - shift);
      const next = await searchBytes(searched(bytes), needle, 0, 'next', options);
      assert.deepEqual(next, { byteOffset: 2 * STEP - shift, byteCount: 6, wrapped: false });
      const previous = await searchBytes(searched(bytes), needle, 0, 'previous', options);
      assert.deepEqual(previous, { byteOffset: 2 * STEP - shift, byteCount: 6, wrapped: true });
    }
  });

  it('does not find zeros that only stand for unreadable bytes', async () => {
    const bytes = new Uint8Array(3 * 512).fill(1);
    assert.equal(await searchBytes(searched(bytes, [1]), Uint8Array.of(0), 0, 'next', options), null);
  });

  it('stops when it is cancelled, and says how far it is', async () => {
    const controller = new AbortController();
    const progress: number[] = [];
    const onProgress = (done: number) => {
      progress.push(done);
      if (progress.length === 2) controller.abort();
    };
    const bytes = new Uint8Array(5 * STEP);
    const search = searchBytes(searched(bytes), Uint8Array.of(1), 0, 'next', {
      signal: controller.signal,
      onProgress,
    });
    await assert.rejects(search, { name: 'AbortError' });
    assert.deepEqual(progress, [STEP - 1, 2 * STEP - 1]);
  });
});

describe('sector editor: next non-zero sector', () => {
  it('is the nearest one that can be read', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.nat(20), { maxLength: 4 }),
        fc.uniqueArray(fc.nat(20), { maxLength: 3 }),
        fc.nat(20),
        fc.constantFrom('next' as const, 'previous' as const),
        async (nonZero, bad, from, direction) => {
          const bytes = new Uint8Array(20 * 512 + 10);
          for (const sector of nonZero) bytes[sector * 512 + 9] = 1;
          const good = nonZero.filter((sector) => !bad.includes(sector)).sort((a, b) => a - b);
          const place = direction === 'next' ? good.find((s) => s >= from) : good.findLast((s) => s <= from);
          const found = await seekNonZero(searched(bytes, bad), from, direction, options);
          assert.equal(found, place ?? null);
        },
      ),
    );
  });

  it('is found after more than one step of zeros', async () => {
    const bytes = new Uint8Array(3 * STEP);
    bytes[2 * STEP + 512] = 1;
    const sector = (2 * STEP) / 512 + 1;
    assert.equal(await seekNonZero(searched(bytes), 0, 'next', options), sector);
    assert.equal(await seekNonZero(searched(bytes), 3 * 2048 - 1, 'previous', options), sector);
    assert.equal(await seekNonZero(searched(bytes), sector - 1, 'previous', options), null);
  });
});
