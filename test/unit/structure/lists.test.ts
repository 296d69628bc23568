import assert from 'node:assert/strict';
import fc from 'fast-check';
import { freshStructure, sealStructure, v4Header, writeEntry } from '../../../src/engine/metadata/codec/v4';
import { BUILT_IN } from '../../../src/structure/catalog';
import type { DecodedStructure } from '../../../src/structure/decode';
import { recordsAt } from '../../../src/structure/lists';
import { recordedSpare } from '../../support/fixtures';
import { structureDisk } from '../../support/structureDisk';

function recordsOn(bytes: Uint8Array, sector: number, bad: number[] = []) {
  return recordsAt(sector, structureDisk(bytes, 0, bad), BUILT_IN);
}

/** The groups of what was found: their names and what sums them up. */
function summaries(found: readonly DecodedStructure[]): [string, string][] {
  return found.flatMap(({ fields }) =>
    fields.flatMap(({ level, name, value }): [string, string][] => (level === 1 ? [[name, value]] : [])),
  );
}

function fieldOf(found: readonly DecodedStructure[], group: string, name: string) {
  const fields = found.flatMap((each) => each.fields);
  const at = fields.findIndex((field) => field.name === group);
  return fields.slice(at).find((field) => field.name === name);
}

/** A spare with five copies of these entries, `[original, spare]`. */
function spare(...entries: [number, number][]): Buffer {
  const copy = freshStructure({ mainSectorCount: 4000, spareSectorCount: 2000, sequence: 2n, timestamp: 9n });
  for (const [slot, [original, place]] of entries.entries()) {
    const rest = { timeNs: 1_700_000_000_000_000_000n, accessCount: 0, errorCount: 1, reason: 2, flags: 2 };
    writeEntry(copy, slot, { original, spare: place, ...rest });
  }
  v4Header.put(copy, 'active_remaps', entries.length);
  sealStructure(copy);
  const bytes = Buffer.alloc(2000 * 512);
  for (let at = 0; at < 5; at++) bytes.set(copy, at * 256 * 512);
  return bytes;
}

/** A log of dm-log-writes: each entry's sector, length, flags and the text of its mark. */
function log(unit: number, ...entries: [sector: number, sectors: number, flags: number, mark?: string][]) {
  const bytes = Buffer.alloc(200 * unit);
  bytes.writeBigUInt64LE(0x6a736677736872n);
  bytes.writeBigUInt64LE(1n, 8);
  bytes.writeBigUInt64LE(BigInt(entries.length), 16);
  bytes.writeUInt32LE(unit, 24);
  let at = unit;
  for (const [sector, sectors, flags, mark = ''] of entries) {
    for (const [i, value] of [sector, sectors, flags, mark.length].entries())
      bytes.writeBigUInt64LE(BigInt(value), at + 8 * i);
    bytes.write(mark, at + 32);
    at += unit * (1 + (flags & 4 ? 0 : sectors));
  }
  return bytes;
}

