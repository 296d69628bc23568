import assert from 'node:assert/strict';
import fc from 'fast-check';
import { BUILT_IN } from '../../../src/structure/catalog';
import { NUMBER_BYTES } from '../../../src/structure/numbers';
import { recognizeAt as recognizeOn } from '../../../src/structure/recognize';
import { structureDisk } from '../../support/structureDisk';
import { structureSample } from '../../support/structureSamples';

type SampleName = Parameters<typeof structureSample>[0];

/** What each sample is: its name, the verdict on its checksum, and fields as other programs print them. */
const EXPECTED: Record<SampleName, [name: string, isRight: boolean | null, fields: Record<string, string>]> =
  {
    xfs: [
      'XFS superblock',
      true,
      { UUID: '11111111-2222-3333-4444-555555555555', Label: '“disk”', 'Data blocks': '76800 (0x12C00)' },
    ],
    btrfs: [
      'btrfs superblock',
      true,
      { UUID: '11111111-2222-3333-4444-555555555556', Label: '“disk”', Bytes: '125829120 (0x7800000)' },
    ],
    swap: [
      'Linux swap header',
      null,
      { UUID: '11111111-2222-3333-4444-555555555557', 'Last page': '255 (0xFF)' },
    ],
    ext4: [
      'ext2/3/4 superblock',
      true,
      { Label: '“EXT4K1”', Made: '2024-01-02T03:04:05Z', State: '1: clean', 'Block size': '0: 1024' },
    ],
    fat16: ['FAT boot sector', null, { 'Serial number': '0x1234ABCD', Type: '“FAT16   ”' }],
    fat32: ['FAT boot sector', null, { 'Serial number': '0x1234ABCE', 'Root cluster': '2' }],
    exfat: ['exFAT boot sector', true, { Clusters: '2560 (0xA00)', 'In use': '5 %' }],
    ntfs: ['NTFS boot sector', null, { Sectors: '32767 (0x7FFF)', 'First cluster of $MFT': '4' }],
    gpt: ['Master boot record', null, { Type: '0xEE: GPT protective', Sectors: '126975 (0x1EFFF)' }],
    luks1: ['LUKS1 header', null, { Hash: '“sha256”', State: '0x00AC71F3: in use' }],
    luks2: ['LUKS2 header', true, { Label: '“disk”', 'Header size': '16384 bytes' }],
    luks2copy: ['LUKS2 header', true, { 'Own byte offset': '16384 (0x4000)' }],
  };

function recognizeAt(sector: number, bytes: Uint8Array, firstSector: number, bad: number[] = []) {
  return recognizeOn(sector, structureDisk(bytes, firstSector, bad), BUILT_IN);
}

async function only(bytes: Uint8Array, firstSector = 0, sector = firstSector) {
  const found = await recognizeAt(sector, bytes, firstSector);
  assert.equal(found.length, 1, found.map(({ name }) => name).join());
  return found[0]!;
}

/** The bytes with one of them changed. */
function changed(bytes: Uint8Array, at: number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy[at]! ^= 1;
  return copy;
}

/** The CRC of LVM2, bit by bit. */
function lvmCrc(bytes: Uint8Array): number {
  let crc = 0xf597a6cf;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return crc >>> 0;
}

