import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createImage, openImage } from '../../../src/engine/block/image';
import { MemoryDevice } from '../../../src/engine/block/memory';
import { sealTableSector, tableSectorHeader } from '../../../src/engine/metadata/codec/tableSector';
import { sealStructure, v4Header, writeEntry } from '../../../src/engine/metadata/codec/v4';
import type { RemapEntry } from '../../../src/engine/metadata/entry';
import { formatMetadata } from '../../../src/engine/metadata/format';
import { inspectMetadata } from '../../../src/engine/metadata/inspect';
import type { MetadataStore, OpenOptions } from '../../../src/engine/metadata/metadataStore';
import type { Extent } from '../../../src/engine/metadata/tableExtents';
import { type DeviceCall, ScriptedDevice } from '../../support/scriptedDevice';
import { isSameList } from './crashRig';
import {
  assertFailsWith,
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
} from './support';

async function spareWith(
  count: number,
  options: Partial<OpenOptions> = {},
): Promise<{ spare: MemoryDevice; list: RemapEntry[]; store: MetadataStore }> {
  const spare = await formatted();
  const list = entries(count);
  const store = await openStore(spare, options);
  await commitList(store, list);
  await store.settle();
  return { spare, list, store };
}

function firstExtent(store: MetadataStore): Extent {
  return store.header.table.extents[0]!;
}

/** The sector in the first mirror to which the next record goes. */
function tailSector(store: MetadataStore): number {
  return firstExtent(store).startA + Math.floor(store.header.table.recordCount / 16);
}

/** Lets every write that reaches a sector fail there. */
function failSector(spare: ScriptedDevice, bad: number): void {
  spare.fail({
    operations: ['write'],
    after: 0,
    duration: 'sectors',
    failing: ({ sector, sectorCount }) => (sector <= bad && bad < sector + sectorCount ? [[bad, 1]] : []),
  });
}

/** Changes the five structures as a kernel does that knows nothing of our table: all alike, the extras carried along. */
function rewriteAsKernel(spare: MemoryDevice, change: (structure: Uint8Array) => void): void {
  const structure = copyBytes(spare, 0, 165 * 512).slice();
  change(structure);
  sealStructure(structure);
  for (let copy = 0; copy < 5; copy++) spare.poke(copy * 256, structure);
}

async function assertList(spare: MemoryDevice, expected: readonly RemapEntry[]): Promise<void> {
  const found = await loadAll(await openStore(spare));
  assert.ok(
    isSameList(expected, found),
    `${found.length} entries, ${expected.length} expected, or other ones`,
  );
}

