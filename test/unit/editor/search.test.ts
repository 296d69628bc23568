import assert from 'node:assert/strict';
import fc from 'fast-check';
import * as search from '../../../src/editor/search';
import { seekListed, seekNonZero } from '../../../src/editor/search';
import type { SearchedBytes } from '../../../src/editor/searchedBytes';
import type { ByteSpan, Direction, Needle, Wanted } from '../../../src/shared/protocol';

const STEP = 2 << 20;
const options = { signal: new AbortController().signal };

const exactly = (bytes: Uint8Array): Needle => ({ bytes, mask: null, anyCase: false });
const bytesWanted = (bytes: Uint8Array): Wanted => ({ needles: [exactly(bytes)], expression: null });
const expression = (source: string, anyCase = false): Wanted => ({
  needles: [],
  expression: { source, anyCase },
});

/** The match alone. */
async function searchBytes(
  bytes: SearchedBytes,
  wanted: Wanted,
  fromByte: number,
  direction: Direction,
  how: search.SearchOptions,
  within: ByteSpan | null = null,
) {
  return (await search.searchBytes(bytes, { wanted, within, fromByte, direction }, how)).match;
}

function searchAll(
  bytes: SearchedBytes,
  wanted: Wanted,
  most: number,
  how: search.SearchOptions,
  within: ByteSpan | null = null,
) {
  return search.searchAll(bytes, { wanted, within, most }, how);
}

const NONE = { sectorCount: 0, runs: [] };

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
        const found = await searchBytes(searched(disk, bad), bytesWanted(wanted), from, direction, options);
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
      const next = await searchBytes(searched(bytes), bytesWanted(needle), 0, 'next', options);
      assert.deepEqual(next, { byteOffset: 2 * STEP - shift, byteCount: 6, wrapped: false });
      const previous = await searchBytes(searched(bytes), bytesWanted(needle), 0, 'previous', options);
      assert.deepEqual(previous, { byteOffset: 2 * STEP - shift, byteCount: 6, wrapped: true });
    }
  });

  it('does not find zeros that only stand for unreadable bytes', async () => {
    const bytes = new Uint8Array(3 * 512).fill(1);
    assert.equal(
      await searchBytes(searched(bytes, [1]), bytesWanted(Uint8Array.of(0)), 0, 'next', options),
      null,
    );
  });

  it('stops when it is cancelled, and says how far it is', async () => {
    const controller = new AbortController();
    const progress: number[] = [];
    const onProgress = (done: number) => {
      progress.push(done);
      if (progress.length === 2) controller.abort();
    };
    const bytes = new Uint8Array(5 * STEP);
    const search = searchBytes(searched(bytes), bytesWanted(Uint8Array.of(1)), 0, 'next', {
      signal: controller.signal,
      onProgress,
    });
    await assert.rejects(search, { name: 'AbortError' });
    assert.deepEqual(progress, [STEP - 1, 2 * STEP - 1]);
  });
});

describe('sector editor: a search that ends while it reads', () => {
  const wanted = bytesWanted(Buffer.from('here'));

  it('leaves its memory to the next one only when its reads have ended', async () => {
    const controller = new AbortController();
    const buffers: Uint8Array[] = [];
    const hanging: (() => void)[] = [];
    const hangs: SearchedBytes = {
      byteCount: 2 * STEP,
      read: (_first, count, _signal, into) => {
        buffers.push(into!);
        if (buffers.length === 2) controller.abort();
        return new Promise((resolve) => {
          hanging.push(() => resolve({ bytes: into!.subarray(0, count * 512), unreadable: [] }));
        });
      },
    };
    const searching = searchBytes(hangs, wanted, 0, 'next', { signal: controller.signal });
    hanging[0]!();
    await assert.rejects(searching, { name: 'AbortError' });
    const used = async () => {
      let buffer: Uint8Array | undefined;
      const read: SearchedBytes['read'] = async (_first, count, _signal, into) => {
        buffer = into!;
        return { bytes: into!.subarray(0, count * 512), unreadable: [] };
      };
      await searchBytes({ byteCount: 512, read }, wanted, 0, 'next', options);
      return buffer?.buffer;
    };
    assert.notEqual(await used(), buffers[0]!.buffer);
    hanging[1]!();
    await new Promise(setImmediate);
    assert.equal(await used(), buffers[0]!.buffer);
  });

  it('looks at nothing that is read after its match was found', async () => {
    const first = new Uint8Array(STEP);
    first.set(Buffer.from('here'), 100);
    let looks = 0;
    const late: (() => void)[] = [];
    const read: SearchedBytes['read'] = (at) => {
      if (at === 0) return Promise.resolve({ bytes: first, unreadable: [] });
      const answer = {
        get bytes() {
          looks++;
          return first;
        },
        unreadable: [],
      };
      return new Promise((resolve) => {
        late.push(() => resolve(answer));
      });
    };
    const found = await searchBytes({ byteCount: 8 * STEP, read }, wanted, 0, 'next', options);
    assert.equal(found?.byteOffset, 100);
    assert.ok(late.length > 0);
    for (const end of late) end();
    await new Promise(setImmediate);
    assert.equal(looks, 0);
  });
});

