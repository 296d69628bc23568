import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createImage, openImage } from '../../../../src/engine/block/image';
import type { SectorRange } from '../../../../src/engine/errors';
import { v4Header } from '../../../../src/engine/metadata/codec/v4';
import type { RemapEntry } from '../../../../src/engine/metadata/entry';
import { formatMetadata } from '../../../../src/engine/metadata/formatMetadata';
import { inspectMetadata } from '../../../../src/engine/metadata/inspect';
import { ScriptedDevice } from '../../../support/block/scriptedDevice';
import { assertList, spareWith } from '../../../support/metadata/largeTableRig';
import {
  commitList,
  copyBytes,
  entries,
  entry,
  FIXTURE_TIME,
  fixedClock,
  formatted,
  loadAll,
  MAIN_SECTORS,
  openStore,
  SPARE_SECTORS,
} from '../../../support/metadata/spares';
import { assertFailsWith } from '../../../support/remap/remapErrors';

describe('large table (R10)', () => {
  it('comes with entry 2,049, at the end of the spare', async () => {
    const spare = await formatted();
    const store = await openStore(spare);
    const list = entries(2049);
    await commitList(store, list.slice(0, 2048));
    assert.deepEqual([store.extras.table.generation, store.freeLimit], [0, SPARE_SECTORS]);
    await commitList(store, list, list.slice(0, 2048));
    const { generation, recordCount, extents } = store.extras.table;
    assert.deepEqual([generation, recordCount, store.entryCount], [1, 2049, 2049]);
    assert.equal(store.freeLimit, SPARE_SECTORS - 2 * extents[0]!.sectorCount);
    await assertList(spare, list);
    const report = await inspectMetadata(spare, FIXTURE_TIME);
    assert.equal(report.remaps, 2049);
  });

  it('leaves the first 2,048 where a kernel reads them', async () => {
    const { spare, list } = await spareWith(5000);
    const structure = copyBytes(spare, 3);
    assert.equal(v4Header.get(structure, 'active_remaps'), 2048);
    const view = Buffer.from(structure);
    for (const [slot, { original, spare: to }] of list.slice(0, 2048).entries()) {
      assert.equal(Number(view.readBigUInt64LE(312 + 40 * slot)), original);
      assert.equal(Number(view.readBigUInt64LE(320 + 40 * slot)), to);
    }
  });

  it('keeps every field of an entry, an error count up to 65,535', async () => {
    const { list, store, spare } = await spareWith(2049);
    const odd = entry(2 ** 40 + 7, 1280 + 9999, {
      member: 3,
      timeNs: 2n ** 63n + 5n,
      errorCount: 70_000,
      reason: 0xbeef,
      flags: 1,
    });
    await commitList(store, [...list, odd], list);
    const found = (await loadAll(await openStore(spare))).at(-1);
    assert.deepEqual(found, { ...odd, errorCount: 65_535 });
  });

  it('costs two flushes and a sector in each mirror', async () => {
    const { spare: memory, list } = await spareWith(2100);
    const spare = new ScriptedDevice(memory);
    const store = await openStore(spare);
    await loadAll(store);
    const { extents } = store.extras.table;
    const at = Math.floor(2100 / 16);
    spare.calls.length = 0;
    await commitList(store, [...list, entry(1, 50_000)], list);
    assert.deepEqual(spare.trace(['write', 'flush']), [
      `write ${extents[0]!.startA + at}+1`,
      `write ${extents[0]!.startB + at}+1`,
      'flush',
      ...[0, 256].flatMap((copy) => [`write ${copy}+1`, `write ${copy + 160}+1`]),
      'flush',
    ]);
  });

  it('grows by extents, and moves when it is full of superseded records', async () => {
    const { spare, store } = await spareWith(2100);
    let list = entries(2100);
    const grown = entries(9000);
    await commitList(store, grown, list);
    assert.deepEqual([store.extras.table.generation, store.extras.table.extents.length], [1, 2]);
    await assertList(spare, grown);
    list = grown;
    let generation = 1;
    for (let round = 0; generation === 1; round++) {
      assert.ok(round < 20, 'the table never moves');
      const next = list.map((old) => ({ ...old, errorCount: old.errorCount + 1 }));
      await commitList(store, next, list);
      list = next;
      generation = store.extras.table.generation;
    }
    assert.deepEqual([store.extras.table.recordCount, store.extras.table.extents.length], [9000, 1]);
    await assertList(spare, list);
  });

  it('goes back to the room of the table before, once no copy names that', async () => {
    const { spare, list } = await spareWith(2049);
    const store = await openStore(spare, { growTableBySectors: 0 });
    await loadAll(store);
    let current: readonly RemapEntry[] = list;
    const moveTable = async () => {
      const { generation } = store.extras.table;
      while (store.extras.table.generation === generation) {
        const next = current.map((old) => ({ ...old, errorCount: old.errorCount + 1 }));
        await commitList(store, next, current);
        current = next;
      }
    };
    let told = 0;
    const setLimit = (sector: number) => {
      told = sector;
    };
    store.attach({ used: [[1280, 3720]], badSectors: [], setLimit });
    for (const isLower of [true, false, true, false]) {
      const before = store.freeLimit;
      await moveTable();
      assert.equal(store.freeLimit < before, isLower, `limit ${store.freeLimit} after ${before}`);
      await store.settle();
      assert.equal(told, store.freeLimit, 'the allocator knows');
      await assertList(spare, current);
    }
  });

  it('never takes a sector that data have, even while a commit is under way', async () => {
    const { list, store } = await spareWith(2048);
    let next = 1280 + 2048;
    store.attach({
      badSectors: [],
      get used(): SectorRange[] {
        return [[1280, next - 1280]];
      },
      setLimit: (sector) => assert.ok(sector >= next, `limit ${sector} below the data, which end at ${next}`),
    });
    const commit = commitList(store, entries(2049), list);
    assert.ok(store.freeLimit < SPARE_SECTORS, 'the room is taken before the first write');
    next = store.freeLimit;
    await commit;
  });

  it('leaves alone what the allocator has handed out and no commit names yet', async () => {
    const { list, store } = await spareWith(2048);
    store.attach({ used: [[1280, SPARE_SECTORS - 257 - 1280]], badSectors: [], setLimit: () => {} });
    await assertFailsWith(commitList(store, entries(2049), list), 'ENOSPC', /no room/);
    store.attach({ used: [[1280, SPARE_SECTORS - 258 - 1280]], badSectors: [], setLimit: () => {} });
    await commitList(store, entries(2049), list);
  });

  it('says ENOSPC when it finds no room, and what was there stays', async () => {
    const spare = await formatted(1280 + 2048 + 200);
    const store = await openStore(spare);
    const list = entries(2048);
    await commitList(store, list);
    await assertFailsWith(commitList(store, entries(2049), list), 'ENOSPC', /two runs of 129 free sectors/);
    assert.equal(store.inDoubt, false);
    assert.equal(store.freeLimit, 1280 + 2048 + 200);
    await assertList(spare, list);
    await commitList(store, list.slice(0, 2047), list);
    await assertList(spare, list.slice(0, 2047));
  });

  it('fits itself into little room', async () => {
    const spare = await formatted(1280 + 2049 + 2 * 129);
    const store = await openStore(spare);
    await commitList(store, entries(2049));
    assert.equal(store.freeLimit, 1280 + 2049);
    await assertList(spare, entries(2049));
  });
});

