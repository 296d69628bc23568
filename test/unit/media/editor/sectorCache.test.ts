import assert from 'node:assert/strict';
import fc from 'fast-check';
import { CHUNK_SECTORS, SectorCache } from '../../../../media/editor/sectorCache';
import type { SectorBytes } from '../../../../src/shared/protocol';
import { turn } from '../../../support/turns';

/** The byte that the model's disk has at an offset in a generation; neighbours differ. */
function byteAt(byteOffset: number, generation = 0): number {
  return (byteOffset * 31 + Math.floor(byteOffset / 512) * 7 + generation) & 0xff;
}

const MAX_BYTES = 100 * CHUNK_SECTORS * 512;
const DISKS = [0, 1, 2].map((generation) => {
  const disk = Buffer.alloc(MAX_BYTES);
  for (let at = 0; at < MAX_BYTES; at++) disk[at] = byteAt(at, generation);
  return disk;
});

function diskBytes(start: number, end: number, generation: number): Buffer {
  return DISKS[generation]!.subarray(start, end);
}

function sectorBytes(first: number, count: number, byteCount: number, generation = 0): SectorBytes {
  const end = Math.min((first + count) * 512, byteCount);
  const bytes = new Uint8Array(diskBytes(first * 512, end, generation));
  return { firstSector: first, bytes, unreadable: [], origins: [], unsaved: [] };
}

interface Request {
  readonly first: number;
  readonly count: number;
  readonly signal: AbortSignal;
  readonly resolve: (bytes: SectorBytes) => void;
  readonly reject: (error: Error) => void;
}

/** A cache over a disk whose answers come when the test says so. */
function rig(byteCount: number, maxChunks?: number) {
  const requests: Request[] = [];
  const changes: (readonly (readonly [number, number])[])[] = [];
  const cache = new SectorCache(
    byteCount,
    (first, count, signal) =>
      new Promise((resolve, reject) => requests.push({ first, count, signal, resolve, reject })),
    (changed) => changes.push(changed),
    maxChunks,
  );
  const answer = async (request: Request, generation = 0) => {
    request.resolve(sectorBytes(request.first, request.count, byteCount, generation));
    await turn();
  };
  return { cache, requests, changes, answer };
}

function checkSector(cache: SectorCache, sector: number, byteCount: number, generation = 0): void {
  const state = cache.sector(sector);
  assert.equal(state.state, 'ready');
  if (state.state !== 'ready') return;
  const start = sector * 512;
  const expected = diskBytes(start, Math.min(start + 512, byteCount), generation);
  assert.ok(expected.equals(state.bytes), `sector ${sector} has other bytes`);
}

