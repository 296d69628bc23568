import assert from 'node:assert/strict';
import { openExt } from '../../../../../src/engine/volume/ext/openExt';
import type { FileSystem } from '../../../../../src/engine/volume/volumeContracts';
import { ExtImage, type ExtImageOptions } from '../../../../support/volume/extImage';
import { EXT4, ext2Image, ext4Image } from '../../../../support/volume/extScenes';
import { factsOf } from '../../../../support/volume/fileSystemFacts';
import { BytesSource } from '../../../../support/volume/volumeFixture';

const SUPERBLOCK = [2, 3];

describe('openExt, choosing a superblock', () => {
  it('finds nothing without the magic, with another file system’s, or on a volume that is too small', async () => {
    const { bytes } = ext2Image();
    bytes[1024 + 0x38] = 0;
    assert.equal(await open(bytes), null);
    assert.equal(await open(new Uint8Array(1024)), null);
  });

  it('takes a backup when the first copy can’t be read or is damaged', async () => {
    const image = ext4Image({ checksums: 'metadata' });
    for (const unreadable of SUPERBLOCK) {
      const fileSystem = await open(image.bytes, [unreadable]);
      assert.match(fileSystem!.notes[0]!, /backup in block group 1 was used/);
      assert.equal((await fileSystem!.find('/dir/inner.bin'))?.id, EXT4.inner);
    }
    image.bytes[1024 + 0x20] = 7;
    assert.match((await open(image.bytes))!.notes[0]!, /backup in block group 1 was used/);
  });

  it('takes none of backups that contradict each other', async () => {
    const image = ext4Image();
    image.bytes[image.start(3) * 1024 + 0x68] = 1;
    assert.equal(await open(image.bytes, SUPERBLOCK), null);
  });

  it('takes no backup that was left by a file system before', async () => {
    const old = ext4Image({ checksums: 'metadata', uuid: new Uint8Array(16).fill(7) });
    const { bytes } = ext4Image({ checksums: 'metadata' });
    bytes.set(old.block(old.start(1)), old.start(1) * 1024);
    bytes.set(old.block(old.start(3)), old.start(3) * 1024);
    assert.equal(await open(bytes, SUPERBLOCK), null);
  });

  it('takes no copy that lies where no backup belongs', async () => {
    const image = ext4Image();
    for (const group of [1, 3]) image.bytes[image.start(group) * 1024 + 0x38] = 0;
    image.block(700).set(image.block(1));
    image.bytes[700 * 1024 + 0x5a] = 1;
    assert.equal(await open(image.bytes, SUPERBLOCK), null);
  });

  for (const [what, place, value] of [
    ['a block size', 0x18, 9],
    ['a first block', 0x14, 0],
    ['no blocks', 0x04, 1],
    ['no blocks in a group', 0x20, 0],
    ['too many blocks in a group', 0x20, 9000],
    ['no inodes in a group', 0x28, 0],
    ['another number of inodes', 0x00, 5],
    ['an inode size', 0x58, 200],
  ] as const)
    it(`refuses a superblock with ${what} that can’t be`, async () => {
      const { bytes } = ext2Image();
      new DataView(bytes.buffer).setUint32(1024 + place, value, true);
      assert.equal(await open(bytes, [514, 515, 1538, 1539]), null);
    });
});

describe('openExt, telling what a person should know', () => {
  it('tells that the journal is not replayed', async () => {
    assert.deepEqual(await notesOf({ checksums: 'metadata', incompat: 0x46 | 0x18000 }), [
      'The journal is not replayed: what it holds may be newer',
    ]);
  });

  it('tells that the file system was not unmounted, and has no checksums', async () => {
    const { bytes } = ext2Image();
    bytes[1024 + 0x3a] = 0;
    assert.deepEqual((await open(bytes))!.notes, [
      'The file system was not unmounted cleanly, or has errors',
      'Most structures have no checksums: damage to them may go unnoticed',
    ]);
  });

  it('tells that the partition is too short, and reads what is there', async () => {
    const { bytes } = ext4Image({ checksums: 'metadata' });
    const fileSystem = await open(bytes.subarray(0, 700 * 1024));
    assert.deepEqual(fileSystem!.notes, ['The file system is longer than its partition']);
    assert.equal(fileSystem!.sectorCount, 1400);
    const { records, doubts } = await factsOf(fileSystem!);
    assert(records.has(EXT4.fragmented));
    assert.match(doubts.map(({ reason }) => reason).join(), /beyond the end of the volume/);
  });

  for (const [what, incompat, note] of [
    ['a feature that it doesn’t understand', 0x80000042, /not understood \(0x80000000\)/],
    ['the journal of another file system', 0x4a, /journal of another file system/],
  ] as const)
    it(`looks no further than the superblock of ${what}`, async () => {
      const fileSystem = (await open(new ExtImage({ incompat }).finish()))!;
      assert.match(fileSystem.notes.at(-1)!, note);
      const { records, doubts, structures, usage } = await factsOf(fileSystem);
      assert.equal(records.size, 0);
      assert.deepEqual(doubts, [{ reason: fileSystem.notes.at(-1), ranges: [] }]);
      assert.deepEqual(structures, [await fileSystem.structureAt(3)]);
      assert.deepEqual(
        usage.map((run) => run.usage),
        ['unknown'],
      );
      assert.equal(await fileSystem.structureAt(4), null);
      assert.deepEqual(await fileSystem.allocationAt(40), doubts[0]);
      assert.equal((await fileSystem.space()).used, null);
      assert.equal(await fileSystem.find('/a'), null);
      assert.deepEqual(await fileSystem.pathsOf(12), []);
      for await (const child of fileSystem.children(2, () => {})) assert.fail(child.name);
    });
});

async function open(bytes: Uint8Array, unreadable: readonly number[] = []): Promise<FileSystem | null> {
  return openExt(new BytesSource(bytes, new Set(unreadable)).reader());
}

async function notesOf(options: ExtImageOptions): Promise<readonly string[]> {
  return (await open(ext4Image(options).bytes))!.notes;
}