describe('structures on a disk', () => {
  for (const [name, [title, isRight, fields]] of Object.entries(EXPECTED)) {
    it(`${name}: is recognised and decoded as other programs made it`, async () => {
      const { bytes, firstSector } = structureSample(name as SampleName);
      const before = Buffer.from(bytes);
      const found = await only(bytes, firstSector);
      assert.deepEqual([found.name, found.isChecksumRight], [title, isRight]);
      for (const [field, value] of Object.entries(fields)) {
        assert.equal(found.fields.find((each) => each.name === field)?.value, value, field);
      }
      assert.deepEqual(bytes, before, 'the bytes stay as they were');
    });
  }

  it('a checksum is wrong after any change of what it is about', async () => {
    for (const [name, at] of [
      ['xfs', 300],
      ['btrfs', 4095],
      ['ext4', 1000],
      ['exfat', 5000],
      ['luks2', 16_000],
    ] as const) {
      const { bytes, firstSector } = structureSample(name);
      assert.equal((await only(changed(bytes, at), firstSector)).isChecksumRight, false, name);
    }
    const { bytes } = structureSample('exfat');
    assert.equal((await only(changed(bytes, 106))).isChecksumRight, true, 'flags of exFAT do not count');
  });

  it('no checksum is judged where its bytes are not all known', async () => {
    const { bytes } = structureSample('luks2');
    assert.equal((await only(bytes.subarray(0, 8192))).isChecksumRight, null);
  });

  it('is found from each of its sectors, at the same place, and not from the next one', async () => {
    const { bytes, firstSector } = structureSample('btrfs');
    const more = Buffer.concat([bytes, Buffer.alloc(1024)]);
    for (let i = 0; i < 8; i++)
      assert.equal((await only(more, firstSector, firstSector + i)).byteOffset, 65_536);
    assert.deepEqual(await recognizeAt(firstSector + 8, more, firstSector), []);
    assert.deepEqual(await recognizeAt(firstSector + 1, bytes.subarray(512), firstSector + 1), []);
  });

  it('a GPT header is one, and its fields have their places on the disk', async () => {
    const { bytes } = structureSample('gpt');
    const found = await only(bytes, 0, 1);
    assert.deepEqual([found.name, found.isChecksumRight], ['GPT header', true]);
    const guid = found.fields.find(({ name }) => name === 'Disk GUID');
    assert.deepEqual(
      [guid?.value, guid?.byteOffset, guid?.byteCount],
      ['12345678-9abc-4def-8012-3456789abcde', 512 + 0x38, 16],
    );
  });

  it('the entries of a partition table are groups with places of their own', async () => {
    const { fields } = await only(structureSample('gpt').bytes);
    const groups = fields.filter(({ level, byteCount }) => level === 1 && byteCount === 16);
    assert.deepEqual(
      groups.map(({ name, byteOffset }) => [name, byteOffset]),
      [446, 462, 478, 494].map((at, i) => [`Partition ${i + 1}`, at]),
    );
    assert.equal(fields.filter(({ level }) => level === 2).length, 16);
  });

  it('an LVM2 label, its sum and its physical volume', async () => {
    const bytes = Buffer.alloc(512);
    bytes.write('LABELONE');
    bytes.writeUInt32LE(1, 8);
    bytes.writeUInt32LE(32, 20);
    bytes.write('LVM2 001', 24);
    bytes.write('abcdefABCDEF0123456789abcdefABCD', 32);
    bytes.writeUInt32LE(1 << 20, 72);
    bytes.writeUInt32LE(lvmCrc(bytes.subarray(20)), 16);
    const found = await only(bytes, 1);
    assert.deepEqual([found.name, found.isChecksumRight], ['LVM2 label', true]);
    const data = found.fields.find(({ name }) => name === 'Byte offset of the data');
    assert.deepEqual([data?.value, data?.byteOffset, data?.level], ['1048576 (0x100000)', 512 + 72, 2]);
    assert.equal((await only(changed(bytes, 100), 1)).isChecksumRight, false);
    bytes.writeUInt32LE(40, 20);
    assert.ok(!(await only(bytes, 1)).fields.some(({ level }) => level === 2), 'the header is elsewhere');
  });

  it('md superblocks of both kinds, with sums that carry', async () => {
    const newer = Buffer.alloc(1024);
    newer.writeUInt32LE(0xa92b4efc);
    newer.writeUInt32LE(1, 4);
    newer.writeInt32LE(-1, 72);
    newer.writeUInt32LE(0xffffffff, 256);
    newer.writeUInt32LE(3, 220);
    newer.writeUInt16LE(7, 260);
    const sum = 0xa92b4efc + 1 + 0xffffffff + 3 + 0xffffffff + 7;
    newer.writeUInt32LE((sum % 2 ** 32) + Math.floor(sum / 2 ** 32), 216);
    const found = await only(newer, 8);
    assert.deepEqual([found.name, found.isChecksumRight], ['md superblock 1.x', true]);
    assert.equal(found.fields.find(({ name }) => name === 'Level')?.value, '-1: linear');
    assert.equal((await only(changed(newer, 260), 8)).isChecksumRight, false);
    const older = Buffer.alloc(4096);
    older.writeUInt32LE(0xa92b4efc);
    older.writeUInt32LE(90, 8);
    older.writeUInt32LE(1_700_000_000, 24);
    older.writeUInt32LE(0xa92b4efc + 90 + 1_700_000_000 - 2 ** 32 + 1, 152);
    assert.deepEqual(
      [(await only(older, 128)).name, (await only(older, 128)).isChecksumRight],
      ['md superblock 0.90', true],
    );
  });

  it('sees nothing in zeros, in noise, or in a signature alone', async () => {
    assert.deepEqual(await recognizeAt(0, new Uint8Array(8192), 0), []);
    const signed = new Uint8Array(512).fill(0, 0);
    signed.set([0x55, 0xaa], 510);
    assert.deepEqual(await recognizeAt(0, signed, 0), [], 'no partition');
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 512, maxLength: 512 }), async (noise) => {
        assert.deepEqual(await recognizeAt(0, noise, 0), []);
      }),
    );
  });

  it('decodes few of any number that files may describe', async () => {
    const { bytes, firstSector } = structureSample('btrfs');
    const many = Array(100).fill(BUILT_IN.find(({ name }) => name === 'btrfs superblock')!);
    const found = await recognizeOn(firstSector, structureDisk(bytes, firstSector), many);
    assert.equal(found.length, 8);
  });

  it('is told of a structure of which a part can’t be read, with the fields that can’t', async () => {
    const { bytes, firstSector } = structureSample('ext4');
    const shownOf = (found: Awaited<ReturnType<typeof recognizeAt>>, name: string) =>
      found[0]?.fields.find((field) => field.name === name)?.value;
    for (const sector of [2, 3]) {
      const found = await recognizeAt(sector, bytes, firstSector, [3]);
      assert.deepEqual([found.length, found[0]?.isChecksumRight], [1, null]);
      assert.deepEqual([shownOf(found, 'Label'), shownOf(found, 'Checksum')], ['“EXT4K1”', 'unreadable']);
    }
    assert.deepEqual(await recognizeAt(3, bytes, firstSector, [2]), [], 'what it is can’t be told');
  });

  it('never fails nor reads beyond the disk, and no unreadable byte is in what it says', async () => {
    const names = Object.keys(EXPECTED) as SampleName[];
    const changes = fc.array(fc.tuple(fc.nat(1023), fc.nat(255)), { maxLength: 40 });
    const bad = fc.array(fc.nat(40), { maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...names), changes, bad, fc.nat(40), async (name, list, lost, cut) => {
        const sample = structureSample(name);
        for (const [at, value] of list) if (at < sample.bytes.length) sample.bytes[at] = value;
        const { firstSector } = sample;
        const bytes = sample.bytes.subarray(0, (cut + 1) * 512);
        const unreadable = lost.map((sector) => firstSector + sector);
        for (const { fields } of await recognizeAt(firstSector, bytes, firstSector, unreadable)) {
          for (const [i, { byteOffset, byteCount, level, value }] of fields.entries()) {
            const isGroup = level === 1 && fields[i + 1]?.level === 2;
            const end = byteOffset + byteCount;
            const touches = unreadable.some(
              (sector) => byteOffset < (sector + 1) * 512 && end > sector * 512,
            );
            if (touches && !isGroup) assert.equal(value, 'unreadable');
            assert.ok(end <= firstSector * 512 + sample.bytes.length);
          }
        }
      }),
    );
  });

  it('each description stays within its bytes, and is data without code', async () => {
    for (const description of BUILT_IN) {
      assert.deepEqual(JSON.parse(JSON.stringify(description)), description, description.name);
      for (const field of description.fields) {
        const parts = 'fields' in field ? field.fields : [];
        const sizeOf = (each: (typeof description.fields)[number]) =>
          'byteCount' in each
            ? each.byteCount * ('count' in each && typeof each.count === 'number' ? each.count : 1)
            : (NUMBER_BYTES[each.type as keyof typeof NUMBER_BYTES] ??
              (Number.parseInt(each.type.slice(4), 10) || 64) / 8);
        assert.ok(field.at + sizeOf(field) <= description.byteCount, `${description.name}: ${field.name}`);
        for (const part of parts) {
          assert.ok('byteCount' in field && part.at + sizeOf(part) <= field.byteCount, part.name);
        }
      }
    }
  });
});
