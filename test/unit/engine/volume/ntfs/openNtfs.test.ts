import assert from 'node:assert/strict';
import { openNtfs } from '../../../../../src/engine/volume/ntfs/openNtfs';
import type { FileSystem } from '../../../../../src/engine/volume/volumeContracts';
import { contradictions, factsOf } from '../../../../support/volume/fileSystemFacts';
import { GOLDEN, goldenImage } from '../../../../support/volume/ntfs/goldenImage';
import {
  ATTRIBUTE_LIST,
  BITMAP,
  DATA,
  FILE_NAME,
  listValue,
  nameValue,
  nonResident,
  reference,
  resident,
} from '../../../../support/volume/ntfs/ntfsAttributes';
import { NtfsImage } from '../../../../support/volume/ntfs/ntfsImage';
import { BytesSource } from '../../../../support/volume/volumeFixture';

const ROOT = reference(5, 5);

async function opened(bytes: Uint8Array, unreadable: readonly number[] = []): Promise<FileSystem> {
  const fileSystem = await openNtfs(new BytesSource(bytes, new Set(unreadable)).reader());
  assert.ok(fileSystem);
  return fileSystem;
}

/** The sectors of a record of the golden image. */
function sectorsOf(image: NtfsImage, record: number): number[] {
  const first = image.placeOf(record) / 512;
  return [first, first + 1];
}