describe('lists of records', () => {
  it('dm-remap: entries are found at every copy, with links to both sectors', async () => {
    const bytes = spare([1000, 1300], [1008, 1301]);
    for (let copy = 0; copy < 5; copy++) {
      const found = await recordsOn(bytes, copy * 256);
      assert.deepEqual(summaries(found).slice(0, 3), [
        ['Remap entry 0', '1000 (0x3E8) → 1300 (0x514)'],
        ['Remap entry 1', '1008 (0x3F0) → 1301 (0x515)'],
        ['Remap entry 2', 'not in use'],
      ]);
      const original = fieldOf(found, 'Remap entry 1', 'Original sector');
      assert.deepEqual(original?.link, { of: 'device', byteOffset: 1008 * 512, member: 0 });
      assert.equal(original?.byteOffset, copy * 131_072 + 312 + 40);
      const place = fieldOf(found, 'Remap entry 1', 'Spare sector');
      assert.deepEqual(place?.link, { of: 'spare', byteOffset: 1301 * 512, member: 0 });
      assert.equal(fieldOf(found, 'Remap entry 0', 'Remap timestamp')?.value, '2023-11-14T22:13:20Z');
      assert.equal(fieldOf(found, 'Remap entry 0', 'Flags')?.value, '2: active');
    }
  });

  it('dm-remap: a sector of entries has those that it holds a part of; the expansion comes last', async () => {
    const bytes = spare([1000, 1300]);
    const [middle] = await recordsOn(bytes, 300);
    assert.equal(middle?.name, 'dm-remap entries 555 to 568');
    const [last, expansion] = await recordsOn(bytes, 160);
    assert.equal(last?.name, 'dm-remap entries 2040 to 2047');
    assert.equal(expansion?.name, 'dm-remap expansion 0');
    assert.deepEqual(await recordsOn(bytes, 165), []);
    assert.deepEqual(await recordsOn(bytes, 1300), []);
    bytes.fill(0, 256 * 512, 256 * 512 + 4);
    assert.deepEqual(await recordsOn(bytes, 300), [], 'the copy isn’t one');
  });

  it('dm-remap: reads the entries that the real module’s own writer made', async function () {
    const found = await recordsOn(recordedSpare(this, 'spare-3-remaps'), 0);
    assert.deepEqual(
      summaries(found)
        .slice(0, 4)
        .map(([, value]) => value),
      [
        '1000 (0x3E8) → 1300 (0x514)',
        '1008 (0x3F0) → 1301 (0x515)',
        '1016 (0x3F8) → 1302 (0x516)',
        'not in use',
      ],
    );
  });

  it('GPT: entries have types and names, and links to their first and last sector', async function () {
    const bytes = recordedSpare(this, 'filesystems/gpt3');
    const found = await recordsOn(bytes, 2);
    assert.deepEqual(
      found.map(({ name, byteOffset }) => [name, byteOffset]),
      [['GPT entries 1 to 4', 1024]],
    );
    const type = fieldOf(found, 'Partition 1', 'Type');
    assert.equal(type?.value, 'Microsoft basic data (ebd0a0a2-b9e5-4433-87c0-68b6b72699c7)');
    const first = fieldOf(found, 'Partition 1', 'First sector');
    assert.deepEqual(first?.link, { of: 'here', byteOffset: 2048 * 512, member: 0 });
    const last = fieldOf(found, 'Partition 1', 'Last sector');
    assert.deepEqual([last?.value, last?.link?.byteOffset], ['51199 (0xC7FF)', 51_199 * 512]);
    assert.equal(summaries(await recordsOn(bytes, 33))[0]?.[1], 'not in use');
    assert.deepEqual(await recordsOn(bytes, 34), []);
    const backup = await recordsOn(bytes, bytes.length / 512 - 33);
    assert.equal(fieldOf(backup, 'Partition 1', 'Type')?.value, type?.value, 'the backup’s entries');
  });

  it('GPT: none where the header leads beyond the disk, or says a size that can’t be', async () => {
    const bytes = Buffer.alloc(64 * 512);
    bytes.write('EFI PART', 512);
    for (const [first, count, size] of [
      [2n ** 63n, 128, 128],
      [2n, 128, 1],
      [2n, 128, 0],
      [2n, 0, 128],
    ] as const) {
      bytes.writeBigUInt64LE(first, 512 + 0x48);
      bytes.writeUInt32LE(count, 512 + 0x50);
      bytes.writeUInt32LE(size, 512 + 0x54);
      for (const sector of [1, 2, 63]) assert.deepEqual(await recordsOn(bytes, sector), []);
    }
    bytes.writeUInt32LE(0xffffffff, 512 + 0x50);
    bytes.writeUInt32LE(128, 512 + 0x54);
    assert.equal(
      (await recordsOn(bytes, 63))[0]?.name,
      'GPT entries 245 to 248',
      'cut at the end of the disk',
    );
  });

  for (const unit of [512, 4096]) {
    it(`dm-log-writes with sectors of ${unit}: each entry by what it says of the one before`, async () => {
      const bytes = log(unit, [100, 2, 0], [50, 1000, 4], [7, 0, 8, 'mark one'], [3, 1, 3]);
      const at = (place: number) => recordsOn(bytes, (place * unit) / 512);
      const all = await Promise.all([1, 2, 3, 4, 5, 6, 7].map(at));
      assert.deepEqual(
        all.map((found) => found[0]?.name.slice(-1)),
        ['0', '0', '0', '1', '2', '3', '3'],
        'the data belong to their entry',
      );
      assert.equal(all[1]![0]?.byteCount, 3 * unit);
      assert.equal(fieldOf(all[3]!, 'Entry 1', 'Flags')?.value, '4: discard');
      assert.equal(fieldOf(all[4]!, 'Entry 2', 'Bytes of the mark')?.value, '8');
      assert.equal(fieldOf(all[5]!, 'Entry 3', 'Flags')?.value, '3: flush, FUA');
      assert.deepEqual(await at(8), []);
      assert.deepEqual(await at(0), []);
    });
  }

  it('a chain ends where an entry can’t be read, or leads nowhere', async () => {
    const bytes = log(512, [1, 1, 0], [2, 1, 0]);
    assert.deepEqual(await recordsOn(bytes, 3, [1]), []);
    assert.equal((await recordsOn(bytes, 2, [2])).length, 1);
    bytes.writeBigUInt64LE(2n ** 64n - 1n, 512 + 8);
    assert.deepEqual(await recordsOn(bytes, 3), []);
    bytes.fill(0, 512);
    bytes.writeBigUInt64LE(2n ** 40n, 16);
    assert.equal((await recordsOn(bytes, 199))[0]?.name, 'dm-log-writes entry 198');
  });

  it('says which entries can’t be read', async () => {
    const bytes = spare([1000, 1300]);
    const found = await recordsOn(bytes, 1, [1]);
    const original = fieldOf(found, 'Remap entry 17', 'Original sector');
    assert.deepEqual([original?.value, original?.link], ['unreadable', null]);
    assert.equal(fieldOf(found, 'Remap entry 17', 'Pool member')?.value, '0', 'in the next sector');
  });

  it('never fails nor reads beyond the disk, whatever the header says', async () => {
    const samples = [spare([1000, 1300]), log(512, [1, 1, 0], [2, 1, 0])];
    const gpt = Buffer.alloc(64 * 512);
    gpt.write('EFI PART', 512);
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...samples, gpt),
        fc.array(fc.tuple(fc.nat(700), fc.nat(255)), { maxLength: 60 }),
        fc.nat(70),
        fc.array(fc.nat(70), { maxLength: 3 }),
        async (sample, changes, sector, bad) => {
          const bytes = Buffer.from(sample);
          for (const [at, value] of changes) bytes[at] = value;
          const whole = Math.min(sector, bytes.length / 512 - 1);
          for (const { fields } of await recordsOn(bytes, whole, bad)) {
            for (const field of fields) {
              assert.ok(field.byteOffset + field.byteCount <= bytes.length + 512);
              if (field.level === 2 && bad.includes(Math.floor(field.byteOffset / 512)))
                assert.equal(field.value, 'unreadable');
            }
          }
        },
      ),
    );
  });
});