describe('sector editor: what a search takes for a match', () => {
  const disk = (text: string) => searched(Uint8Array.from(Buffer.from(text, 'latin1')));
  const place = async (text: string, wanted: Wanted, direction: 'next' | 'previous' = 'next') => {
    const from = direction === 'next' ? -1 : text.length;
    const found = await searchBytes(disk(text), wanted, from, direction, options);
    return found && [found.byteOffset, found.byteCount];
  };

  it('is the same with a mask, a case and several needles as comparing at every byte', async () => {
    const byte = fc.constantFrom(0x41, 0x61, 0x42, 0x62, 0x00);
    const needle = fc
      .array(fc.tuple(byte, fc.constantFrom(0xff, 0xf0, 0x00)), { minLength: 1, maxLength: 4 })
      .chain((pairs) =>
        fc.boolean().map((anyCase) => ({
          bytes: Uint8Array.from(pairs, ([value]) => value),
          mask: anyCase ? null : Uint8Array.from(pairs, ([, mask]) => mask),
          anyCase,
        })),
      );
    const lower = (value: number) => (value >= 0x41 && value <= 0x5a ? value + 0x20 : value);
    const fits = (bytes: number[], at: number, { bytes: pattern, mask, anyCase }: Needle) =>
      at + pattern.length <= bytes.length &&
      pattern.every((value, i) =>
        anyCase ? lower(value) === lower(bytes[at + i]!) : ((value ^ bytes[at + i]!) & mask![i]!) === 0,
      );
    const input = fc.record({
      bytes: fc.array(byte, { minLength: 1, maxLength: 60 }),
      needles: fc.array(needle, { minLength: 1, maxLength: 3 }),
      direction: fc.constantFrom('next' as const, 'previous' as const),
    });
    await fc.assert(
      fc.asyncProperty(input, async ({ bytes, needles, direction }) => {
        let best: [number, number] | null = null;
        for (const each of needles) {
          const places = bytes.map((_, at) => at).filter((at) => fits(bytes, at, each));
          const at = direction === 'next' ? places[0] : places.at(-1);
          const { length } = each.bytes;
          const overlaps = best && at !== undefined && at < best[0] + best[1] && best[0] < at + length;
          const isNearer = best && at !== undefined && (direction === 'next' ? at < best[0] : at > best[0]);
          if (at !== undefined && (!best || (isNearer && !overlaps))) best = [at, length];
        }
        const text = Buffer.from(bytes).toString('latin1');
        const found = await place(text, { needles, expression: null }, direction);
        assert.deepEqual(found, best);
      }),
      { numRuns: 1000 },
    );
  });

  it('is what a regular expression matches, in both directions and any case', async () => {
    assert.deepEqual(await place('..ab12..ab345', expression('ab\\d+')), [2, 4]);
    assert.deepEqual(await place('..ab12..ab345', expression('ab\\d+'), 'previous'), [8, 5]);
    assert.deepEqual(await place('xAB1', expression('ab\\d', true)), [1, 3]);
    assert.equal(await place('xAB1', expression('ab\\d')), null);
    assert.deepEqual(await place('caf\xc3\xa9!', expression('é+!')), [3, 3]);
    assert.equal(await place('abc', expression('x*')), null);
  });

  it('is refused with a sentence when the expression is none, or takes for ever', async () => {
    await assert.rejects(place('abc', expression('(')), { code: 'EINVAL' });
    await assert.rejects(place('a'.repeat(60), expression('(a+)+b')), {
      code: 'EINVAL',
      message: /too long/,
    });
    await assert.rejects(place('abc', { needles: [], expression: null }), { code: 'EINVAL' });
  });

  it('goes across the end of a step, for an expression too', async () => {
    const bytes = new Uint8Array(STEP + 4096);
    bytes.set(Buffer.from('needle42'), STEP - 3);
    const found = await searchBytes(searched(bytes), expression('needle\\d+'), 0, 'next', options);
    assert.deepEqual([found?.byteOffset, found?.byteCount], [STEP - 3, 8]);
  });
});

describe('sector editor: all matches', () => {
  it('do not overlap, and end at the limit', async () => {
    const bytes = Buffer.from('aaaa.aa'.padEnd(1024, '.'));
    const wanted = bytesWanted(Buffer.from('aa'));
    const all = await searchAll(searched(bytes), wanted, 10, options);
    assert.deepEqual(all, {
      matches: [0, 2, 5].map((byteOffset) => ({ byteOffset, byteCount: 2 })),
      isComplete: true,
      notSearched: NONE,
    });
    const some = await searchAll(searched(bytes), wanted, 2, options);
    assert.deepEqual([some.matches.length, some.isComplete], [2, false]);
    const bad = await searchAll(searched(bytes, [0]), wanted, 10, options);
    assert.deepEqual(bad, { matches: [], isComplete: true, notSearched: { sectorCount: 1, runs: [[0, 1]] } });
  });
});