describe('openNtfs', () => {
  it('tells the size, the label and what is used', async () => {
    const fileSystem = await opened(goldenImage().build());
    assert.equal(fileSystem.label, 'Golden');
    assert.equal(fileSystem.unitSectors, 8);
    assert.equal(fileSystem.sectorCount, 256 * 8 + 4);
    assert.deepEqual(fileSystem.notes, []);
    const { total, used } = await fileSystem.space();
    assert.equal(total, 256 * 4096);
    assert.ok(used !== null && used > 16 * 4096);
  });

  it('takes no other volume for one', async () => {
    assert.equal(await openNtfs(new BytesSource(Buffer.alloc(65_536)).reader()), null);
    assert.equal(await openNtfs(new BytesSource(Buffer.alloc(65_536), new Set([0])).reader()), null);
  });

  it('uses the backup of an unreadable boot sector, and says so', async () => {
    const image = goldenImage();
    const whole = await factsOf(await opened(image.build()));
    const fileSystem = await opened(image.bytes, [0]);
    assert.match(fileSystem.notes.join(), /backup/);
    assert.deepEqual(contradictions(whole, await factsOf(fileSystem)), []);
    assert.equal((await factsOf(fileSystem)).records.size, whole.records.size);
  });

  it("uses the backup of a boot sector that can't be, or that leads to no $MFT", async () => {
    for (const at of [0x0b, 0x0d, 0x30, 0x40]) {
      const bytes = goldenImage().build();
      bytes[at]! ^= 0x0b;
      const fileSystem = await opened(bytes);
      assert.match(fileSystem.notes.join(), /backup/, `byte ${at}`);
      assert.ok(await fileSystem.find('/plain.bin'));
    }
  });

  it('does not believe a backup alone that leads to no $MFT', async () => {
    const image = goldenImage();
    image.build();
    image.bytes.fill(0, 4096, 200 * 4096);
    assert.equal(await openNtfs(new BytesSource(image.bytes, new Set([0])).reader()), null);
  });

  it('uses $MFTMirr for the first records, and says so', async () => {
    const image = goldenImage();
    const whole = await factsOf(await opened(image.build()));
    for (const record of [0, 1, 3]) {
      const fileSystem = await opened(image.bytes, sectorsOf(image, record));
      assert.match(fileSystem.notes.join(), /MFTMirr/);
      const facts = await factsOf(fileSystem);
      assert.deepEqual([facts.doubts, facts.records.size], [[], whole.records.size]);
      assert.deepEqual(contradictions(whole, facts), []);
    }
  });

  it('knows nothing but the boot sectors when neither $MFT nor its mirror can be read', async () => {
    const image = goldenImage();
    image.build();
    const fileSystem = await opened(image.bytes, [...sectorsOf(image, 0), 16, 17]);
    const facts = await factsOf(fileSystem);
    assert.equal(facts.records.size, 0);
    assert.ok(facts.doubts.length > 0);
    assert.deepEqual(
      facts.structures.map(({ what }) => what),
      ['$Boot', 'beyond-last-cluster', 'backup-boot-sector'],
    );
    assert.equal((await fileSystem.structureAt(0))?.what, '$Boot');
    await assert.rejects(fileSystem.structureAt(640), /MFT record 0/);
    assert.equal(typeof (await fileSystem.allocationAt(640)), 'object');
    assert.deepEqual(
      facts.usage.map(({ usage }) => usage),
      ['unknown', 'used'],
    );
    await assert.rejects(fileSystem.find('/plain.bin'), /can't be read/);
  });

  it('says that the journal is not replayed on a dirty volume', async () => {
    const information = Buffer.alloc(12);
    information[10] = 1;
    const image = goldenImage().put(3, {
      attributes: [resident(FILE_NAME, nameValue(ROOT, '$Volume')), resident(0x70, information)],
    });
    assert.match((await opened(image.build())).notes.join(), /not replayed/);
    const nothing = goldenImage().put(3, { attributes: [] });
    assert.match((await opened(nothing.build())).notes.join(), /not known/);
  });

  it('says that a file system is larger than its partition, and reads what is there', async () => {
    const fileSystem = await opened(
      goldenImage()
        .build()
        .subarray(0, 200 * 4096),
    );
    assert.match(fileSystem.notes.join(), /larger/);
    assert.equal(fileSystem.sectorCount, 1600);
    const { usage } = await factsOf(fileSystem);
    assert.equal(
      usage.reduce((sum, { range }) => sum + range[1], 0),
      1600,
    );
  });

  it('goes no further than the disk, however large the file system says that it is', async () => {
    const bytes = goldenImage().build();
    bytes.writeBigUInt64LE(2n ** 43n, 0x28);
    const fileSystem = await opened(bytes);
    assert.equal((await fileSystem.space()).used, null);
    assert.deepEqual((await factsOf(fileSystem)).usage, [
      { usage: 'unknown', range: [0, bytes.length / 512] },
    ]);
  });

  it('reads volumes with 4 KiB sectors, 4 KiB records, small and large clusters', async () => {
    for (const [clusterBytes, recordBytes, ownBytes, clusterCount] of [
      [4096, 4096, 4096, 200],
      [512, 1024, 512, 2000],
      [1024, 4096, 512, 2000],
      [65_536, 1024, 4096, 40],
      [524_288, 1024, 2048, 12],
    ] as const) {
      const run = [20, Math.max(1, (64 * recordBytes) / clusterBytes)] as const;
      const first = clusterCount > 50 ? run : ([6, 1] as const);
      const image = new NtfsImage({ clusterBytes, recordBytes, ownBytes, clusterCount, mftRuns: [first] });
      const at = clusterCount - 3;
      image.use([[at, 1]]);
      image.file(16, 'a', nonResident(DATA, [[at, 1]], { clusterBytes, size: 300 }));
      const fileSystem = await opened(image.build());
      const { doubts, records } = await factsOf(fileSystem);
      assert.deepEqual(doubts, []);
      const sectors = clusterBytes / 512;
      assert.deepEqual(records.get(16)?.parts, [
        { role: 'data', sector: at * sectors, sectorCount: sectors, fileSector: 0 },
      ]);
      assert.equal(await fileSystem.allocationAt(at * sectors), 'used');
      assert.equal(await fileSystem.allocationAt((at + 1) * sectors), 'free');
      assert.equal((await fileSystem.structureAt(fileSystem.sectorCount - 1))?.what, 'backup-boot-sector');
      const record = await fileSystem.structureAt(image.placeOf(17) / 512);
      assert.deepEqual(record, {
        what: '$MFT',
        group: 17,
        fileId: 17,
        range: record?.range,
      });
    }
  });
});

describe('openNtfs with a table in pieces', () => {
  /** The runs of $MFT lie in its own extension records: the list, first, is outside of the table. */
  function pieces(listInTable: boolean): NtfsImage {
    const mftRuns = [
      [8, 4],
      [40, 4],
      [30, 4],
      [50, 4],
    ] as const;
    const image = goldenImage({ mftRuns });
    const base = reference(0);
    const list = listValue([
      { type: DATA, record: base },
      { type: DATA, record: reference(40), firstVcn: 12 },
      { type: DATA, record: reference(15), firstVcn: 4 },
      { type: BITMAP, record: base },
    ]);
    const segment = (runs: readonly (readonly [number, number])[], firstVcn: number): Buffer =>
      nonResident(DATA, runs, { firstVcn, clusterBytes: 4096, allocated: 16 * 4096 });
    image.use([[200, 1]]);
    image.bytes.set(list, 200 * 4096);
    image.put(0, {
      attributes: [
        listInTable
          ? resident(ATTRIBUTE_LIST, list)
          : nonResident(ATTRIBUTE_LIST, [[200, 1]], { clusterBytes: 4096, size: list.length }),
        resident(FILE_NAME, nameValue(ROOT, '$MFT')),
        segment([mftRuns[0]], 0),
        resident(BITMAP, Buffer.alloc(8, 255)),
      ],
    });
    image.put(15, { base, attributes: [segment([mftRuns[1], mftRuns[2]], 4)] });
    image.put(40, { base, attributes: [segment([mftRuns[3]], 12)] });
    image.file(60, 'last', nonResident(DATA, [[210, 1]], { clusterBytes: 4096, size: 99 }));
    image.use([[210, 1]]);
    return image;
  }

  for (const listInTable of [true, false]) {
    it(`finds all records, the list being ${listInTable ? 'resident' : 'elsewhere'}`, async () => {
      const image = pieces(listInTable);
      const fileSystem = await opened(image.build());
      const facts = await factsOf(fileSystem);
      assert.deepEqual(facts.doubts, []);
      assert.deepEqual(facts.paths.get(60), ['/last']);
      assert.equal((await fileSystem.structureAt(50 * 8 + 3))?.group, 49);
      assert.deepEqual(facts.structures.filter(({ what }) => what === '$MFT').length, 4);
    });
  }

  it('knows the records that it can find when others can not be', async () => {
    const image = pieces(false);
    const whole = await factsOf(await opened(image.build()));
    for (const unreadable of [sectorsOf(image, 15), sectorsOf(image, 40), [200 * 8]]) {
      const fileSystem = await opened(image.bytes, unreadable);
      const facts = await factsOf(fileSystem);
      assert.deepEqual(contradictions(whole, facts), []);
      assert.ok(facts.doubts.length > 0 && facts.records.size >= 7, `${facts.records.size}`);
      await assert.rejects(fileSystem.structureAt(50 * 8 + 3), /MFT|list/);
      assert.equal((await fileSystem.structureAt(8 * 8))?.group, 0);
    }
  });

  it('reads records that lie in two runs', async () => {
    const mftRuns = [
      [11, 3],
      [40, 61],
      [120, 64],
    ] as const;
    const image = new NtfsImage({ clusterBytes: 512, clusterCount: 2000, mftRuns });
    image.file(1, 'split', resident(DATA, Buffer.from('x')));
    const bytes = image.build();
    // Its second half lies in the second run.
    bytes.copy(bytes, 40 * 512, 14 * 512, 15 * 512);
    const fileSystem = await opened(bytes);
    const { records, paths } = await factsOf(fileSystem);
    assert.deepEqual(paths.get(1), ['/split']);
    assert.equal(records.get(1)?.inline?.length, 1);
    assert.deepEqual(await fileSystem.structureAt(40), { what: '$MFT', range: [40, 1], group: 1, fileId: 1 });
    assert.deepEqual(await fileSystem.structureAt(13), { what: '$MFT', range: [13, 1], group: 1, fileId: 1 });
  });
});

describe('openNtfs on the golden image', () => {
  it('has every file with its parts', async () => {
    const { records, doubts } = await factsOf(await opened(goldenImage().build()));
    assert.deepEqual(doubts, []);
    const parts = (record: number): unknown[] =>
      records.get(record)!.parts.map((it) => [it.role, it.fileSector / 8, it.sector / 8, it.sectorCount / 8]);
    assert.equal(Buffer.from(records.get(GOLDEN.resident)!.inline!).toString(), 'Held by its record');
    assert.deepEqual(parts(GOLDEN.plain), [
      ['data', 0, 60, 2],
      ['data', 2, 80, 1],
      ['data', 3, 58, 1],
    ]);
    assert.deepEqual(parts(GOLDEN.listed), [
      ['data', 0, 160, 1],
      ['data', 1, 162, 1],
      ['data', 2, 164, 3],
    ]);
    assert.deepEqual(parts(GOLDEN.packed), [
      ['packed', 0, 100, 4],
      ['data', 16, 104, 16],
      ['packed', 32, 120, 2],
      ['packed', 34, 130, 3],
    ]);
    assert.deepEqual(parts(GOLDEN.unwritten), [
      ['data', 0, 140, 10 / 8],
      ['unwritten', 10 / 8, 140 + 10 / 8, 3 - 10 / 8],
      ['unwritten', 1_000_003, 143, 1],
    ]);
    assert.deepEqual(parts(GOLDEN.farListed), [
      ['meta', 0, 170, 1],
      ['data', 0, 171, 2],
    ]);
    assert.deepEqual(records.get(GOLDEN.streams)!.parts[0]!.stream, { name: 'large', size: 5000 });
    assert.equal(records.get(GOLDEN.packed)!.encoding, 'compressed');
    assert.equal(records.get(GOLDEN.overlay)!.encoding, 'compressed');
    assert.equal(records.get(GOLDEN.plain)!.encoding, undefined);
    assert.equal(records.get(GOLDEN.encrypted)!.encoding, 'encrypted');
  });

  it('says the same or less with any one sector unreadable', async () => {
    const image = goldenImage();
    const bytes = image.build();
    const whole = await factsOf(await opened(bytes));
    for (let sector = 0; sector < bytes.length / 512; sector++) {
      const isRead = sector < 32 * 8 || (sector >= 90 * 8 && sector < 92 * 8) || sector >= 170 * 8;
      if (!isRead) continue;
      const facts = await factsOf(await opened(bytes, [sector]));
      assert.deepEqual(contradictions(whole, facts), [], `sector ${sector}`);
    }
  });
});
