import assert from 'node:assert/strict';
import { sealStructure, v4Header } from '../../../../src/engine/metadata/codec/v4';
import { formatMetadata } from '../../../../src/engine/metadata/formatMetadata';
import { MemoryDevice } from '../../../support/block/memoryDevice';
import { ScriptedDevice } from '../../../support/block/scriptedDevice';
import { encodePlain } from '../../../support/metadata/independentEncoder';
import { kernelSpare, kernelStructure } from '../../../support/metadata/kernelSpare';
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
  sequencesOf,
} from '../../../support/metadata/spares';
import { assertFailsWith } from '../../../support/remap/remapErrors';

describe('MetadataStore.commit (R2, R4, R6)', () => {
  it('gives the bytes of an encoder written from the table, in all five copies once settled', async () => {
    const structure = kernelStructure([]);
    structure[82240] = 0x66;
    sealStructure(structure);
    const spare = kernelSpare(structure);
    const store = await openStore(spare);
    const list = entries(5);
    await commitList(store, list);
    await store.settle();
    const expected = encodePlain({
      sequence: 3,
      timestamp: FIXTURE_TIME / 1000,
      mainSectors: MAIN_SECTORS,
      spareSectors: SPARE_SECTORS,
      nextSpare: 1285,
      remaps: list.map(({ original, spare: to, timeNs, errorCount, flags }) => ({
        original,
        spare: to,
        timeNs,
        errorCount,
        flags,
      })),
    });
    expected[82240] = 0x66;
    sealStructure(expected);
    for (let copy = 0; copy < 5; copy++) {
      assert.deepEqual(Buffer.from(copyBytes(spare, copy)), expected);
      assert.ok(
        copyBytes(spare, copy, 165 * 512)
          .subarray(84288)
          .every((byte) => byte === 0),
      );
    }
  });

  it('costs two flushes and two copies, of which only the changed sectors are written', async () => {
    const spare = new ScriptedDevice(await formatted());
    const store = await openStore(spare);
    const list = entries(1000);
    const traceOfCommit = async (count: number) => {
      spare.calls.length = 0;
      await commitList(store, list.slice(0, count), list.slice(0, count - 1));
      return spare.trace(['write', 'flush']);
    };
    assert.deepEqual(await traceOfCommit(1), ['flush', 'write 0+1', 'write 256+1', 'flush']);
    assert.deepEqual(await traceOfCommit(2), ['flush', 'write 512+1', 'write 768+1', 'flush']);
    assert.deepEqual(await traceOfCommit(3), ['flush', 'write 1024+1', 'write 0+1', 'flush']);
    spare.calls.length = 0;
    await store.settle();
    assert.deepEqual(spare.trace(['write', 'flush']), ['write 256+1', 'write 512+1', 'write 768+1', 'flush']);
    await commitList(store, list.slice(0, 999), list.slice(0, 3));
    await store.settle();
    assert.deepEqual(await traceOfCommit(1000), [
      'flush',
      'write 0+1',
      'write 78+1',
      'write 256+1',
      'write 334+1',
      'flush',
    ]);
  });

  it('holds the new state in two copies and older ones in the others', async () => {
    const spare = await formatted();
    const store = await openStore(spare);
    const list = entries(4);
    for (let count = 1; count <= 4; count++) {
      await commitList(store, list.slice(0, count), list.slice(0, count - 1));
      const oldest = Math.max(2, count);
      assert.deepEqual(sequencesOf(spare).sort(), [oldest, count + 1, count + 1, count + 2, count + 2]);
    }
    await store.settle();
    assert.deepEqual(sequencesOf(spare), [6, 6, 6, 6, 6]);
  });

  it('keeps what the caller says besides entries', async () => {
    const spare = await formatted();
    const batch = { changed: [], entryCount: 0, entryAt: () => assert.fail(), nextSpare: 1500 };
    const store = await openStore(spare);
    await store.commit({
      ...batch,
      badSpares: [1400, 1600],
      mainIdentity: Buffer.from('identity'),
      health: { health_score: 80, total_errors_found: 5 },
    });
    await store.commit({ ...batch, pool: Buffer.from('pool') });
    await store.settle();
    const again = await openStore(spare);
    const header = v4Header.decode(copyBytes(spare, 0));
    assert.deepEqual(
      [
        header['health.health_score'],
        header['health.total_errors_found'],
        header['health.scan_interval_hours'],
      ],
      [80, 5, 24],
    );
    const { badSpares, mainIdentity, pool } = again.extras;
    assert.deepEqual([again.nextSpare, [...badSpares].sort()], [1500, [1400, 1600]]);
    assert.deepEqual(
      [Buffer.from(mainIdentity).toString(), Buffer.from(pool).toString()],
      ['identity', 'pool'],
    );
  });

  it('keeps a mark beyond 32 bits', async () => {
    const spare = new MemoryDevice(2 ** 34);
    await formatMetadata(spare, { mainSectorCount: MAIN_SECTORS, clock: fixedClock() });
    const store = await openStore(spare);
    for (const nextSpare of [2 ** 32 - 2, 2 ** 32 - 1, 2 ** 32, 2 ** 33]) {
      await store.commit({ changed: [], entryCount: 0, entryAt: () => assert.fail(), nextSpare });
      assert.equal((await openStore(spare)).nextSpare, nextSpare);
    }
    assert.equal(v4Header.get(copyBytes(spare, 0), 'next_spare_sector'), 2 ** 32 - 1);
  });

  it('takes entries back when the count shrinks', async () => {
    const spare = await formatted();
    const store = await openStore(spare);
    const list = entries(5);
    await commitList(store, list);
    await commitList(store, list.slice(0, 2), list);
    assert.deepEqual(await loadAll(await openStore(spare)), list.slice(0, 2));
  });

  it('moves entries out of the metadata area (R9)', async () => {
    const unsafe = [0, 1, 2].map((i) => ({ original: 1000 + i, spare: i }));
    const spare = kernelSpare(kernelStructure(unsafe));
    const store = await openStore(spare);
    const before = await loadAll(store);
    assert.equal(store.nextSpare, 1280);
    const after = before.map((found, i) => ({ ...found, spare: 1280 + i }));
    await commitList(store, after, before);
    const again = await openStore(spare);
    assert.deepEqual([await loadAll(again), again.nextSpare], [after, 1283]);
  });

  it('keeps which spare of a pool an entry is on', async () => {
    const spare = await formatted();
    const store = await openStore(spare);
    const list = [entry(1, 1280, { member: 2 }), entry(2, 1280, { member: 255 }), entry(3, 1280)];
    await commitList(store, list);
    assert.deepEqual(await loadAll(await openStore(spare)), list);
  });

  it('refuses a batch that makes no sense, before it writes anything', async () => {
    const spare = new ScriptedDevice(await formatted());
    const store = await openStore(spare);
    const batch = { changed: [], entryCount: 0, entryAt: () => entry(1, 1280), nextSpare: 1281 };
    spare.calls.length = 0;
    await assertFailsWith(store.commit({ ...batch, entryCount: 1 }), 'EINVAL', /entry 0 is new/);
    const changed = [{ slot: 3, entry: entry(1, 1280) }];
    await assertFailsWith(store.commit({ ...batch, changed }), 'EINVAL', /entry 3 is changed, but/);
    await assertFailsWith(
      store.commit({ ...batch, mainIdentity: new Uint8Array(513) }),
      'EINVAL',
      /513 bytes/,
    );
    await assertFailsWith(store.commit({ ...batch, pool: new Uint8Array(257) }), 'EINVAL', /257 bytes/);
    assert.deepEqual(spare.trace(), []);
  });

  it('refuses to run twice at a time', async () => {
    const store = await openStore(await formatted());
    const first = commitList(store, entries(1));
    await assertFailsWith(commitList(store, entries(1)), 'EBUSY', /under way/);
    await first;
  });

  it("keeps another program's expansion data", async () => {
    const structure = kernelStructure([]);
    structure.fill(0x5c, 82232, 84288);
    sealStructure(structure);
    const spare = kernelSpare(structure);
    const store = await openStore(spare);
    await commitList(store, entries(7));
    assert.ok(
      copyBytes(spare, 0)
        .subarray(82232)
        .every((byte) => byte === 0x5c),
    );
    await assertFailsWith(commitList(store, entries(2049)), 'ENOSPC', /belong to another program/);
    assert.equal((await loadAll(await openStore(spare))).length, 7);
  });

  it('refuses to wrap the sequence number around', async () => {
    const structure = kernelStructure([]);
    v4Header.put(structure, 'sequence_number', 2n ** 64n - 1n);
    sealStructure(structure);
    const store = await openStore(kernelSpare(structure));
    await assertFailsWith(commitList(store, entries(1)), 'EINVAL', /sequence number/);
  });
});
