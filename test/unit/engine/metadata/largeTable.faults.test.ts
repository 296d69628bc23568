import assert from 'node:assert/strict';
import { sealTableSector, tableSectorHeader } from '../../../../src/engine/metadata/codec/tableSector';
import type { RemapEntry } from '../../../../src/engine/metadata/entry';
import type { MetadataStore } from '../../../../src/engine/metadata/metadataStore';
import { MemoryDevice } from '../../../support/block/memoryDevice';
import { type DeviceCall, ScriptedDevice } from '../../../support/block/scriptedDevice';
import { isSameList } from '../../../support/metadata/crashRig';
import { assertList, firstExtent, spareWith } from '../../../support/metadata/largeTableRig';
import {
  commitList,
  entries,
  entry,
  loadAll,
  openStore,
  SPARE_SECTORS,
} from '../../../support/metadata/spares';
import { assertFailsWith } from '../../../support/remap/remapErrors';

/** The sector in the first mirror to which the next record goes. */
function tailSector(store: MetadataStore): number {
  return firstExtent(store).startA + Math.floor(store.extras.table.recordCount / 16);
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

describe('large table amid damage and failures (R10)', () => {
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

  it('is verified in both mirrors on request, mended, and moved where a sector is damaged in both', async () => {
    const { spare, list, store } = await spareWith(4000);
    const { startA, startB } = firstExtent(store);
    const intact = [new Uint8Array(512), new Uint8Array(512)];
    spare.peek(startA + 3, intact[0]!);
    spare.peek(startB + 4, intact[1]!);
    spare.poke(startA + 3, new Uint8Array(512));
    spare.poke(startB + 4, new Uint8Array(512));
    assert.equal(await store.verify(), true);
    await store.repair();
    const [a, b] = [new Uint8Array(512), new Uint8Array(512)];
    spare.peek(startA + 3, a);
    spare.peek(startB + 4, b);
    assert.deepEqual([a, b], intact);

    for (const start of [startA, startB]) spare.poke(start + 5, new Uint8Array(512));
    assert.equal(await store.verify(), false);
    await commitList(store, list, list);
    assert.equal(store.extras.table.generation, 2);
    await assertList(spare, list);
  });

  it('moves with the next commit when a damaged sector can not be mended', async () => {
    const { spare: memory, list, store } = await spareWith(4000);
    const { startA } = firstExtent(store);
    memory.poke(startA + 7, new Uint8Array(512));
    const spare = new ScriptedDevice(memory);
    failSector(spare, startA + 7);
    const again = await openStore(spare);
    await loadAll(again);
    await again.repair();
    assert.equal(again.extras.table.generation, 1);
    const more = [...list, entry(3, 60_000)];
    await commitList(again, more, list);
    assert.equal(again.extras.table.generation, 2);
    await assertList(memory, more);
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
      again.load((slot) => seen.push(slot)),
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

  it('ignores records after the committed ones, and sectors of an older table', async () => {
    const { spare, list, store } = await spareWith(2049);
    const { startA, startB } = firstExtent(store);
    const before = spare.fork();
    await commitList(store, [...list, entry(3, 60_000)], list);
    // Puts the newer commit's records on the spare that has the older commit's copies.
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
      assert.equal(store.extras.table.generation, move);
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
    assert.equal(store.extras.table.generation, 2);
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