describe('large table (R10)', () => {
  it('comes with entry 2,049, at the end of the spare', async () => {
    const spare = await formatted();
    const store = await openStore(spare);
    const list = entries(2049);
    await commitList(store, list.slice(0, 2048));
    assert.deepEqual([store.header.table.generation, store.freeLimit], [0, SPARE_SECTORS]);
    await commitList(store, list, list.slice(0, 2048));
    const { generation, recordCount, extents } = store.header.table;
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
    for (const [position, { original, spare: to }] of list.slice(0, 2048).entries()) {
      assert.equal(Number(view.readBigUInt64LE(312 + 40 * position)), original);
      assert.equal(Number(view.readBigUInt64LE(320 + 40 * position)), to);
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
    const { extents } = store.header.table;
    const at = Math.floor(2100 / 16);
    spare.calls.length = 0;
    await commitList(store, [...list, entry(1, 50_000)], list);
    assert.deepEqual(spare.trace(), [
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
    assert.deepEqual([store.header.table.generation, store.header.table.extents.length], [1, 2]);
    await assertList(spare, grown);
    list = grown;
    let generation = 1;
    for (let round = 0; generation === 1; round++) {
      assert.ok(round < 20, 'the table never moves');
      const next = list.map((old) => ({ ...old, errorCount: old.errorCount + 1 }));
      await commitList(store, next, list);
      list = next;
      generation = store.header.table.generation;
    }
    assert.deepEqual([store.header.table.recordCount, store.header.table.extents.length], [9000, 1]);
    await assertList(spare, list);
  });

  it('goes back to the room of the table before, once no copy names that', async () => {
    const { spare, list } = await spareWith(2049);
    const store = await openStore(spare, { growTableBySectors: 0 });
    await loadAll(store);
    let current: readonly RemapEntry[] = list;
    const moveTable = async () => {
      const { generation } = store.header.table;
      while (store.header.table.generation === generation) {
        const next = current.map((old) => ({ ...old, errorCount: old.errorCount + 1 }));
        await commitList(store, next, current);
        current = next;
      }
    };
    let told = 0;
    const setLimit = (sector: number) => {
      told = sector;
    };
    store.attach({ next: 5000, setLimit });
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
      get next() {
        return next;
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
    store.attach({ next: SPARE_SECTORS - 257, setLimit: () => {} });
    await assertFailsWith(commitList(store, entries(2049), list), 'ENOSPC', /no room/);
    store.attach({ next: SPARE_SECTORS - 258, setLimit: () => {} });
    await commitList(store, entries(2049), list);
  });

  it('says ENOSPC when it finds no room, and what was there stays', async () => {
    const spare = await formatted(1280 + 2048 + 200);
    const store = await openStore(spare);
    const list = entries(2048);
    await commitList(store, list);
    await assertFailsWith(commitList(store, entries(2049), list), 'ENOSPC', /two runs of 129 sectors/);
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

  it('reads each sector from the mirror in which it is intact, and mends the other', async () => {
    const { spare, list, store } = await spareWith(4000);
    const { startA, startB } = firstExtent(store);
    for (const index of [0, 7, 249]) spare.poke(startA + index, new Uint8Array(512).fill(9));
    for (const index of [1, 8]) spare.poke(startB + index, new Uint8Array(512));
    const again = await openStore(spare);
    assert.ok(isSameList(await loadAll(again), list));
    await again.repair();
    for (const index of [0, 7, 249]) {
      const [a, b] = [new Uint8Array(512), new Uint8Array(512)];
      spare.peek(startA + index, a);
      spare.peek(startB + index, b);
      assert.deepEqual(a, b);
    }
  });

  it("doesn't take another sector of the table, or one of the table before, for the one it looks for", async () => {
    const { spare, list, store } = await spareWith(4000);
    const { startA } = firstExtent(store);
    const sector = new Uint8Array(512);
    spare.peek(startA + 3, sector);
    spare.poke(startA + 5, sector);
    tableSectorHeader.encode({ generation: 77, index: 9 }, sector);
    sealTableSector(sector, 16, 1n);
    spare.poke(startA + 9, sector);
    await assertList(spare, list);
  });

  it('names the sector that is damaged in both mirrors, and keeps the first 2,048 readable', async () => {
    const { spare, store } = await spareWith(4000);
    const { startA, startB } = firstExtent(store);
    for (const start of [startA, startB]) spare.poke(start + 200, new Uint8Array(512));
    const again = await openStore(spare);
    const seen: number[] = [];
    const error = await assertFailsWith(
      again.load((position) => seen.push(position)),
      'ENODATA',
      new RegExp(`sector 200 .* both mirrors \\(spare sectors ${startA + 200} and ${startB + 200}\\)`),
    );
    assert.equal(error.details.index, 200);
    assert.deepEqual(
      seen.slice(0, 2048),
      Array.from({ length: 2048 }, (_, i) => i),
    );
    await assertFailsWith(commitList(again, entries(4001), entries(4000)), 'EINVAL', /must be loaded/);
  });

  it('ignores records behind the committed ones, and sectors of a table before it', async () => {
    const { spare, list, store } = await spareWith(2049);
    const { startA, startB } = firstExtent(store);
    const before = spare.fork();
    await commitList(store, [...list, entry(3, 60_000)], list);
    // The records of the newer commit under the copies of the older one.
    for (const start of [startA, startB]) {
      const sector = new Uint8Array(512);
      spare.peek(start + 128, sector);
      before.poke(start + 128, sector);
    }
    await assertList(before, list);
    const stale = await openStore(before, { growTableBySectors: 0 });
    await loadAll(stale);
    const next = [...list, entry(5, 70_000)];
    await commitList(stale, next, list);
    await assertList(before, next);
  });

  it('moves away from a sector that goes bad, and never comes back to it', async () => {
    const exact = { growTableBySectors: 0 };
    const { spare: memory, list } = await spareWith(2100, exact);
    const spare = new ScriptedDevice(memory);
    const store = await openStore(spare, exact);
    await loadAll(store);
    const bad = tailSector(store);
    failSector(spare, bad);
    let current: RemapEntry[] = list;
    const touchesBad = ({ sector, sectorCount }: DeviceCall) => sector <= bad && bad < sector + sectorCount;
    for (let move = 2; move <= 5; move++) {
      const next = [...current, entry(move, 50_000 + move)];
      await commitList(store, next, current);
      await store.settle();
      current = next;
      assert.equal(store.header.table.generation, move);
      await assertList(memory, current);
      if (move === 2) spare.calls.length = 0;
      else assert.deepEqual(spare.calls.filter(touchesBad), []);
      failSector(spare, tailSector(store));
    }
  });

  it('stays untouched while copies name it, though it moves twice in a row', async () => {
    const exact = { growTableBySectors: 0 };
    const { spare: memory, list } = await spareWith(2100, exact);
    const spare = new ScriptedDevice(memory);
    const store = await openStore(spare, exact);
    await loadAll(store);
    const { startA, startB, sectorCount } = firstExtent(store);
    const isInFirst = (call: DeviceCall) =>
      [startA, startB].some(
        (start) => call.sector < start + sectorCount && start < call.sector + call.sectorCount,
      );
    failSector(spare, tailSector(store));
    await commitList(store, [...list, entry(1, 50_000)], list);
    assert.equal(store.header.table.generation, 2);
    spare.calls.length = 0;
    failSector(spare, tailSector(store));
    spare.fail({ operations: ['flush'], after: 0, duration: 'once' });
    await assertFailsWith(commitList(store, [...list, entry(1, 50_001)], list), 'EIO', /flush/);
    assert.deepEqual(spare.calls.filter(isInFirst), []);
    for (const copy of [0, 1, 2]) memory.poke(copy * 256, new Uint8Array(512));
    await assertList(memory, list);
  });

  it('keeps the records of a commit in doubt', async () => {
    const { spare: memory, list } = await spareWith(2100);
    const spare = new ScriptedDevice(memory);
    const store = await openStore(spare);
    await loadAll(store);
    const doubtful = [...list, entry(1, 50_000)];
    spare.fail({ operations: ['flush'], after: 1, duration: 'once' });
    await assertFailsWith(commitList(store, doubtful, list), 'EIO', /flush/);
    assert.equal(store.inDoubt, true);
    spare.fail({ operations: ['flush'], after: 0, duration: 'once' });
    await assertFailsWith(commitList(store, [...list, entry(2, 50_001)], list), 'EIO', /flush/);
    await assertList(memory, doubtful);
  });

  it('gives up when it fails wherever it goes', async () => {
    const { spare: memory, list } = await spareWith(2100);
    const spare = new ScriptedDevice(memory);
    const store = await openStore(spare);
    await loadAll(store);
    for (let i = 0; i < 5; i++) {
      const failing = ({ sector }: { sector: number }) => (sector >= 1280 ? [[sector, 1] as const] : []);
      spare.fail({ operations: ['write'], after: i, duration: 'once', failing });
    }
    spare.fail({
      operations: ['write'],
      after: 0,
      duration: 'device',
      failing: ({ sector }) => (sector > 1280 ? [[sector, 1]] : []),
    });
    await assertFailsWith(
      commitList(store, [...list, entry(1, 50_000)], list),
      'EIO',
      /wherever the table was moved/,
    );
    assert.equal(store.inDoubt, false);
    await assertList(memory, list);
  });

  it('refuses a table that cannot be on the spare', async () => {
    const { spare } = await spareWith(2049);
    const short = new MemoryDevice(SPARE_SECTORS - 10);
    const copy = new Uint8Array(256 * 512);
    for (let index = 0; index < 5; index++) {
      spare.peek(index * 256, copy);
      short.poke(index * 256, copy);
    }
    await assertFailsWith(openStore(short), 'EINVAL', /cut short/);
  });
});

describe('a kernel that has written in between (R10)', () => {
  it('overrides what the table says of the same sectors', async () => {
    const { spare, list } = await spareWith(3000);
    const remade = { ...list[2500]!, spare: 40_000 };
    rewriteAsKernel(spare, (structure) => writeEntry(structure, 100, remade));
    const store = await openStore(spare);
    const found = await loadAll(store);
    const expected = list.slice();
    expected[100] = remade;
    expected[2500] = remade;
    expected.push(list[100]!);
    assert.ok(isSameList(found, expected));
    assert.equal(store.nextSpare, 40_001);
    await commitList(store, found, found);
    await assertList(spare, expected);
  });

  it('loses nothing when its list has another order', async () => {
    const { spare, list } = await spareWith(3000);
    rewriteAsKernel(spare, (structure) => {
      for (let position = 0; position < 2048; position++)
        writeEntry(structure, position, list[2047 - position]!);
    });
    const found = await loadAll(await openStore(spare));
    assert.equal(found.length, 3000);
    assert.ok(
      isSameList(
        [...found].sort((a, b) => a.original - b.original),
        list,
      ),
    );
  });

  it('is believed when it counts fewer', async () => {
    const { spare, list } = await spareWith(3000);
    rewriteAsKernel(spare, (structure) => v4Header.put(structure, 'active_remaps', 10));
    await assertList(spare, list.slice(0, 10));
  });
});

describe('a million entries (R10)', () => {
  it('are committed and loaded from a file', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'large-table-'));
    const file = path.join(folder, 'spare.img');
    const count = 1_000_000;
    const at = (position: number) => entry(position * 3, 1280 + position, { timeNs: 5n });
    try {
      await createImage(file, 2_000_000);
      const image = await openImage(file, { lock: false });
      await formatMetadata(image, { mainSectorCount: MAIN_SECTORS, clock: fixedClock() });
      const store = await openStore(image);
      const start = performance.now();
      await store.commit({
        changed: Array.from({ length: count }, (_, position) => ({ position, entry: at(position) })),
        entryCount: count,
        entryAt: at,
        nextSpare: 1280 + count,
      });
      const written = performance.now();
      const again = await openStore(image);
      let [loaded, sum] = [0, 0];
      await again.load((position, found) => {
        if (position === loaded) loaded++;
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
