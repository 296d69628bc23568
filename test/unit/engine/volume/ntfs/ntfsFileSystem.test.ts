import assert from 'node:assert/strict';
import { openNtfs } from '../../../../../src/engine/volume/ntfs/openNtfs';
import type { Doubt, FileSystem } from '../../../../../src/engine/volume/volumeContracts';
import { factsOf } from '../../../../support/volume/fileSystemFacts';
import { GOLDEN, goldenImage } from '../../../../support/volume/ntfs/goldenImage';
import {
  ATTRIBUTE_LIST,
  BITMAP,
  DATA,
  FILE_NAME,
  INDEX_ALLOCATION,
  INDEX_ROOT,
  indexBlock,
  indexEntry,
  listValue,
  nameValue,
  nonResident,
  reference,
  resident,
  rootValue,
} from '../../../../support/volume/ntfs/ntfsAttributes';
import type { NtfsImage } from '../../../../support/volume/ntfs/ntfsImage';
import { BytesSource } from '../../../../support/volume/volumeFixture';

const ROOT = reference(5, 5);
const CLUSTER = { clusterBytes: 4096 };

async function opened(bytes: Uint8Array, unreadable: readonly number[] = []): Promise<FileSystem> {
  const fileSystem = await openNtfs(new BytesSource(bytes, new Set(unreadable)).reader());
  assert.ok(fileSystem);
  return fileSystem;
}

function sectorOf(image: NtfsImage, record: number): number {
  return image.placeOf(record) / 512;
}

async function childrenOf(fileSystem: FileSystem, id: number): Promise<{ names: string[]; doubts: Doubt[] }> {
  const doubts: Doubt[] = [];
  const names: string[] = [];
  for await (const { name } of fileSystem.children(id, (doubt) => doubts.push(doubt))) names.push(name);
  return { names, doubts };
}

describe('NtfsFileSystem.pathsOf', () => {
  it('gives all names of a file but the short one beside a long one', async () => {
    const fileSystem = await opened(goldenImage().build());
    const paths = await fileSystem.pathsOf(GOLDEN.linked);
    assert.deepEqual(paths, ['/linked one.bin', '/folder/linked two.bin']);
  });

  it('gives a short name that stands alone', async () => {
    const image = goldenImage();
    image.put(40, { attributes: [resident(FILE_NAME, nameValue(ROOT, 'SHORT~1', 2))] });
    assert.deepEqual(await (await opened(image.build())).pathsOf(40), ['/SHORT~1']);
  });

  it('gives those of the base for an extension record, and none for a record that is not in use', async () => {
    const fileSystem = await opened(goldenImage().build());
    assert.deepEqual(await fileSystem.pathsOf(GOLDEN.secondExtension), ['/listed.bin']);
    assert.deepEqual(await fileSystem.pathsOf(GOLDEN.farListed), ['/far.bin']);
    assert.deepEqual(await fileSystem.pathsOf(45), []);
    assert.deepEqual(await fileSystem.pathsOf(fileSystem.root), ['/']);
  });

  it('says in brackets what of a path can not be known', async () => {
    const image = goldenImage();
    const under = (folder: Buffer): Buffer => resident(FILE_NAME, nameValue(folder, 'x'));
    image.put(40, { attributes: [under(reference(GOLDEN.folder, 2))] });
    image.put(41, { attributes: [under(reference(GOLDEN.plain))] });
    image.put(42, { isDirectory: true, attributes: [under(reference(43))] });
    image.put(43, { isDirectory: true, attributes: [under(reference(42))] });
    image.put(44, { isDirectory: true, attributes: [] });
    image.put(45, { attributes: [under(reference(44))] });
    image.put(46, { base: reference(45, 9), attributes: [] });
    image.put(47, { attributes: [resident(FILE_NAME, nameValue(ROOT, 'a/b'))] });
    const fileSystem = await opened(image.build(), [sectorOf(image, GOLDEN.folder)]);
    assert.deepEqual(await fileSystem.pathsOf(GOLDEN.inFolder), [
      "(MFT record 18 can't be read)/in folder.txt",
    ]);
    assert.deepEqual(await fileSystem.pathsOf(GOLDEN.folder), ["(MFT record 18 can't be read)"]);
    assert.deepEqual(await fileSystem.pathsOf(41), ['(lost folder)/x']);
    assert.match((await fileSystem.pathsOf(42))[0]!, /^\(a circle of folders\)\/x/);
    assert.deepEqual(await fileSystem.pathsOf(45), ["(the name of MFT record 44 can't be read)/x"]);
    assert.deepEqual(await fileSystem.pathsOf(46), []);
    assert.deepEqual(await fileSystem.pathsOf(47), ['/(a name that cannot be)']);
    assert.deepEqual(await (await opened(image.bytes)).pathsOf(40), ['(lost folder)/x']);
  });

  it('says that a name lies in a record that can not be read', async () => {
    const image = goldenImage();
    image.build();
    const fileSystem = await opened(image.bytes, [sectorOf(image, GOLDEN.farExtension)]);
    assert.deepEqual(await fileSystem.pathsOf(GOLDEN.farListed), [
      "(the name of MFT record 28 can't be read)",
    ]);
    const listLost = await opened(image.bytes, [170 * 8]);
    const facts = await factsOf(listLost);
    assert.deepEqual(facts.paths.get(GOLDEN.farListed), ["(the name of MFT record 28 can't be read)"]);
    // Its extension record says by itself whose sectors these are.
    assert.ok(facts.records.get(GOLDEN.farListed)!.parts.some(({ sector }) => sector === 171 * 8));
  });
});

