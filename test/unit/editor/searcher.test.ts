import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Part } from '../../../src/editor/partSearch';
import { searchAll, searchBytes } from '../../../src/editor/search';
import { openSearcher, type Searcher } from '../../../src/editor/searcher';
import { SearchMemory } from '../../../src/editor/searchMemory';
import type { Wanted } from '../../../src/shared/protocol';
import { childProgram } from '../../support/childProgram';

const LONG = 1 << 30;
const exactly = (text: string): Wanted => ({
  needles: [{ bytes: Buffer.from(text), mask: null, anyCase: false }],
  expression: null,
});
const forAll = (wanted: Wanted) => ({ wanted, direction: 'next' as const, most: 100 });

const memory = SearchMemory.take(0, 0);
let partCount = 0;

/** A part at `base` that is so long. The memory of the last few is kept. */
function partOf(text: string, base: number, holes: Part['holes'] = []): Part {
  const buffer = memory.buffer(partCount++ % memory.bufferCount);
  buffer.set(Buffer.from(text));
  return {
    ...{ start: base, end: base + text.length, base, holes },
    ...{ place: buffer.byteOffset, byteCount: text.length },
  };
}

/** Searches empty parts until another thread has taken over. */
async function whenThreaded(searcher: Searcher): Promise<void> {
  for (;;) {
    const answer = searcher.take(partOf('', 0));
    if (answer instanceof Promise) {
      await answer;
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const placesOf = (matches: readonly { readonly byteOffset: number }[]) =>
  matches.map(({ byteOffset }) => byteOffset);

describe('sector editor: searching in another thread', () => {
  const program = childProgram('searchWorker.ts', join('src', 'editor'));

  it('goes on there where it was, and finds the same', async () => {
    const searcher = openSearcher(forAll(exactly('aa')), memory, LONG, program.path);
    try {
      // The match goes across the end of the part: the next one begins after it.
      const first = { ...partOf('...aaa', 0), end: 4 };
      assert.deepEqual(placesOf(await searcher.take(first)), [3]);
      await whenThreaded(searcher);
      const answers = [searcher.take(partOf('aaa', 4)), searcher.take(partOf('.aa.aa', 7, [[4, 5]]))];
      assert.ok(answers.every((answer) => answer instanceof Promise));
      assert.deepEqual((await Promise.all(answers)).map(placesOf), [[5], [8]]);
    } finally {
      searcher.dispose();
    }
  });

  it('says there, too, that an expression takes too long', async () => {
    const searcher = openSearcher(
      forAll({ needles: [], expression: { source: '(a+)+b', anyCase: false } }),
      memory,
      LONG,
      program.path,
    );
    try {
      await whenThreaded(searcher);
      await assert.rejects(async () => searcher.take(partOf('a'.repeat(60), 0)), {
        code: 'EINVAL',
        message: /too long/,
      });
    } finally {
      searcher.dispose();
    }
  });

  it('is used for the next search as well, at once', async () => {
    const first = openSearcher(forAll(exactly('a')), memory, LONG, program.path);
    await whenThreaded(first);
    first.dispose();
    const second = openSearcher(forAll(exactly('b')), memory, LONG, program.path);
    const answer = second.take(partOf('ab', 0));
    assert.ok(answer instanceof Promise);
    assert.deepEqual(placesOf(await answer), [1]);
    second.dispose();
  });

  it('finds the same as one thread in bytes that are long enough for it, and can be cancelled', async () => {
    const bytes = Buffer.alloc(80 << 20);
    const places = [5, (40 << 20) - 3, (80 << 20) - 4];
    for (const place of places) bytes.write('here', place);
    const searched = {
      byteCount: bytes.length,
      read: async (first: number, count: number, _signal: AbortSignal, into?: Uint8Array) => {
        const part = bytes.subarray(first * 512, (first + count) * 512);
        into!.set(part);
        return { bytes: into!.subarray(0, part.length), unreadable: [] };
      },
    };
    const controller = new AbortController();
    const options = { signal: controller.signal, program: program.path };
    const all = await searchAll(searched, { wanted: exactly('here'), within: null, most: 10 }, options);
    assert.deepEqual(placesOf(all.matches), places);
    const back = { wanted: exactly('here'), within: null, fromByte: 5, direction: 'previous' as const };
    assert.equal((await searchBytes(searched, back, options)).match?.byteOffset, places[2]);
    const onProgress = () => controller.abort();
    await assert.rejects(
      searchBytes(searched, { ...back, wanted: exactly('gone') }, { ...options, onProgress }),
      {
        name: 'AbortError',
      },
    );
  });
});

describe('sector editor: a search whose thread is lost', () => {
  let folder = '';
  const programOf = (source: string) => {
    const path = join(folder, `${source.length}.js`);
    writeFileSync(path, source);
    return path;
  };

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'remap-thread-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('goes on in this one, with the parts that were not answered', async () => {
    const dies =
      "const { parentPort } = require('node:worker_threads'); parentPort.postMessage({ kind: 'ready' }); parentPort.on('message', ({ kind }) => { if (kind === 'part') process.exit(); });";
    const searcher = openSearcher(forAll(exactly('a')), memory, LONG, programOf(dies));
    assert.deepEqual(placesOf(await searcher.take(partOf('a', 0))), [0]);
    await whenThreaded(searcher);
    const answers = [searcher.take(partOf('aa', 1)), searcher.take(partOf('a', 3))];
    assert.deepEqual((await Promise.all(answers)).map(placesOf), [[1, 2], [3]]);
    searcher.dispose();
  });

  it('is searched here when there is no such thread, or when it is short', async () => {
    for (const [byteCount, path] of [
      [LONG, join(folder, 'missing.js')],
      [1000, programOf('')],
      [LONG, null],
    ] as const) {
      const searcher = openSearcher(forAll(exactly('a')), memory, byteCount, path);
      for (let turns = 0; turns < 20; turns++) {
        assert.deepEqual(placesOf(await searcher.take(partOf('a', turns))), [turns]);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      searcher.dispose();
    }
  });
});