describe('a million entries (R10)', () => {
  it('are committed and loaded from a file', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'large-table-'));
    const file = path.join(folder, 'spare.img');
    const count = 1_000_000;
    const at = (slot: number) => entry(slot * 3, 1280 + slot, { timeNs: 5n });
    try {
      await createImage(file, 2_000_000);
      const image = await openImage(file, { lock: false });
      await formatMetadata(image, { mainSectorCount: MAIN_SECTORS, clock: fixedClock() });
      const store = await openStore(image);
      const start = performance.now();
      await store.commit({
        changed: Array.from({ length: count }, (_, slot) => ({ slot, entry: at(slot) })),
        entryCount: count,
        entryAt: at,
        nextSpare: 1280 + count,
      });
      const written = performance.now();
      const again = await openStore(image);
      let [loaded, sum] = [0, 0];
      await again.load((slot, found) => {
        if (slot === loaded) loaded++;
        sum += found.original;
      });
      const read = performance.now();
      console.log(
        `      committed in ${Math.round(written - start)} ms, loaded in ${Math.round(read - written)} ms`,
      );
      assert.deepEqual([loaded, sum], [count, (3 * count * (count - 1)) / 2]);
      await image.close();
    } finally {
      rmSync(folder, { recursive: true });
    }
  }).timeout(60_000);
});
