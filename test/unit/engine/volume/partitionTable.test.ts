import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { PartitionTable } from '../../../../src/engine/volume/partitionContracts';
import { readPartitionTable } from '../../../../src/engine/volume/partitionTable';
import { TableImage } from '../../../support/volume/tableImage';
import type { BytesSource } from '../../../support/volume/volumeFixture';

const SECTORS = 20_000;
const TWO = [
  { first: 2048, last: 4095, name: 'boot' },
  { first: 4096, last: 9999 },
];
const EXPECTED_TWO = [
  [1, 2048, 2048],
  [2, 4096, 5904],
];

/** `[number, first, count]` of each partition. */
async function partitionsOf(disk: BytesSource): Promise<readonly (readonly number[])[] | null> {
  return (
    (await readPartitionTable(disk))?.partitions.map(({ index, first, count }) => [index, first, count]) ??
    null
  );
}

async function tableOf(disk: BytesSource): Promise<PartitionTable> {
  const table = await readPartitionTable(disk);
  assert.ok(table);
  return table;
}

/** A disk whose extended partition takes sectors 1000 to 9999, with a record at each of the places. */
function chain(records: readonly number[], last: number | null = null): TableImage {
  const image = new TableImage(SECTORS).mbr([
    { type: 0x83, start: 100, count: 800 },
    { type: 5, start: 1000, count: 9000 },
  ]);
  records.forEach((record, i) => {
    const next = records[i + 1] ?? last;
    image.mbr(
      [
        { type: 0x83, start: 10, count: 50 },
        next === null ? null : { type: 5, start: next - 1000, count: 60 },
      ],
      record,
    );
  });
  return image;
}