describe('NtfsFileSystem.find', () => {
  it('finds files, folders, names with colons, and streams', async () => {
    const image = goldenImage();
    image.file(40, 'a:b', resident(DATA, Buffer.from('x')));
    const fileSystem = await opened(image.build());
    assert.equal((await fileSystem.find('/a:b'))?.id, 40);
    assert.equal((await fileSystem.find('/'))?.kind, 'dir');
    assert.equal((await fileSystem.find('/folder/in folder.txt'))?.id, GOLDEN.inFolder);
    assert.equal((await fileSystem.find('/far.bin'))?.size, 8000);
    const stream = await fileSystem.find('/streams:large');
    assert.deepEqual(
      [stream?.size, stream?.kind, stream?.parts],
      [5000, 'file', [{ role: 'data', sector: 151 * 8, sectorCount: 16, fileSector: 0 }]],
    );
    assert.equal(await fileSystem.find('/streams:none'), null);
    assert.equal(await fileSystem.find('/none:large'), null);
    assert.equal(await fileSystem.find('/plain.bin/x'), null);
    assert.equal(await fileSystem.find('/folder/deleted.bin'), null);
  });

  it('finds a name in other letter case where that is clear', async () => {
    const image = goldenImage();
    image.file(40, 'Twice', resident(DATA, Buffer.from('1')));
    image.file(41, 'twice', resident(DATA, Buffer.from('2')));
    const fileSystem = await opened(image.build());
    assert.equal((await fileSystem.find('/FOLDER/In Folder.TXT'))?.id, GOLDEN.inFolder);
    assert.equal((await fileSystem.find('/twice'))?.id, 41);
    assert.equal(await fileSystem.find('/TWICE'), null);
  });

  it('finds no file by a name that leads to another use of its record', async () => {
    const image = goldenImage();
    const entries = [indexEntry(reference(GOLDEN.plain, 9), nameValue(ROOT, 'old'))];
    image.put(40, {
      isDirectory: true,
      attributes: [
        resident(FILE_NAME, nameValue(ROOT, 'stale', 1, true)),
        resident(INDEX_ROOT, rootValue(entries), { name: '$I30' }),
      ],
    });
    assert.equal(await (await opened(image.build())).find('/stale/old'), null);
  });

  it('refuses where what would tell can not be read', async () => {
    const image = goldenImage();
    image.build();
    const rootBlock = 4 * 8;
    for (const unreadable of [rootBlock, sectorOf(image, 5), sectorOf(image, GOLDEN.folder), 90 * 8]) {
      const fileSystem = await opened(image.bytes, [unreadable]);
      await assert.rejects(fileSystem.find('/folder/none'), /can't be read/, `${unreadable}`);
    }
    const fileSystem = await opened(image.bytes, [170 * 8]);
    await assert.rejects(fileSystem.find('/far.bin:none'), /attribute list/);
  });
});

describe('NtfsFileSystem.children', () => {
  it('lists names in the record and in used blocks, not what is left in others', async () => {
    const fileSystem = await opened(goldenImage().build());
    const { names, doubts } = await childrenOf(fileSystem, GOLDEN.folder);
    assert.deepEqual([names, doubts], [['in folder.txt', 'linked two.bin'], []]);
    assert.deepEqual((await childrenOf(fileSystem, GOLDEN.plain)).names, []);
  });

  it('lists what can be read of a damaged folder, and says what can not', async () => {
    const image = goldenImage();
    image.build();
    const cases: [name: string, unreadable: number[], damage: (bytes: Buffer) => void, names: number][] = [
      ['unreadable block', [90 * 8], () => {}, 1],
      ['torn block', [], (bytes) => bytes.writeUInt16LE(9, 90 * 4096 + 510), 1],
      ['block of another folder', [], (bytes) => bytes.writeUInt8(7, 90 * 4096 + 0x10), 1],
      ['damaged entry', [], (bytes) => bytes.writeUInt16LE(7, 90 * 4096 + 0x40 + 8), 1],
      ['entry with a name that is cut off', [], (bytes) => bytes.writeUInt8(200, 90 * 4096 + 0x90), 1],
      ['record', [sectorOf(image, GOLDEN.folder)], () => {}, 0],
    ];
    for (const [name, unreadable, damage, count] of cases) {
      const bytes = Buffer.from(image.bytes);
      damage(bytes);
      const { names, doubts } = await childrenOf(await opened(bytes, unreadable), GOLDEN.folder);
      assert.equal(names.length, count, name);
      assert.ok(doubts.length > 0, name);
    }
  });

  it('says of an index without its root or bitmap that it is damaged', async () => {
    const name = resident(FILE_NAME, nameValue(ROOT, 'odd', 1, true));
    const root = resident(INDEX_ROOT, rootValue([]), { name: '$I30' });
    const blocks = nonResident(INDEX_ALLOCATION, [[200, 2]], { name: '$I30', ...CLUSTER });
    const short = resident(BITMAP, Buffer.alloc(0), { name: '$I30' });
    const hole = nonResident(INDEX_ALLOCATION, [[200, 2]], { name: '$I30', ...CLUSTER, allocated: 12_288 });
    const used = resident(BITMAP, Buffer.from([3]), { name: '$I30' });
    for (const attributes of [
      [name],
      [name, root, blocks],
      [name, root, blocks, short],
      [name, root, hole, used],
    ]) {
      const image = goldenImage();
      image.use([[200, 2]]);
      image.bytes.set(indexBlock([], 0), 200 * 4096);
      image.put(40, { isDirectory: true, attributes });
      const { doubts } = await childrenOf(await opened(image.build()), 40);
      assert.ok(doubts.length > 0, `${attributes.length} attributes`);
    }
  });
});

describe('NtfsFileSystem.files', () => {
  it('leaves out an extension record that its base does not name, or of another use of it', async () => {
    const image = goldenImage();
    const data = nonResident(DATA, [[200, 1]], CLUSTER);
    image.put(40, { base: reference(GOLDEN.plain), attributes: [data] });
    image.put(41, { base: reference(GOLDEN.listed, 7), attributes: [data] });
    image.put(42, { base: reference(50), attributes: [data] });
    const { records, doubts } = await factsOf(await opened(image.build()));
    assert.deepEqual(doubts, []);
    const claims = [...records.values()].filter(({ parts }) => parts.some(({ sector }) => sector === 1600));
    assert.deepEqual(claims, []);
  });

  it('gives the parts in extension records of a record that can not be read', async () => {
    const image = goldenImage();
    image.build();
    const { records, paths } = await factsOf(await opened(image.bytes, [sectorOf(image, GOLDEN.listed)]));
    const { size, parts, doubts } = records.get(GOLDEN.listed)!;
    assert.equal(
      parts.reduce((sum, { sectorCount }) => sum + sectorCount, 0),
      40,
    );
    assert.ok(doubts.length > 0);
    assert.equal(size, 20_000);
    assert.deepEqual(paths.get(GOLDEN.listed), ["(MFT record 20 can't be read)"]);
  });

  it('believes neither of two records that claim the same part of a file', async () => {
    const image = goldenImage();
    const segments = [200, 210].map((lcn) => nonResident(DATA, [[lcn, 2]], CLUSTER));
    image.file(40, 'twice', ...segments);
    const { records, doubts } = await factsOf(await opened(image.build()));
    assert.deepEqual(records.get(40)!.parts, []);
    assert.match(doubts.map(({ reason }) => reason).join(), /\$DATA of MFT record 40/);
  });

  it('gives what is right of a file with a damaged attribute, or a record that ends too soon', async () => {
    const image = goldenImage();
    const data = nonResident(DATA, [[200, 1]], { ...CLUSTER, size: 100 });
    const odd = nonResident(DATA, [[201, 1]], { ...CLUSTER, name: 'odd', allocated: 4097 });
    image.file(40, 'odd', data, odd);
    image.build();
    const place = image.placeOf(40);
    image.bytes.writeUInt32LE(image.bytes.readUInt32LE(place + 0x18) - 8, place + 0x18);
    const { records } = await factsOf(await opened(image.bytes));
    const { parts, doubts } = records.get(40)!;
    assert.deepEqual(
      parts.map(({ sector }) => sector),
      [1600],
    );
    assert.match(doubts.map(({ reason }) => reason).join(), /record 40 is damaged.*\$DATA odd/);
  });

  it('does not believe a list that names records of other files, or makes no sense', async () => {
    const data = nonResident(DATA, [[200, 1]], CLUSTER);
    const lists = [
      listValue([{ type: DATA, record: reference(GOLDEN.plain) }]),
      Buffer.from(listValue([{ type: DATA, record: reference(GOLDEN.plain) }]).subarray(0, 20)),
      listValue([{ type: 0, record: reference(GOLDEN.plain) }]),
      listValue([{ type: DATA, record: reference(5000) }]),
    ];
    for (const list of lists) {
      const image = goldenImage().file(40, 'odd', resident(ATTRIBUTE_LIST, list), data);
      const { records } = await factsOf(await opened(image.build()));
      const { parts, doubts } = records.get(40)!;
      assert.equal(parts.length, 1);
      assert.ok(doubts.length > 0);
    }
  });

  it('takes no runs that do not cover the clusters that their record tells', async () => {
    for (const lastVcn of [0n, 2n, 5n, -1n, 2n ** 62n]) {
      const data = nonResident(DATA, [[200, 2]], { ...CLUSTER, allocated: 3 * 4096, size: 100 });
      data.writeBigInt64LE(lastVcn, 0x18);
      const { records } = await factsOf(await opened(goldenImage().file(40, 'odd', data).build()));
      const { parts, size, doubts } = records.get(40)!;
      assert.deepEqual([parts, size, doubts.length], [[], null, 1], `${lastVcn}`);
    }
    const whole = nonResident(DATA, [[200, 2]], { ...CLUSTER, size: 100 });
    whole.writeBigInt64LE(0n, 0x18);
    const none = nonResident(DATA, [], { ...CLUSTER, name: 'none' });
    const { records } = await factsOf(await opened(goldenImage().file(40, 'odd', whole, none).build()));
    const { parts, size, doubts } = records.get(40)!;
    assert.deepEqual(
      [parts.length, size, doubts],
      [1, 100, []],
      'a last VCN of 0 may stand for all, -1 for none',
    );
  });

  it('takes no extension record that is of another use of its base, or that was used anew itself', async () => {
    for (const [base, sequence] of [
      [reference(39, 2), 1],
      [reference(38, 1), 1],
      [reference(39, 1), 2],
    ] as const) {
      const image = goldenImage();
      const list = listValue([{ type: DATA, record: reference(40) }]);
      image.file(39, 'listed', resident(ATTRIBUTE_LIST, list));
      image.put(40, { base, sequence, attributes: [nonResident(DATA, [[200, 1]], CLUSTER)] });
      const { records } = await factsOf(await opened(image.build()));
      const { parts, doubts } = records.get(39)!;
      assert.deepEqual(parts, []);
      assert.match(doubts[0]!.reason, /record 40 does not extend record 39/);
    }
  });

  it('does not doubt an unreadable record that is not in use', async () => {
    const image = goldenImage();
    image.build();
    const facts = await factsOf(await opened(image.bytes, [sectorOf(image, 50), sectorOf(image, 52)]));
    assert.deepEqual(facts.doubts, []);
    const dirty = Buffer.alloc(12);
    dirty[10] = 1;
    image.put(3, { attributes: [resident(0x70, dirty)] }).build();
    const { doubts } = await factsOf(await opened(image.bytes, [sectorOf(image, 50), sectorOf(image, 52)]));
    assert.deepEqual(doubts, [
      {
        reason: "2 records of the MFT can't be read",
        ranges: [
          [sectorOf(image, 50), 1],
          [sectorOf(image, 52), 1],
        ],
      },
    ]);
  });

  it('gives a file of very many runs in pieces, and all of it when it is asked for', async () => {
    const cluster = { clusterBytes: 512 };
    const image = goldenImage({ ...cluster, clusterCount: 26_000, mftRuns: [[700, 250]] });
    const perRecord = 250;
    const entries = Array.from({ length: 48 }, (_, i) => ({
      type: DATA,
      record: reference(40 + i),
      firstVcn: i * perRecord,
    }));
    const list = listValue(entries);
    image.bytes.set(list, 500 * 512);
    const listRuns = [[500, Math.ceil(list.length / 512)]] as const;
    image.file(39, 'many', nonResident(ATTRIBUTE_LIST, listRuns, { ...cluster, size: list.length }));
    for (const [i, { firstVcn }] of entries.entries()) {
      const runs = Array.from({ length: perRecord }, (_, run) => [1000 + (firstVcn + run) * 2, 1] as const);
      const data = nonResident(DATA, runs, { ...cluster, firstVcn, allocated: 12_000 * 512 });
      image.put(40 + i, { base: reference(39), attributes: [data] });
    }
    const fileSystem = await opened(image.build());
    const pieces: number[] = [];
    for await (const { id, parts } of fileSystem.files({ onDoubt: () => {} }))
      if (id === 39) pieces.push(parts.length);
    assert.deepEqual(pieces, [10_000, 2001]);
    const whole = await fileSystem.find('/many');
    assert.equal(whole?.parts.length, 12_001);
    assert.deepEqual(whole?.doubts, []);
  });

  it('ends with the reason of its signal', async () => {
    const fileSystem = await opened(goldenImage().build());
    const signal = AbortSignal.abort(new Error('enough'));
    const walk = async (items: AsyncIterable<unknown>): Promise<void> => {
      for await (const _ of items);
    };
    await assert.rejects(walk(fileSystem.files({ signal, onDoubt: () => {} })), /enough/);
    await assert.rejects(walk(fileSystem.usage({ signal })), /enough/);
  });

  it('tells how much is done, up to all', async () => {
    const told: number[] = [];
    const fileSystem = await opened(goldenImage().build());
    for await (const _ of fileSystem.files({ onDoubt: () => {}, progress: (done) => told.push(done) }));
    for await (const _ of fileSystem.usage({ progress: (done) => told.push(done) }));
    assert.ok(told.includes(1) && told.every((done) => done >= 0 && done <= 1));
  });
});

describe('NtfsFileSystem.allocationAt', () => {
  it('says free, used, and bad', async () => {
    const image = goldenImage();
    image.use([[222, 3]]);
    image.put(8, {
      attributes: [
        nonResident(
          DATA,
          [
            [null, 222],
            [222, 3],
            [null, 31],
          ],
          { name: '$Bad', ...CLUSTER },
        ),
      ],
    });
    const fileSystem = await opened(image.build());
    const said = [60, 222, 224, 225].map((cluster) => fileSystem.allocationAt(cluster * 8));
    assert.deepEqual(await Promise.all(said), ['used', 'bad', 'bad', 'free']);
    assert.equal(await fileSystem.allocationAt(256 * 8 + 1), 'used');
  });

  it('does not know what an unreadable bitmap says, and nothing else suffers', async () => {
    const image = goldenImage();
    image.build();
    for (const unreadable of [sectorOf(image, 6), 3 * 8]) {
      const fileSystem = await opened(image.bytes, [unreadable]);
      assert.equal(typeof (await fileSystem.allocationAt(800)), 'object');
      assert.equal((await fileSystem.space()).used, null);
      assert.ok(await fileSystem.find('/plain.bin'));
    }
    const short = goldenImage().put(6, {
      attributes: [nonResident(DATA, [[3, 1]], { ...CLUSTER, size: 8 })],
    });
    assert.equal(typeof (await (await opened(short.build())).allocationAt(800)), 'object');
  });

  it('knows of a large bitmap all but what lies in its unreadable sectors', async () => {
    const clusterCount = 20_000;
    const image = goldenImage({ clusterBytes: 512, clusterCount, mftRuns: [[100, 128]] });
    const fileSystem = await opened(image.build(), [10 + 1]);
    const { usage } = await factsOf(fileSystem);
    const unknown = usage.filter((run) => run.usage === 'unknown');
    assert.deepEqual(unknown, [{ usage: 'unknown', range: [4096, 4096] }]);
  });
});
