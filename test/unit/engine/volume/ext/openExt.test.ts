import assert from 'node:assert/strict';
import { openExt } from '../../../../../src/engine/volume/ext/openExt';
import type { FileRecord } from '../../../../../src/engine/volume/volumeContracts';
import { FLAG, MODE, pointerMap } from '../../../../support/volume/extImage';
import { EXT2, EXT4, ext2Image, ext4Image } from '../../../../support/volume/extScenes';
import { type FileSystemFacts, factsOf } from '../../../../support/volume/fileSystemFacts';
import { BytesSource } from '../../../../support/volume/volumeFixture';

describe('openExt', () => {
  for (const checksums of ['none', 'descriptors', 'metadata'] as const)
    it(`says the paths of an ext4 with checksums: ${checksums}`, async () => {
      const { paths, doubts } = await open(ext4Image({ checksums }).bytes);
      assert.deepEqual(doubts, []);
      assert.deepEqual(Object.fromEntries(paths), {
        2: ['/'],
        8: [],
        [EXT4.hello]: ['/hello.txt', '/hello again'],
        [EXT4.fragmented]: ['/fragmented'],
        [EXT4.dir]: ['/dir'],
        [EXT4.inner]: ['/dir/inner.bin'],
        [EXT4.link]: ['/link'],
        [EXT4.encrypted]: ['/encrypted'],
        [EXT4.secret]: [`/encrypted/(encrypted name, inode ${EXT4.secret})`],
        [EXT4.inlineDir]: ['/inline'],
        [EXT4.inlineChild]: ['/inline/first'],
        [EXT4.inlineRest]: ['/inline/second'],
        [EXT4.orphan]: [`(orphan inode ${EXT4.orphan})`],
        [EXT4.attribute]: [],
        [EXT4.preallocated]: ['/preallocated'],
        [EXT4.device]: ['/device'],
        [EXT4.oddName]: ['/a\\xe9b'],
      });
    });

  it('says what each file of an ext4 owns', async () => {
    const { records } = await open(ext4Image({ checksums: 'metadata' }).bytes);
    assert.deepEqual(
      partsOf(records.get(EXT4.preallocated)!).map(([role]) => role),
      ['unwritten'],
    );
    assert.deepEqual(partsOf(records.get(EXT4.link)!), []);
    assert.deepEqual(partsOf(records.get(EXT4.device)!), []);
    assert.deepEqual(partsOf(records.get(EXT4.inlineDir)!), []);
    const [tree, ...data] = partsOf(records.get(EXT4.fragmented)!);
    assert.equal(tree![0], 'extent-tree');
    assert.deepEqual(
      data.map(([, , fileSector]) => fileSector),
      [0, 4, 8, 12, 16, 20],
    );
    assert.deepEqual(partsOf(records.get(8)!), [['data', 600, 0, 64]]);
    assert.equal(records.get(8)!.what, 'journal');
    assert.equal(records.get(EXT4.attribute)!.what, 'xattr-inode');
    const [first, second] = [EXT4.hello, EXT4.inner].map((id) => partsOf(records.get(id)!)[0]);
    assert.deepEqual(first, second);
    assert.equal(first![0], 'xattr');
  });

  it('gives the contents that an inode holds, and says what is encrypted', async () => {
    const image = ext4Image();
    const attributes = Buffer.alloc(96);
    attributes.set([0, 0, 2, 0xea, 4, 7, 60, 0, 0, 0, 0, 0, 5]);
    attributes.write('data', 20);
    attributes.write('world', 64);
    const map = Buffer.from('hello '.repeat(10));
    const fields = { mode: MODE.file, flags: FLAG.inline, map };
    image.writeInode(EXT4.inner, { ...fields, size: 65, attributes });
    image.writeInode(EXT4.hello, { ...fields, size: 6 });
    image.writeInode(EXT4.oddName, { ...fields, size: 61 });
    image.writeInode(EXT4.device, { mode: MODE.file, size: 9, flags: FLAG.encrypted });
    const { records } = await open(image.bytes);
    const contentsOf = (id: number) =>
      records.get(id)!.inline && Buffer.from(records.get(id)!.inline!).toString();
    assert.equal(contentsOf(EXT4.inner), `${map}world`);
    assert.equal(contentsOf(EXT4.hello), 'hello ');
    assert.equal(contentsOf(EXT4.oddName), undefined);
    assert.equal(contentsOf(EXT4.link), 'hello.txt');
    assert.equal(records.get(EXT4.device)!.encoding, 'encrypted');
    assert.deepEqual(records.get(EXT4.inner)!.parts, []);
  });

  it('says which blocks the file system keeps as bad, and its other own files', async () => {
    const image = ext2Image({ compat: 0x10 });
    image.writeInode(1, { mode: 0, map: pointerMap({ 0: image.allocate() }) });
    image.writeInode(7, { mode: MODE.file, map: pointerMap({ 13: image.allocate() }) });
    image.finish();
    const { records, paths } = await open(image.bytes);
    for (const [id, what] of [
      [1, 'bad-blocks'],
      [7, 'resize-inode'],
    ] as const) {
      assert.deepEqual([records.get(id)!.kind, records.get(id)!.what, paths.get(id)], ['meta', what, []]);
      assert.equal(partsOf(records.get(id)!).length, 1);
    }
  });

  it('follows each level of indirect blocks of an ext2', async () => {
    const { records, fileSystem, doubts } = await open(ext2Image().bytes);
    assert.equal(fileSystem.kind, 'ext2');
    assert.deepEqual(doubts, []);
    const placesOf = (id: number) =>
      partsOf(records.get(id)!)
        .filter(([role]) => role === 'data')
        .map(([, , at]) => at / 2);
    assert.deepEqual(placesOf(EXT2.mapped), [0, 11, 12, 267, 268 + 256]);
    assert.deepEqual(placesOf(EXT2.triple), [12 + 256 + 65536 + 2 * 256 + 3]);
    assert.equal(partsOf(records.get(EXT2.triple)!).filter(([role]) => role === 'indirect').length, 3);
  });
});

async function open(bytes: Uint8Array): Promise<FileSystemFacts> {
  return factsOf((await openExt(new BytesSource(bytes).reader()))!);
}

function partsOf({ parts }: FileRecord): [string, number, number, number][] {
  return parts.map(({ role, what, sector, fileSector, sectorCount }) => [
    what ?? role,
    sector,
    fileSector,
    sectorCount,
  ]);
}
