import assert from 'node:assert/strict';
import { MemoryDevice } from '../../../src/engine/block/memory';
import { extrasLayout } from '../../../src/engine/metadata/codec/extras';
import { sealStructure, v4Header } from '../../../src/engine/metadata/codec/v4';
import { crc32le } from '../../../src/engine/metadata/crc';
import { formatMetadata } from '../../../src/engine/metadata/format';
import { inspectMetadata } from '../../../src/engine/metadata/inspect';
import { MetadataStore } from '../../../src/engine/metadata/metadataStore';
import { ScriptedDevice } from '../../support/scriptedDevice';
import { encodePlain } from './independentEncoder';
import {
  assertFailsWith,
  commitList,
  copyBytes,
  entries,
  entry,
  FIXTURE_TIME,
  fixedClock,
  fixtureJson,
  fixtureSpare,
  formatted,
  loadAll,
  MAIN_SECTORS,
  openStore,
  SPARE_SECTORS,
} from './support';

/** A spare as a kernel leaves it: no extras, a mark of 0, rubbish behind each structure. */
function kernelSpare(structure: Uint8Array, spareSectors = SPARE_SECTORS): MemoryDevice {
  const spare = new MemoryDevice(spareSectors);
  for (let copy = 0; copy < 5; copy++) {
    const block = new Uint8Array(256 * 512).fill(0xa5);
    block.set(structure.subarray(0, 84288));
    spare.poke(copy * 256, block);
  }
  return spare;
}

function kernelStructure(remaps: { original: number; spare: number }[], sequence = 2): Buffer {
  return encodePlain({
    sequence,
    timestamp: FIXTURE_TIME / 1000,
    mainSectors: MAIN_SECTORS,
    spareSectors: SPARE_SECTORS,
    remaps: remaps.map((remap) => ({ ...remap, timeNs: 1n, errorCount: 1, flags: 1 })),
  });
}

function sequencesOf(spare: MemoryDevice): number[] {
  return [0, 1, 2, 3, 4].map((copy) => Number(v4Header.get(copyBytes(spare, copy), 'sequence_number')));
}

