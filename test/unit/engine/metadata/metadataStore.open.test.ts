import assert from 'node:assert/strict';
import { extrasLayout } from '../../../../src/engine/metadata/codec/extras';
import { sealStructure, v4Header } from '../../../../src/engine/metadata/codec/v4';
import { crc32le } from '../../../../src/engine/metadata/crc';
import { inspectMetadata } from '../../../../src/engine/metadata/inspect';
import { MemoryDevice } from '../../../support/block/memoryDevice';
import { ScriptedDevice } from '../../../support/block/scriptedDevice';
import { fixtureJson } from '../../../support/fixtures';
import { kernelSpare, kernelStructure } from '../../../support/metadata/kernelSpare';
import {
  commitList,
  copyBytes,
  FIXTURE_TIME,
  fixtureSpare,
  formatted,
  loadAll,
  openStore,
  SPARE_SECTORS,
} from '../../../support/metadata/spares';
import { assertFailsWith } from '../../../support/remap/remapErrors';

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

  it('goes on with allocation above the entries that lie on this spare, outside the copies (R9)', async () => {
    const remaps = [
      { original: 1000, spare: 0 },
      { original: 1001, spare: 1279 },
      { original: 1002, spare: 1280 },
      { original: 1003, spare: SPARE_SECTORS },
      { original: 99_999_999_999, spare: 1300 },
    ];
    const store = await openStore(kernelSpare(kernelStructure(remaps)));
    assert.equal(store.nextSpare, 1301);
    const elsewhere = await openStore(kernelSpare(kernelStructure(remaps)), { memberIndex: 1 });
    assert.equal(elsewhere.nextSpare, 1280);
  });

  for (const [what, mendChecksum, message] of [
    ['a newer version wrote', true, /newer version/],
    ['another program changed in our part', false, /something else has changed/],
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