describe('A partition table', () => {
  it('is null where there is none: no signature, no entry, or entries that no table has', async () => {
    assert.equal(await partitionsOf(new TableImage(SECTORS).disk()), null);
    assert.equal(await partitionsOf(new TableImage(SECTORS).mbr([]).disk()), null);
    for (const entries of [
      [{ type: 7, start: SECTORS + 1, count: 10 }],
      [
        { type: 7, start: 10, count: 100 },
        { type: 7, start: 50, count: 100 },
      ],
      [{ type: 7, start: 0, count: 10 }],
    ])
      assert.equal(await partitionsOf(new TableImage(SECTORS).mbr(entries).disk()), null);
    const withStatus = new TableImage(SECTORS).mbr([{ type: 7, start: 10, count: 100 }]);
    withStatus.bytes[446] = 0x33;
    assert.equal(await partitionsOf(withStatus.disk()), null);
  });

  describe('of an MBR', () => {
    it('has the partitions by their entries, and those of an image that was cut off too', async () => {
      const image = new TableImage(SECTORS).mbr([
        null,
        { type: 0x83, start: 2048, count: 1000 },
        { type: 7, start: 4000, count: 9000 },
      ]);
      assert.deepEqual(await partitionsOf(image.disk()), [
        [2, 2048, 1000],
        [3, 4000, 9000],
      ]);
      assert.deepEqual(await partitionsOf(image.disk([], 5000)), [
        [2, 2048, 1000],
        [3, 4000, 9000],
      ]);
      assert.deepEqual((await tableOf(image.disk())).structures, [{ what: 'mbr', range: [0, 1] }]);
    });

    it('counts in 4096 bytes where a file system begins there, else in 512', async () => {
      const image = new TableImage(SECTORS, 4096)
        .mbr([{ type: 0x83, start: 256, count: 1000 }])
        .fileSystem(2048);
      assert.deepEqual(await partitionsOf(image.disk()), [[1, 2048, 8000]]);
      image.fileSystem(256);
      assert.deepEqual(await partitionsOf(image.disk()), [[1, 256, 1000]]);
    });

    it('has the logical partitions in the order of the chain, from number 5', async () => {
      const image = chain([1000, 5000, 3000]);
      assert.deepEqual(await partitionsOf(image.disk()), [
        [1, 100, 800],
        [5, 1010, 50],
        [6, 5010, 50],
        [7, 3010, 50],
      ]);
      const { structures, unknown } = await tableOf(image.disk());
      assert.deepEqual(
        structures.map(({ what, range }) => [what, range[0]]),
        [
          ['mbr', 0],
          ['ebr', 1000],
          ['ebr', 5000],
          ['ebr', 3000],
        ],
      );
      assert.deepEqual(unknown, []);
    });

    it('ends a chain that leads back, or out of the extended partition, and says what is unknown', async () => {
      for (const last of [1000, 5000, 500, 10_000]) {
        const table = await tableOf(chain([1000, 5000], last).disk());
        assert.deepEqual(
          table.partitions.map(({ index }) => index),
          [1, 5, 6],
        );
        assert.match(table.unknown[0]!.reason, /leads to a place that can't be right/);
        assert.match(table.notes[0]!, /logical partitions may be missing/);
      }
    });

    it('ends a chain of more records than any program makes', async () => {
      const records = Array.from({ length: 300 }, (_, i) => 1000 + i);
      assert.equal((await tableOf(chain(records).disk())).partitions.length, 1 + 256);
    });

    it('says that all from an unreadable record on is unknown', async () => {
      const table = await tableOf(chain([1000, 5000, 3000]).disk([5000]));
      assert.deepEqual(
        table.partitions.map(({ index }) => index),
        [1, 5],
      );
      assert.deepEqual(
        table.unknown.map(({ range }) => range),
        [[5000, 5000]],
      );
      assert.match(table.unknown[0]!.reason, /record of logical partitions at sector 5000 can't be read/);
    });

    it('is unknown as a whole when its sector is unreadable and there is no GPT', async () => {
      const table = await tableOf(chain([1000]).disk([0]));
      assert.deepEqual(table.partitions, []);
      assert.deepEqual(table.unknown, [
        { reason: "the sector of the partition table can't be read", range: [0, SECTORS] },
      ]);
    });
  });

  describe('of a GPT', () => {
    for (const unit of [512, 1024, 2048, 4096]) {
      it(`is read in units of ${unit} bytes`, async () => {
        const perUnit = unit / 512;
        const image = new TableImage(SECTORS * perUnit, unit).gpt(TWO);
        const expected = EXPECTED_TWO.map(([index, ...places]) => [
          index,
          ...places.map((place) => place! * perUnit),
        ]);
        assert.deepEqual(await partitionsOf(image.disk()), expected);
        const damaged = new TableImage(SECTORS * perUnit, unit).gpt(TWO);
        damaged.bytes.fill(0, unit, unit + 512);
        assert.deepEqual(await partitionsOf(damaged.disk()), expected);
      });
    }

    it('tells types, names and where it lies', async () => {
      const { partitions, structures, notes } = await tableOf(new TableImage(SECTORS).gpt(TWO).disk());
      assert.deepEqual(
        partitions.map(({ name, type }) => [name, type]),
        [
          ['boot', '0FC63DAF-8483-4772-8E79-3D69D8477DE4'],
          ['', '0FC63DAF-8483-4772-8E79-3D69D8477DE4'],
        ],
      );
      assert.deepEqual(structures, [
        { what: 'protective-mbr', range: [0, 1] },
        { what: 'gpt-header', range: [1, 1] },
        { what: 'gpt-entries', range: [2, 32] },
        { what: 'gpt-backup-header', range: [SECTORS - 1, 1] },
        { what: 'gpt-backup-entries', range: [SECTORS - 33, 32] },
      ]);
      assert.deepEqual(notes, []);
    });

    it('is read from its backup when header, entries or the protective MBR can’t be read, and says so', async () => {
      for (const unreadable of [[1], [2], [33], [0, 1], [0, 1, 2, 3]]) {
        const table = await tableOf(new TableImage(SECTORS).gpt(TWO).disk(unreadable));
        assert.deepEqual(
          table.partitions.map(({ first }) => first),
          [2048, 4096],
        );
        assert.match(table.notes[0]!, /read from its backup/);
        assert.deepEqual(table.structures.map(({ what }) => what).sort(), [
          'gpt-backup-entries',
          'gpt-backup-header',
          'gpt-entries',
          'gpt-header',
          'protective-mbr',
        ]);
        assert.deepEqual(table.structures.find(({ what }) => what === 'gpt-entries')!.range, [2, 32]);
      }
      assert.deepEqual(await partitionsOf(new TableImage(SECTORS).gpt(TWO).disk([0])), EXPECTED_TWO);
    });

    it('is read from its backup when bytes of the first copy are not those of its checksums', async () => {
      for (const at of [512 + 0x28, 2 * 512 + 0x20, 20 * 512]) {
        const image = new TableImage(SECTORS).gpt(TWO);
        image.bytes[at]! ^= 1;
        const table = await tableOf(image.disk());
        assert.deepEqual(
          table.partitions.map(({ first }) => first),
          [2048, 4096],
        );
        assert.match(table.notes[0]!, /read from its backup/);
      }
    });

    it('says when its backup is missing, or not at the end of the disk', async () => {
      const image = new TableImage(SECTORS).gpt(TWO);
      assert.match(
        (await tableOf(image.disk([SECTORS - 1]))).notes[0]!,
        /backup of the GPT is missing or damaged/,
      );
      assert.match(
        (await tableOf(image.disk([], 10_000))).notes[0]!,
        /backup of the GPT is missing or damaged/,
      );
      const larger = new TableImage(SECTORS + 1000);
      larger.bytes.set(image.bytes);
      assert.match((await tableOf(larger.disk())).notes[0]!, /the disk is larger than it was/);
      assert.deepEqual(await partitionsOf(larger.disk([2])), EXPECTED_TWO);
    });

    it('is unknown as a whole when no copy is intact, and never an empty disk', async () => {
      const table = await tableOf(new TableImage(SECTORS).gpt(TWO).disk([1, SECTORS - 1]));
      assert.deepEqual([table.scheme, table.partitions.length], ['gpt', 0]);
      assert.deepEqual(table.unknown, [
        { reason: "both copies of the GPT can't be read", range: [0, SECTORS] },
      ]);
    });

    it('counts beside an MBR that says that there is one, and not beside one that doesn’t', async () => {
      const entry = { type: 0x83, start: 12_000, count: 100 };
      const hybrid = new TableImage(SECTORS).gpt(TWO).mbr([entry, { type: 0xee, start: 1, count: 2047 }]);
      assert.deepEqual(await partitionsOf(hybrid.disk()), EXPECTED_TWO);
      const old = new TableImage(SECTORS).gpt(TWO).mbr([entry]);
      assert.deepEqual(await partitionsOf(old.disk()), [[1, 12_000, 100]]);
      const withoutMbr = new TableImage(SECTORS).gpt(TWO, { protective: false });
      assert.deepEqual(await partitionsOf(withoutMbr.disk()), EXPECTED_TWO);
    });

    it('of an old table only the backup is left: it doesn’t count', async () => {
      const image = new TableImage(SECTORS).gpt(TWO);
      image.bytes.fill(0, 0, 34 * 512);
      assert.equal(await partitionsOf(image.disk()), null);
    });
  });

  it('of any bytes is read without a hang, and with partitions that have a place', async () => {
    const bases = [new TableImage(SECTORS).gpt(TWO), chain([1000, 5000, 3000])].map(({ bytes }) => bytes);
    const change = fc.record({
      sector: fc.constantFrom(0, 1, 2, 1000, 5000, 3000, SECTORS - 1),
      at: fc.nat(511),
      value: fc.nat(255),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...bases),
        fc.array(change, { maxLength: 12 }),
        async (base, changes) => {
          const image = new TableImage(SECTORS);
          image.bytes.set(base);
          for (const { sector, at, value } of changes) image.bytes[sector * 512 + at] = value;
          const table = await readPartitionTable(image.disk());
          for (const { first, count } of table?.partitions ?? []) {
            assert.ok(Number.isSafeInteger(first + count) && first >= 0 && count > 0);
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});
