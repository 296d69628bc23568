import assert from 'node:assert/strict';
import { openExt } from '../../../../../src/engine/volume/ext/openExt';
import type { Doubt, FileSystem } from '../../../../../src/engine/volume/volumeContracts';
import { UnreadableError } from '../../../../../src/engine/volume/volumeReader';
import { type ExtImage, extentNode, FLAG, MODE, pointerMap } from '../../../../support/volume/extImage';
import { EXT2, EXT4, ext2Image, ext4Image } from '../../../../support/volume/extScenes';
import { type FileSystemFacts, factsOf } from '../../../../support/volume/fileSystemFacts';
import { BytesSource } from '../../../../support/volume/volumeFixture';

describe('openExt, on damaged structures', () => {
  it('takes an inode with a wrong checksum for unreadable', async () => {
    const image = ext4Image({ checksums: 'metadata' });
    const at = image.inodeOffset(EXT4.inner);
    image.bytes[at + 4] = 77;
    const { records, doubts, fileSystem } = await factsFor(image);
    assert(!records.has(EXT4.inner));
    assert.deepEqual(doubts, [
      { reason: 'inodes of group 0 have wrong checksums', ranges: [[Math.floor(at / 512), 1]] },
    ]);
    await assert.rejects(fileSystem.find('/dir/inner.bin'), UnreadableError);
    assert.deepEqual(await fileSystem.pathsOf(EXT4.inner), ['/dir/inner.bin']);
  });

  it('takes a bitmap with a wrong checksum for unreadable, and says its group is unknown', async () => {
    const image = ext4Image({ checksums: 'metadata' });
    image.block(image.bitmap(1))[9] = 3;
    const { usage, fileSystem, records } = await factsFor(image);
    const allocation = await fileSystem.allocationAt(2 * image.start(1) + 100);
    assert.deepEqual(allocation, {
      reason: 'the block bitmap of group 1 has a wrong checksum',
      ranges: [[2 * image.bitmap(1), 2]],
    });
    assert.deepEqual(
      usage.filter((run) => run.usage === 'unknown'),
      [{ range: [514, 512], usage: 'unknown' }],
    );
    assert(records.has(EXT4.inner));
  });

  it('says which inodes can’t be read', async () => {
    const image = ext4Image({ checksums: 'metadata' });
    const sector = Math.floor(image.inodeOffset(EXT4.inner) / 512);
    const { records, doubts } = await factsFor(image, [sector]);
    assert(!records.has(EXT4.inner));
    assert.deepEqual(doubts, [{ reason: "the inode table of group 0 can't be read", ranges: [[sector, 1]] }]);
  });

  it('tells inodes in use by themselves when their bitmap can’t be read', async () => {
    const image = ext4Image({ checksums: 'metadata' });
    const { records, doubts } = await factsFor(image, [2 * (image.bitmap(0) + 1)]);
    assert(records.has(EXT4.inner));
    assert(!records.has(EXT4.orphan));
    assert.match(doubts[0]!.reason, /inode bitmap of group 0 can't be read/);
  });

  it('never makes an owner of an inode that is free', async () => {
    const image = ext4Image();
    image.freeInode(EXT4.inner);
    image.finish();
    const { records, fileSystem } = await factsFor(image);
    assert(!records.has(EXT4.inner));
    assert.equal(await fileSystem.find('/dir/inner.bin'), null);
  });

  it('says what of a file is lost with a node of its tree', async () => {
    const image = ext4Image({ checksums: 'metadata' });
    const tree = (await factsFor(image)).records.get(EXT4.fragmented)!.parts[0]!;
    for (const damage of ['unreadable', 'damaged'] as const) {
      if (damage === 'damaged') image.block(tree.sector / 2)[20] = 9;
      const { records } = await factsFor(image, damage === 'damaged' ? [] : [tree.sector]);
      const { parts, doubts } = records.get(EXT4.fragmented)!;
      assert.deepEqual(parts, [tree]);
      assert.match(
        doubts[0]!.reason,
        damage === 'damaged' ? /extent tree of inode 13 is damaged/ : /can't be read/,
      );
    }
  });

  for (const [what, map, reason] of [
    [
      'that overlap',
      extentNode(0, [
        [0, 2, 700],
        [1, 1, 710],
      ]),
      /not in order/,
    ],
    ['of no length', extentNode(0, [[0, 0, 700]]), /not in order/],
    ['beyond the end', extentNode(0, [[0, 1, 5000]]), /outside the file system/],
    ['of an unknown form', new Uint8Array(60), /damaged/],
    ['in a node beyond the end', extentNode(1, [[0, 5000]]), /outside the file system/],
    [
      'in nodes out of order',
      extentNode(1, [
        [9, 700],
        [3, 701],
      ]),
      /not in order/,
    ],
    ['deeper than there can be', extentNode(6, [[0, 700]]), /damaged/],
    ['below a node of another depth', extentNode(2, [[0, 700]]), /damaged/],
  ] as const)
    it(`tells extents ${what}`, async () => {
      const image = ext4Image();
      image.writeInode(EXT4.inner, { mode: MODE.file, size: 9000, flags: FLAG.extents, map });
      const { doubts } = (await factsFor(image)).records.get(EXT4.inner)!;
      assert.match(doubts[0]!.reason, reason);
    });

  for (const [what, pointers] of [
    ['a block beyond the end', { 0: 99999 }],
    ['indirect blocks beyond the end', { 12: 99999 }],
  ] as const)
    it(`tells a map with ${what}`, async () => {
      const image = ext2Image();
      image.writeInode(EXT2.mapped, { mode: MODE.file, size: 9000, map: pointerMap(pointers) });
      assert.match((await factsFor(image)).records.get(EXT2.mapped)!.doubts[0]!.reason, /leads outside/);
    });

  it('ends on indirect blocks that lead to themselves', async () => {
    const image = ext2Image();
    const block = image.allocate();
    new DataView(image.bytes.buffer).setUint32(block * 1024, block, true);
    image.writeInode(EXT2.mapped, { mode: MODE.file, size: 9000, map: pointerMap({ 14: block }) });
    assert.equal((await factsFor(image)).records.get(EXT2.mapped)!.doubts.length, 1);
  });

  it('tells attributes beyond the end', async () => {
    const image = ext4Image();
    image.writeInode(EXT4.inner, { mode: MODE.device, xattrBlock: 99999 });
    assert.match(
      (await factsFor(image)).records.get(EXT4.inner)!.doubts[0]!.reason,
      /attributes of inode 15/,
    );
  });

  it('reads the journal by the copy of its map when its inode is lost', async () => {
    const image = ext4Image({ checksums: 'metadata' });
    const { records } = await factsFor(image, [Math.floor(image.inodeOffset(8) / 512)]);
    assert.deepEqual(records.get(8)!.parts, [{ role: 'data', sector: 600, sectorCount: 64, fileSector: 0 }]);
  });
});

describe('openExt, on lost descriptors', () => {
  it('knows nothing of a group without a valid one, and says so', async () => {
    const image = ext4Image({ checksums: 'metadata' });
    for (const copy of [0, 1, 3]) image.bytes[(image.start(copy) + 1) * 1024 + 32] = 1;
    const { fileSystem, doubts, usage } = await factsFor(image);
    assert.match(fileSystem.notes[0]!, /No descriptor of 1 block groups/);
    assert.deepEqual(doubts, [{ reason: 'no descriptor of group 1 can be read', ranges: [[4, 1]] }]);
    assert.deepEqual(usage.find((run) => run.usage === 'unknown')?.range, [514, 512]);
    assert.equal((await fileSystem.space()).used, null);
    assert.equal(await fileSystem.structureAt(2 * image.bitmap(1)), null);
    assert.deepEqual(await fileSystem.pathsOf(40), ['(unknown name, inode 40)']);
  });

  it('does not trust an old backup about what was never written', async () => {
    const image = ext4Image({ checksums: 'descriptors' });
    setFlags(image, 1, 3, 3);
    image.sealDescriptor(1, 3);
    const { fileSystem, doubts } = await factsFor(image, [4]);
    assert.match(fileSystem.notes.join(), /4 block groups were read from backups/);
    assert.match(
      doubts.map(({ reason }) => reason).join(),
      /descriptor that says whether the inode bitmap of group 3/,
    );
    assert.match(
      ((await fileSystem.allocationAt(1700)) as Doubt).reason,
      /whether the block bitmap of group 3/,
    );
  });

  it('works out the use of blocks whose bitmap was never written', async () => {
    const image = ext4Image({ checksums: 'descriptors' });
    setFlags(image, 0, 3, 3);
    image.sealDescriptor(0, 3);
    image.block(image.bitmap(3)).fill(0x55);
    const { usage, doubts } = await factsFor(image);
    assert.deepEqual(doubts, []);
    const end = 2 * (image.table(3) + 8);
    assert.deepEqual(usage.slice(-2), [
      { range: [2 * image.start(3), end - 2 * image.start(3)], usage: 'used' },
      { range: [end, 2050 - end], usage: 'free' },
    ]);
  });
});

describe('openExt, on names', () => {
  it('says in brackets what of a path is lost with a folder', async () => {
    const image = ext4Image({ checksums: 'metadata' });
    const dir = (await factsFor(image)).records.get(EXT4.dir)!.parts[0]!;
    const { paths, fileSystem } = await factsFor(image, [dir.sector]);
    assert.deepEqual(paths.get(EXT4.inner), [`(unknown name, inode ${EXT4.inner})`]);
    await assert.rejects(fileSystem.find('/dir/inner.bin'), UnreadableError);
    const doubts: Doubt[] = [];
    for await (const child of fileSystem.children(EXT4.dir, (doubt) => doubts.push(doubt)))
      assert.fail(child.name);
    assert.match(doubts[0]!.reason, /folder 14 can't be read/);
  });

  it('takes no name from a block with a wrong checksum', async () => {
    const image = ext4Image({ checksums: 'metadata' });
    const dir = (await factsFor(image)).records.get(EXT4.dir)!.parts[0]!;
    const block = image.block(dir.sector / 2);
    block[Buffer.from(block).indexOf('inner')] = 0x49;
    const { paths } = await factsFor(image);
    assert.deepEqual(paths.get(EXT4.inner), [`(unknown name, inode ${EXT4.inner})`]);
  });

  it('keeps the parent of a folder whose name is lost', async () => {
    const image = ext4Image({ checksums: 'metadata' });
    const root = (await factsFor(image)).records.get(2)!.parts[0]!;
    const { paths } = await factsFor(image, [root.sector]);
    assert.deepEqual(paths.get(EXT4.inner), [`/(unknown name, inode ${EXT4.dir})/inner.bin`]);
  });

  it('ends on folders that hold each other', async () => {
    const image = ext4Image();
    const dir = (await factsFor(image)).records.get(EXT4.dir)!.parts[0]!;
    const root = (await factsFor(image)).records.get(2)!.parts[0]!;
    image.directoryBlock(dir.sector / 2, EXT4.dir, [
      [EXT4.dir, '.', 2],
      [EXT4.dir, '..', 2],
      [EXT4.dir, 'itself', 2],
      [EXT4.inner, 'inner.bin', 1],
    ]);
    image.directoryBlock(root.sector / 2, 2, [[2, '.', 2]]);
    const { paths } = await factsFor(image);
    assert.match(paths.get(EXT4.inner)![0]!, /^\(endless folders\)\/.*itself\/inner.bin$/);
  });

  it('lists a folder, and finds by each name that it shows', async () => {
    const { fileSystem } = await factsFor(ext4Image());
    const children: [string, number, string][] = [];
    for await (const { name, id, kind } of fileSystem.children(2, fail)) children.push([name, id, kind]);
    assert.equal(children.length, 10);
    assert.deepEqual(
      children.filter(([, , kind]) => kind === 'dir').map(([name]) => name),
      ['dir', 'encrypted', 'inline'],
    );
    for (const [name, id] of children) assert.equal((await fileSystem.find(`/${name}`))?.id, id);
    assert.equal((await fileSystem.find('/'))?.id, 2);
    assert.equal(await fileSystem.find('/no such'), null);
    assert.equal(await fileSystem.find('/hello.txt/x'), null);
    for await (const child of fileSystem.children(EXT4.hello, fail)) assert.fail(child.name);
  });

  it('says the kind of children where entries don’t', async () => {
    const { fileSystem } = await factsFor(ext2Image({ incompat: 0 }));
    const kinds: string[] = [];
    for await (const { name, kind } of fileSystem.children(2, fail)) kinds.push(`${name} ${kind}`);
    assert.deepEqual(kinds, ['mapped file', 'triple file']);
  });

  for (const [what, at, value] of [
    ['a length of nothing', 4, 0],
    ['a length beyond its block', 4, 4096],
    ['an inode that there isn’t', 0, 9999],
    ['a slash', 8, 0x2f],
  ] as const)
    it(`takes a block of a folder with ${what} for damaged`, async () => {
      const image = ext2Image();
      const block = (await factsFor(image)).records.get(2)!.parts[0]!.sector / 2;
      new DataView(image.bytes.buffer).setUint16(block * 1024 + 24 + at, value, true);
      const { paths } = await factsFor(image);
      assert.deepEqual(paths.get(EXT2.mapped), [`(unknown name, inode ${EXT2.mapped})`]);
    });

  it('names the inode of a sector of a table that holds one in use', async () => {
    const image = ext4Image();
    const { fileSystem } = await factsFor(image);
    const sector = Math.floor(image.inodeOffset(EXT4.oddName) / 512);
    assert.deepEqual(await fileSystem.structureAt(sector), {
      what: 'inode-table',
      range: [2 * image.table(0), 16],
      group: 0,
    });
    image.freeInode(EXT4.inlineRest);
    image.finish();
    assert.equal((await (await factsFor(image)).fileSystem.structureAt(sector))?.fileId, EXT4.oddName);
  });

  it('finds paths without a walk of the files before', async () => {
    const fileSystem = await open(ext4Image().bytes);
    const paths = await Promise.all([fileSystem.pathsOf(EXT4.inner), fileSystem.pathsOf(EXT4.dir)]);
    assert.deepEqual(paths, [['/dir/inner.bin'], ['/dir']]);
  });

  it('ends a walk with the reason of its signal', async () => {
    const fileSystem = await open(ext4Image().bytes);
    const signal = AbortSignal.abort(new Error('enough'));
    const walk = async () => {
      for await (const record of fileSystem.files({ signal, onDoubt: fail })) assert.fail(`${record.id}`);
    };
    await assert.rejects(walk, /enough/);
  });
});

function fail({ reason }: Doubt): never {
  assert.fail(reason);
}

function setFlags(image: ExtImage, copy: number, group: number, flags: number): void {
  image.bytes[(image.start(copy) + 1) * 1024 + 32 * group + 0x12] = flags;
}

async function open(bytes: Uint8Array, unreadable: readonly number[] = []): Promise<FileSystem> {
  return (await openExt(new BytesSource(bytes, new Set(unreadable)).reader()))!;
}

async function factsFor(image: ExtImage, unreadable: readonly number[] = []): Promise<FileSystemFacts> {
  return factsOf(await open(image.bytes, unreadable));
}