describe('sector editor: where a search looks', () => {
  it('is a range: what comparing at every byte of it finds, and no match that goes beyond its ends', async () => {
    const byte = fc.integer({ min: 0, max: 1 });
    const input = fc.record({
      bytes: fc.array(byte, { minLength: 1, maxLength: 40 }),
      pattern: fc.array(byte, { minLength: 1, maxLength: 4 }),
      start: fc.nat(30),
      count: fc.integer({ min: 1, max: 30 }),
      from: fc.nat(39),
      direction: fc.constantFrom('next' as const, 'previous' as const),
    });
    await fc.assert(
      fc.asyncProperty(input, async ({ bytes, pattern, start, count, from, direction }) => {
        const lead = 500;
        const disk = Uint8Array.from([...Array<number>(lead).fill(9), ...bytes]);
        const within = { start: lead + start, end: lead + start + count };
        const end = Math.min(within.end, disk.length);
        const starts = Array.from(disk, (_, at) => at);
        const places = starts.filter((at) => at >= within.start && at + pattern.length <= end);
        const fitting = places.filter((at) => pattern.every((value, i) => disk[at + i] === value));
        const after = fitting.filter((at) => at > lead + from);
        const before = fitting.filter((at) => at < lead + from);
        const best = direction === 'next' ? (after[0] ?? fitting[0]) : (before.at(-1) ?? fitting.at(-1));
        const wanted = bytesWanted(Uint8Array.from(pattern));
        const found = await searchBytes(searched(disk), wanted, lead + from, direction, options, within);
        assert.equal(found?.byteOffset, best);
        const all = await searchAll(searched(disk), wanted, 100, options, within);
        assert.ok(all.matches.every(({ byteOffset }) => fitting.includes(byteOffset)));
        assert.equal(all.matches[0]?.byteOffset, fitting[0]);
      }),
      { numRuns: 500 },
    );
  });

  it('tells an expression nothing of what lies beyond the range', async () => {
    const disk = searched(Uint8Array.from(Buffer.from('xx1234xx')));
    const { matches } = await searchAll(disk, expression('\\d+'), 9, options, { start: 3, end: 5 });
    assert.deepEqual(matches, [{ byteOffset: 3, byteCount: 2 }]);
  });

  it('leaves out what can’t be read, and says which sectors these are, each once', async () => {
    const bytes = new Uint8Array(2 * STEP);
    const wanted = bytesWanted(Buffer.from('lost'));
    bytes.set(Buffer.from('lost'), 5 * 512 - 2);
    bytes.set(Buffer.from('lost'), 2 * STEP - 100);
    const bad = [5, 6, STEP / 512, STEP / 512 + 3];
    const at = { wanted, within: null, fromByte: 0, direction: 'next' as const };
    const { match, notSearched } = await search.searchBytes(searched(bytes, bad), at, options);
    assert.equal(match?.byteOffset, 2 * STEP - 100);
    const runs = [
      [5, 2],
      [STEP / 512, 1],
      [STEP / 512 + 3, 1],
    ];
    assert.deepEqual(notSearched, { sectorCount: 4, runs });
    const near = { ...at, fromByte: STEP + 2 * 512 };
    assert.deepEqual((await search.searchBytes(searched(bytes, bad), near, options)).notSearched, {
      sectorCount: 1,
      runs: [[STEP / 512 + 3, 1]],
    });
    const many = Array.from({ length: 20 }, (_, i) => 2 * i);
    const all = await searchAll(searched(bytes, many), wanted, 9, options);
    assert.deepEqual([all.notSearched.sectorCount, all.notSearched.runs.length], [20, 8]);
  });

  it('tells the matches of a search for all as it comes to them', async () => {
    const bytes = new Uint8Array(3 * STEP);
    const places = [10, STEP + 10, 2 * STEP + 10];
    for (const place of places) bytes.set(Buffer.from('here'), place);
    const told: number[] = [];
    const onProgress: search.SearchOptions['onProgress'] = (_done, _total, found) =>
      told.push(...found.map(({ byteOffset }) => byteOffset));
    await searchAll(searched(bytes), bytesWanted(Buffer.from('here')), 9, { ...options, onProgress });
    assert.deepEqual(told, places);
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
    assert.equal(await seekNonZero(searched(bytes), (3 * STEP) / 512 - 1, 'previous', options), sector);
    assert.equal(await seekNonZero(searched(bytes), sector - 1, 'previous', options), null);
  });
});

describe('sector editor: seeking a listed sector', () => {
  it('finds the nearest one, its own place included, and none beyond the ends', () => {
    const listed = [5, 9, 2000];
    const next = [0, 5, 6, 2000, 2001].map((from) => seekListed(listed, from, 'next'));
    assert.deepEqual(next, [5, 5, 9, 2000, null]);
    const previous = [4, 5, 8, 3000].map((from) => seekListed(listed, from, 'previous'));
    assert.deepEqual(previous, [null, 5, 5, 2000]);
    assert.equal(seekListed([], 0, 'next'), null);
  });
});
