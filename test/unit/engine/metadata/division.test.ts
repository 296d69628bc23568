import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { RemapEntry } from '../../../../src/engine/metadata/entry';
import type { MetadataStore } from '../../../../src/engine/metadata/metadataStore';
import { encodePoolIdentity } from '../../../../src/engine/remap/poolIdentity';
import type { MemoryDevice } from '../../../support/block/memoryDevice';
import { addAsKernel, oldFormSpares } from '../../../support/metadata/poolSpares';
import {
  entry,
  FIXTURE_TIME,
  formatted,
  loadAll,
  MAIN_SECTORS,
  openStore,
} from '../../../support/metadata/spares';
import { kernelView } from '../../../support/proof/kernelView';
import { FIRST_STAMP } from '../../../support/remap/poolRig';

const MEMBER = 1;
const pool = encodePoolIdentity({ ...FIRST_STAMP, index: MEMBER, count: 3, present: [0, 1, 2] });

/** A commit of a list as a spare of a pool gets it: with the slots that differ from another list, or all. */
function commit(store: MetadataStore, list: readonly RemapEntry[], before: readonly RemapEntry[] = []) {
  const all = list.map((each, slot) => ({ slot, entry: each }));
  const changed = all.filter(({ slot, entry: each }) => each !== before[slot]);
  return store.commit({
    changed,
    entryCount: list.length,
    entryAt: (slot) => list[slot]!,
    nextSpare: 2000,
    pool,
  });
}

const open = (spare: MemoryDevice) => openStore(spare.fork(), { memberIndex: MEMBER });

async function forKernel(spare: MemoryDevice): Promise<number[]> {
  const { remaps } = await kernelView(spare, FIXTURE_TIME / 1000);
  return remaps.map(([original]) => Number(original));
}

const byOriginal = (list: readonly RemapEntry[]) => [...list].sort((a, b) => a.original - b.original);
const own = (list: readonly RemapEntry[]) => list.filter(({ member }) => member === MEMBER);

/** Every third entry lives on the spare. */
function spread(count: number): RemapEntry[] {
  return Array.from({ length: count }, (_, i) => entry(1000 + i, 1280 + i, { member: i % 3 }));
}