describe('sector editor: cache', () => {
  it('has every byte in its place on both sides of every seam, in any order of wants and answers', async () => {
    const sizes = fc.integer({ min: 1, max: 6 * CHUNK_SECTORS * 512 });
    const wants = fc.array(fc.tuple(fc.nat(6 * CHUNK_SECTORS), fc.integer({ min: 1, max: 40 }), fc.nat()), {
      maxLength: 12,
    });
    await fc.assert(
      fc.asyncProperty(sizes, wants, async (byteCount, list) => {
        const { cache, requests, answer } = rig(byteCount, 3);
        const sectorCount = Math.ceil(byteCount / 512);
        for (const [from, length, pick] of list) {
          const first = Math.min(from, sectorCount - 1);
          const end = Math.min(sectorCount, first + length);
          cache.want([[first, end]], pick % 2 === 0 ? 1 : -1);
          const open = requests.filter((request) => !request.signal.aborted);
          open.sort((a, b) => ((a.first + pick) % 7) - ((b.first + pick) % 7));
          for (const request of open) await answer(request);
          for (let sector = first; sector < end; sector++) checkSector(cache, sector, byteCount);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('asks for whole aligned chunks, and for what is left at the end', () => {
    const byteCount = (CHUNK_SECTORS + 3) * 512 - 100;
    const { cache, requests } = rig(byteCount);
    cache.want([[CHUNK_SECTORS - 1, CHUNK_SECTORS + 1]], 1);
    const asked = requests.map(({ first, count }) => [first, count]);
    assert.deepEqual(asked, [
      [0, CHUNK_SECTORS],
      [CHUNK_SECTORS, 3],
    ]);
  });

  it('gives up what is no longer wanted', () => {
    const { cache, requests } = rig(100 * CHUNK_SECTORS * 512);
    cache.want([[0, 10]], 1);
    cache.want([[50 * CHUNK_SECTORS, 50 * CHUNK_SECTORS + 10]], 1);
    const open = requests.filter(({ signal }) => !signal.aborted).map(({ first }) => first / CHUNK_SECTORS);
    assert.deepEqual(open, [50, 51]);
    assert.equal(requests.length, 4);
  });

  it('asks also for the sector at the cursor, wherever that is, and guesses only beside what is in view', () => {
    const { cache, requests } = rig(100 * CHUNK_SECTORS * 512);
    const asked = () =>
      requests.filter(({ signal }) => !signal.aborted).map(({ first }) => first / CHUNK_SECTORS);
    cache.want([[0, 10]], 1, 70 * CHUNK_SECTORS + 3);
    assert.deepEqual(asked(), [0, 1, 70]);
    cache.want([], 1, 5 * CHUNK_SECTORS);
    assert.deepEqual(asked(), [5]);
  });

  it('ignores the answer to a request that it gave up', async () => {
    const { cache, requests, answer } = rig(100 * CHUNK_SECTORS * 512);
    cache.want([[0, 10]], 1);
    cache.want([[50 * CHUNK_SECTORS, 50 * CHUNK_SECTORS + 10]], 1);
    await answer(requests[0]!, 1);
    cache.want([[0, 10]], 1);
    assert.deepEqual(cache.sector(0), { state: 'loading' });
  });

  it('shows the old bytes until the new ones are there, and says which differ', async () => {
    const byteCount = 4 * CHUNK_SECTORS * 512;
    const { cache, requests, changes, answer } = rig(byteCount);
    cache.want([[0, 1]], -1);
    await answer(requests[0]!);
    cache.invalidate([[5, 1]]);
    checkSector(cache, 5, byteCount);
    const second = requests[1]!;
    const changed = sectorBytes(0, CHUNK_SECTORS, byteCount);
    changed.bytes[5 * 512 + 7]! ^= 0xff;
    changed.bytes[5 * 512 + 8]! ^= 0xff;
    second.resolve(changed);
    await turn();
    assert.deepEqual(changes.at(-1), [[5 * 512 + 7, 2]]);
  });

  it('shows the answer under way when a change comes, and asks once more after it', async () => {
    const byteCount = CHUNK_SECTORS * 512;
    const { cache, requests, answer } = rig(byteCount);
    cache.want([[0, 1]], 1);
    for (let generation = 0; generation < 3; generation++) {
      cache.invalidate(null);
      cache.invalidate([[0, 1]]);
      assert.equal(requests.length, generation + 1);
      await answer(requests[generation]!, generation);
      checkSector(cache, 0, byteCount, generation);
    }
    await answer(requests[3]!, 1);
    checkSector(cache, 0, byteCount, 1);
    assert.equal(requests.length, 4);
  });

  it('asks again when a fetch fails during which sectors changed', async () => {
    const { cache, requests } = rig(CHUNK_SECTORS * 512);
    cache.want([[0, 1]], 1);
    cache.invalidate(null);
    requests[0]!.reject(new Error('gone'));
    await turn();
    assert.deepEqual([cache.sector(0), requests.length], [{ state: 'loading' }, 2]);
  });

  it('does not show an answer that an edit overtook', async () => {
    const byteCount = CHUNK_SECTORS * 512;
    const { cache, requests, answer } = rig(byteCount);
    cache.want([[0, 1]], 1);
    await answer(requests[0]!);
    cache.invalidate(null);
    cache.patch(7, Uint8Array.of(0xee));
    await answer(requests[1]!, 1);
    assert.equal(cache.byte(7), 0xee);
    cache.invalidate([[0, 1]]);
    await answer(requests[2]!, 2);
    checkSector(cache, 0, byteCount, 2);
  });

  it('leaves alone what a change does not touch', async () => {
    const byteCount = 2 * CHUNK_SECTORS * 512;
    const { cache, requests, answer } = rig(byteCount);
    cache.want([[0, 1]], 1);
    for (const request of requests.slice()) await answer(request);
    cache.invalidate([[CHUNK_SECTORS, 1]]);
    assert.deepEqual(
      requests.slice(2).map(({ first }) => first),
      [CHUNK_SECTORS],
    );
  });

  it('says why a fetch failed, does not repeat it by itself, and repeats it when asked', async () => {
    const byteCount = CHUNK_SECTORS * 512;
    const { cache, requests, answer } = rig(byteCount);
    cache.want([[0, 1]], 1);
    requests[0]!.reject(new Error('no such device'));
    await turn();
    assert.deepEqual(cache.sector(0), { state: 'failed', message: 'no such device' });
    cache.want([[0, 1]], 1);
    assert.equal(requests.length, 1);
    cache.retry();
    await answer(requests[1]!);
    checkSector(cache, 0, byteCount);
  });

  it('refuses an answer that does not have the bytes that were asked for', async () => {
    const { cache, requests } = rig(2 * CHUNK_SECTORS * 512);
    cache.want([[0, 1]], -1);
    requests[0]!.resolve(sectorBytes(0, CHUNK_SECTORS - 1, 2 * CHUNK_SECTORS * 512));
    await turn();
    assert.equal(cache.sector(0).state, 'failed');
  });

  it('tells an unreadable sector from its neighbours', async () => {
    const byteCount = CHUNK_SECTORS * 512;
    const { cache, requests } = rig(byteCount);
    cache.want([[0, 3]], 1);
    const data = sectorBytes(0, CHUNK_SECTORS, byteCount);
    requests[0]!.resolve({ ...data, unreadable: [{ first: 1, count: 1, message: 'medium error' }] });
    await turn();
    const states = [0, 1, 2].map((sector) => cache.sector(sector));
    assert.deepEqual(
      states.map((state) => state.state === 'ready' && state.unreadable),
      [null, 'medium error', null],
    );
    assert.equal(cache.byte(512), null);
    assert.equal(cache.byte(511), byteAt(511));
    assert.deepEqual([...cache.bytesFrom(510, 8)], [byteAt(510), byteAt(511)]);
  });

  it('patches what it has on both sides of a seam', async () => {
    const byteCount = 2 * CHUNK_SECTORS * 512;
    const { cache, requests, answer } = rig(byteCount);
    cache.want([[0, 2 * CHUNK_SECTORS]], 1);
    for (const request of requests.slice()) await answer(request);
    const seam = CHUNK_SECTORS * 512;
    cache.patch(seam - 2, Uint8Array.of(1, 2, 3, 4));
    assert.deepEqual(
      [seam - 3, seam - 2, seam - 1, seam, seam + 1, seam + 2].map((at) => cache.byte(at)),
      [byteAt(seam - 3), 1, 2, 3, 4, byteAt(seam + 2)],
    );
  });

  it('keeps no more chunks than it may', async () => {
    const { cache, requests, answer } = rig(100 * CHUNK_SECTORS * 512, 4);
    for (let chunk = 0; chunk < 50; chunk++) {
      cache.want([[chunk * CHUNK_SECTORS, chunk * CHUNK_SECTORS + 1]], 1);
      for (const request of requests.splice(0)) await answer(request);
    }
    const held = Array.from({ length: 100 }, (_, chunk) => cache.sector(chunk * CHUNK_SECTORS).state);
    assert.ok(held.filter((state) => state === 'ready').length <= 4);
    assert.equal(held[49], 'ready');
  });

  it('gives everything up when it is disposed', () => {
    const { cache, requests } = rig(100 * CHUNK_SECTORS * 512);
    cache.want([[0, 10]], 1);
    cache.dispose();
    assert.ok(requests.every(({ signal }) => signal.aborted));
  });
});