describe('MetadataStore.open (R7, R8)', () => {
  const cases: [
    kind: string,
    spare: () => Promise<MemoryDevice>,
    code: 'ENODATA' | 'EINVAL',
    message: RegExp,
  ][] = [
    ['blank', async () => new MemoryDevice(4000), 'ENODATA', /is blank: format it/],
    ['blank', async () => new MemoryDevice(66), 'ENODATA', /is blank/],
    [
      'foreign',
      async () => {
        const spare = new MemoryDevice(4000);
        spare.poke(2, new Uint8Array(512).fill(7));
        return spare;
      },
      'EINVAL',
      /not remap metadata/,
    ],
    [
      'damaged',
      async () => {
        const spare = await formatted();
        for (let copy = 0; copy < 5; copy++) spare.poke(copy * 256 + 9, new Uint8Array(512).fill(1));
        return spare;
      },
      'ENODATA',
      /none of the five .* copy 4: the checksum is/,
    ],
  ];
  for (const [kind, make, code, message] of cases) {
    it(`refuses a ${kind} spare with ${code} and writes nothing`, async () => {
      const spare = new ScriptedDevice(await make());
      const error = await assertFailsWith(openStore(spare), code, message);
      assert.equal(error.details.kind, kind);
      assert.deepEqual(spare.trace(['write', 'flush', 'discard']), []);
    });
  }

  it('says EIO when no copy can be read', async () => {
    const spare = new ScriptedDevice(await formatted());
    spare.fail({ operations: ['read'], after: 0, duration: 'device' });
    const error = await assertFailsWith(openStore(spare), 'EIO', /sector 0 of the spare can't be read/);
    assert.ok(error.cause instanceof Error);
  });

  it("passes on that the device has gone, which isn't a damaged copy", async () => {
    const spare = await formatted();
    await spare.close();
    await assertFailsWith(openStore(spare), 'ENODEV', /closed/);
  });

  it('refuses the metadata of another main, saying both sizes', async () => {
    const spare = await formatted();
    await assertFailsWith(openStore(spare, { mainSectorCount: 4096 }), 'EINVAL', /204800 sectors.* has 4096/);
  });

  it('reads each copy once and writes nothing', async () => {
    const spare = new ScriptedDevice(await formatted());
    const store = await openStore(spare);
    await loadAll(store);
    await store.repair();
    await store.settle();
    assert.deepEqual(spare.trace(), [
      'read 0+165',
      'read 256+165',
      'read 512+165',
      'read 768+165',
      'read 1024+165',
    ]);
  });

  it('reads what the real module wrote', async function () {
    const spare = fixtureSpare(this, 'spare-3-remaps');
    const expected = fixtureJson('spare-3-remaps') as {
      remaps: { original_sector: number; spare_sector: number; error_count: number; flags: number }[];
    };
    const store = await openStore(spare);
    assert.deepEqual(
      (await loadAll(store)).map((found) => [found.original, found.spare, found.errorCount, found.flags]),
      expected.remaps.map((remap) => [
        remap.original_sector,
        remap.spare_sector,
        remap.error_count,
        remap.flags,
      ]),
    );
    assert.equal(store.nextSpare, 1303);
    const report = await inspectMetadata(spare, FIXTURE_TIME);
    assert.deepEqual([report.winner, report.sequence, report.remaps], [0, 2, 3]);
  });

  it('says which entries a kernel put where metadata are, and which point nowhere (R9)', async () => {
    const remaps = [
      { original: 1000, spare: 0 },
      { original: 1001, spare: 1279 },
      { original: 1002, spare: 1280 },
      { original: 1003, spare: SPARE_SECTORS },
      { original: 99_999_999_999, spare: 1300 },
    ];
    const store = await openStore(kernelSpare(kernelStructure(remaps)));
    assert.deepEqual([store.unsafeEntries, store.strayEntries, store.nextSpare], [2, 2, 1301]);
    const elsewhere = await openStore(kernelSpare(kernelStructure(remaps)), { memberIndex: 1 });
    assert.deepEqual([elsewhere.unsafeEntries, elsewhere.nextSpare], [0, 1280]);
  });

  for (const [what, mendChecksum, message] of [
    ['a newer version wrote', true, /newer version/],
    ['somebody changed in our part', false, /something else has changed/],
  ] as const) {
    it(`opens what ${what} only for reading`, async () => {
      const spare = await formatted();
      const structure = copyBytes(spare, 0, 165 * 512).slice();
      const data = structure.subarray(82240, 84288);
      extrasLayout.put(data, 'layout_version', 2);
      if (mendChecksum) extrasLayout.put(data, 'checksum', crc32le(data.subarray(0, 8), data.subarray(12)));
      sealStructure(structure);
      for (let copy = 0; copy < 5; copy++) spare.poke(copy * 256, structure);
      await assertFailsWith(openStore(spare), 'EINVAL', message);
      const store = await openStore(spare, { readOnly: true });
      await assertFailsWith(commitList(store, []), 'EROFS', /read-only/);
      await assertFailsWith(store.repair(), 'EROFS', /read-only/);
    });
  }

  it('never chooses a copy without sequence number and time stamp, as the kernel does', async () => {
    const structure = kernelStructure([], 0);
    v4Header.put(structure, 'timestamp', 0n);
    sealStructure(structure);
    await assertFailsWith(
      openStore(kernelSpare(structure)),
      'ENODATA',
      /copy 0: its sequence number and .* are 0/,
    );
  });
});

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
      return spare.trace();
    };
    assert.deepEqual(await traceOfCommit(1), ['flush', 'write 0+1', 'write 256+1', 'flush']);
    assert.deepEqual(await traceOfCommit(2), ['flush', 'write 512+1', 'write 768+1', 'flush']);
    assert.deepEqual(await traceOfCommit(3), ['flush', 'write 1024+1', 'write 0+1', 'flush']);
    spare.calls.length = 0;
    await store.settle();
    assert.deepEqual(spare.trace(), ['write 256+1', 'write 512+1', 'write 768+1', 'flush']);
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
    const again = await openStore(spare);
    const { health, badSpares, mainIdentity, pool } = again.header;
    assert.deepEqual(
      [health.health_score, health.total_errors_found, health.scan_interval_hours],
      [80, 5, 24],
    );
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
    assert.deepEqual([store.unsafeEntries, store.nextSpare], [3, 1280]);
    const after = before.map((found, i) => ({ ...found, spare: 1280 + i }));
    await commitList(store, after, before);
    assert.equal(store.unsafeEntries, 0);
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
    const changed = [{ position: 3, entry: entry(1, 1280) }];
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

  it("keeps somebody else's expansion data", async () => {
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
    assert.equal(store.header.isExpansionForeign, true);
    await assertFailsWith(commitList(store, entries(2049)), 'ENOSPC', /belong to somebody else/);
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

describe('MetadataStore.repair (R7)', () => {
  /** Copies at these sequence numbers; 0 is a damaged one. */
  async function spareWith(sequences: readonly number[]): Promise<MemoryDevice> {
    const spare = await formatted();
    for (const [copy, sequence] of sequences.entries()) {
      const structure = kernelStructure(sequence === 0 ? [] : entries(sequence), sequence);
      if (sequence === 0) structure[5000] = 1;
      spare.poke(copy * 256, Buffer.concat([structure, Buffer.alloc(192)]));
    }
    return spare;
  }

  const cases: [before: number[], waves: string[]][] = [
    [[3, 3, 3, 3, 3], []],
    [
      [3, 2, 2, 2, 2],
      ['256 512 768', '1024'],
    ],
    [[2, 2, 2, 3, 3], ['0 256 512']],
    [
      [0, 0, 3, 2, 2],
      ['0 256 768', '1024'],
    ],
    [[0, 0, 0, 0, 3], ['0 256 512 768']],
    [
      [3, 0, 0, 0, 2],
      ['256 512 768', '1024'],
    ],
  ];
  for (const [before, waves] of cases) {
    it(`brings ${before.join(' ')} up to date`, async () => {
      const memory = await spareWith(before);
      const spare = new ScriptedDevice(memory);
      const store = await openStore(spare);
      await loadAll(store);
      spare.calls.length = 0;
      await store.repair();
      const written = spare.trace(['write', 'flush']).join(',').split(',flush');
      const got = written.map((wave) => [
        ...new Set([...wave.matchAll(/write (\d+)/g)].map(([, at]) => Math.floor(Number(at) / 256) * 256)),
      ]);
      assert.deepEqual(
        got.map((wave) => wave.join(' ')).filter((wave) => wave !== ''),
        waves,
      );
      assert.deepEqual(sequencesOf(memory), [3, 3, 3, 3, 3]);
      await commitList(store, entries(4), entries(3));
      assert.equal(store.sequence, 4n);
    });
  }

  it('goes above a copy that does not count now but may later', async () => {
    const spare = await spareWith([3, 3, 3, 3, 3]);
    const structure = kernelStructure(entries(1), 500);
    v4Header.put(structure, 'timestamp', BigInt(FIXTURE_TIME / 1000 + 1_000_000));
    sealStructure(structure);
    spare.poke(1024, Buffer.concat([structure, Buffer.alloc(192)]));
    const store = await openStore(spare);
    assert.equal(store.copies()[4]!.reason, 'timestamp');
    await store.repair();
    assert.deepEqual(sequencesOf(spare), [501, 501, 501, 501, 501]);
    assert.equal((await loadAll(await openStore(spare))).length, 3);
  });

  it('goes above the sequence number of a torn copy, but not above noise', async () => {
    for (const [torn, next] of [
      [9, 10],
      [2 ** 40, 4],
    ] as const) {
      const spare = await spareWith([3, 3, 3, 3, 3]);
      const structure = kernelStructure(entries(1), torn);
      structure[5000]! ^= 1;
      spare.poke(1024, Buffer.concat([structure, Buffer.alloc(192)]));
      const store = await openStore(spare);
      await commitList(store, entries(4), entries(3));
      assert.equal(store.sequence, BigInt(next));
    }
  });

  it('rescues a copy with unreadable sectors, and reports one that stays broken', async () => {
    const spare = new ScriptedDevice(await spareWith([3, 3, 3, 3, 3]));
    spare.fail({
      after: 0,
      duration: 'sectors',
      failing: ({ sector }) => (sector === 256 ? [[300, 1]] : []),
    });
    const failures: number[] = [];
    const store = await MetadataStore.open(spare, {
      mainSectorCount: MAIN_SECTORS,
      clock: fixedClock(),
      onCopyFailure: ({ index }) => failures.push(index),
    });
    assert.deepEqual(store.copies()[1], {
      index: 1,
      sector: 256,
      valid: false,
      reason: 'unreadable',
      detail: "sector 300 of the spare can't be read",
      sequence: 3,
      timestamp: FIXTURE_TIME / 1000,
    });
    await store.repair();
    assert.deepEqual(failures, [1]);
    assert.equal(store.copies()[1]!.reason, 'unwritten');
    await commitList(store, entries(4), entries(3));
    assert.deepEqual(failures, [1], 'told once');
    spare.heal();
    await store.repair();
    assert.ok(store.copies().every(({ valid }) => valid));
  });
});