describe('the entries of a spare of a pool (R16)', () => {
  it('are divided: a kernel finds those that live on it, and we find all', async () => {
    const spare = await formatted();
    const list = spread(100);
    const store = await openStore(spare, { memberIndex: MEMBER });
    await commit(store, list);
    assert.deepEqual(
      await forKernel(spare),
      own(list).map(({ original }) => original),
    );
    const again = await open(spare);
    assert.deepEqual([again.entryCount, again.isDivided, again.isIntact], [100, true, true]);
    assert.deepEqual(byOriginal(await loadAll(again)), list);
    assert.deepEqual(again.foreignEntries(), []);
  });

  it('fill the structure to the last place, and all go to the large table from there on (R10)', async () => {
    const spare = await formatted();
    const list = spread(2048);
    const store = await openStore(spare, { memberIndex: MEMBER });
    await commit(store, list);
    assert.equal(store.extras.table.generation, 0);
    assert.deepEqual(byOriginal(await loadAll(await open(spare))), list);
    const more = [...list, entry(5000, 4000, { member: MEMBER }), entry(5001, 4000, { member: 2 })];
    await commit(store, more, list);
    assert.ok(store.extras.table.generation > 0);
    assert.deepEqual(byOriginal(await loadAll(await open(spare))), more);
    assert.deepEqual(
      await forKernel(spare),
      own(more).map(({ original }) => original),
    );
  });

  it('of which more live on it than a kernel reads stand in the large table', async () => {
    const spare = await formatted();
    const list = Array.from({ length: 3000 }, (_, i) => entry(1000 + i, 1280 + i, { member: MEMBER }));
    const store = await openStore(spare, { memberIndex: MEMBER });
    await commit(store, list);
    assert.equal((await forKernel(spare)).length, 2048);
    assert.deepEqual(await loadAll(await open(spare)), list);
  });

  it('are its own ones alone where it has no room for the table of all', async () => {
    const spare = await formatted();
    const list = spread(3000);
    const store = await openStore(spare, { memberIndex: MEMBER });
    const batch = {
      changed: [],
      entryCount: 3000,
      entryAt: (slot: number) => list[slot]!,
      nextSpare: 2000,
      pool,
    };
    await store.commit({ ...batch, isBehind: true });
    assert.equal(store.freeLimit, spare.sectorCount);
    assert.deepEqual(await loadAll(await open(spare)), own(list));
    const moved = { ...list[1]!, member: 2 };
    await store.commit({ ...batch, changed: [{ slot: 1, entry: moved }], isBehind: true });
    assert.deepEqual(byOriginal(await loadAll(await open(spare))), own(list).slice(1));
  });

  it('are brought to that form by the first commit, whatever it is about', async () => {
    const list = spread(100);
    const [, spare] = await oldFormSpares([4000, 4000, 4000], MAIN_SECTORS, list);
    assert.equal((await forKernel(spare!)).length, 100);
    const store = await openStore(spare!, { memberIndex: MEMBER });
    assert.deepEqual(await loadAll(store), list);
    assert.deepEqual([store.isDivided, store.isIntact], [false, true]);
    await commit(store, list, list);
    assert.deepEqual(
      await forKernel(spare!),
      own(list).map(({ original }) => original),
    );
    assert.deepEqual(byOriginal(await loadAll(await open(spare!))), list);
  });

  it('are one list again on a spare that is of no pool any more', async () => {
    const spare = await formatted();
    const list = spread(50).map((each) => ({ ...each, member: MEMBER }));
    const store = await openStore(spare, { memberIndex: MEMBER });
    await commit(store, list);
    await store.commit({
      changed: [],
      entryCount: 50,
      entryAt: (slot) => list[slot]!,
      nextSpare: 2000,
      pool: new Uint8Array(0),
    });
    const again = await open(spare);
    assert.deepEqual([again.isDivided, again.extras.entryCount], [false, 0]);
    assert.deepEqual(await loadAll(again), list);
  });

  it('outlive what a kernel adds, which is told apart', async () => {
    const spare = await formatted();
    const list = spread(100);
    const store = await openStore(spare, { memberIndex: MEMBER });
    await commit(store, list);
    await store.settle();
    addAsKernel(spare, [
      [1000, 0],
      [7000, 1],
    ]);
    const again = await open(spare);
    assert.deepEqual([again.isIntact, again.entryCount], [true, 102]);
    assert.deepEqual(
      again.foreignEntries().map(({ original, spare: at, member }) => [original, at, member]),
      [
        [1000, 0, MEMBER],
        [7000, 1, MEMBER],
      ],
    );
    assert.equal((await loadAll(again)).length, 102);
  });

  it('of other spares are known to be damaged when a kernel added so many that it ran into them', async () => {
    const spare = await formatted();
    const store = await openStore(spare, { memberIndex: MEMBER });
    await commit(store, spread(2047));
    await store.settle();
    addAsKernel(spare, [
      [7000, 1],
      [7001, 2],
    ]);
    assert.equal((await open(spare)).isIntact, false);
  });

  it('survive a failed commit: what was staged by it is gone after the next', async () => {
    const spare = await formatted();
    const list = spread(20);
    const store = await openStore(spare, { memberIndex: MEMBER });
    await commit(store, list);
    const staged = [...list, entry(9000, 1500, { member: MEMBER })];
    const { flush } = spare;
    let flushes = 0;
    spare.flush = () => (++flushes === 2 ? Promise.reject(new Error('no flush')) : flush.call(spare));
    await assert.rejects(commit(store, staged, list));
    spare.flush = flush;
    const other = [...list, entry(9001, 1500, { member: 2 })];
    await commit(store, other, list);
    assert.deepEqual(byOriginal(await loadAll(await open(spare))), other);
  });

  it('property: are those of the last commit, whatever was added, moved and dropped', async () => {
    const step = fc.record({
      original: fc.integer({ min: 1, max: 12 }),
      member: fc.integer({ min: 0, max: 2 }),
      kind: fc.constantFrom('put', 'put', 'put', 'drop', 'reopen'),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        const spare = await formatted(4000);
        let store = await openStore(spare, { memberIndex: MEMBER });
        let list: RemapEntry[] = [];
        for (const [i, { original, member, kind }] of steps.entries()) {
          const before = list;
          const slot = list.findIndex((each) => each.original === original);
          if (kind === 'put') {
            list = [...list];
            list[slot === -1 ? list.length : slot] = entry(original, 1280 + i, { member });
            await commit(store, list, before);
          } else if (kind === 'drop') {
            list = list.filter((each) => each.original !== original);
            await commit(store, list);
          } else {
            await store.settle();
            store = await openStore(spare, { memberIndex: MEMBER });
            list = await loadAll(store);
          }
          assert.deepEqual(byOriginal(await loadAll(await open(spare))), byOriginal(list));
        }
        const expected = own(list).map((each) => each.original);
        assert.deepEqual((await forKernel(spare)).sort(), expected.sort());
      }),
      { numRuns: 40 },
    );
  });
});
