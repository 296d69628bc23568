import assert from 'node:assert/strict';
import type { FileSystemOpener } from '../../../../src/engine/volume/fileSystems';
import { findVolumes } from '../../../../src/engine/volume/findVolumes';
import { UnreadableError } from '../../../../src/engine/volume/volumeReader';
import { ModelFileSystem } from '../../../support/volume/modelFileSystem';
import { TableImage } from '../../../support/volume/tableImage';
import type { BytesSource } from '../../../support/volume/volumeFixture';

const SECTORS = 20_000;
const PARTITION = [{ type: 0x83, start: 2048, count: 1000 }];

/** `[number, first, count, on the disk, kind]` of each volume. */
async function found(disk: BytesSource, openers: readonly FileSystemOpener[] = []): Promise<unknown[]> {
  const { volumes } = await findVolumes(disk, openers);
  return volumes.map(({ index, first, count, sectorCount, kind }) => [
    index,
    first,
    count,
    sectorCount,
    kind,
  ]);
}

/** Opens a file system over the whole disk; one whose first sector is a boot sector is of NTFS. */
const wholeDisk =
  (kind: 'ext4' | 'ntfs' | 'fat32'): FileSystemOpener =>
  async ({ first, sectorCount }) =>
    first === 0 ? Object.assign(new ModelFileSystem({ sectorCount }), { kind }) : null;

const text = (image: TableImage, at: number, value: string): TableImage => {
  image.bytes.set(Buffer.from(value, 'latin1'), at);
  return image;
};

describe('The volumes of a disk', () => {
  it('are the partitions of its table, each with what is on it', async () => {
    const image = new TableImage(SECTORS).mbr(PARTITION).fileSystem(2048);
    assert.deepEqual(await found(image.disk()), [[1, 2048, 1000, 1000, 'xfs']]);
    const gpt = new TableImage(SECTORS).gpt([{ first: 2048, last: 3047 }]);
    assert.deepEqual(await found(gpt.disk()), [[1, 2048, 1000, 1000, 'unrecognized']]);
  });

  it('are cut where the disk ends, which is said', async () => {
    const image = new TableImage(SECTORS).mbr([...PARTITION, { type: 7, start: 3100, count: 100 }]);
    assert.deepEqual(await found(image.disk([], 2500)), [[0, 0, 2500, 2500, 'unrecognized']]);
    image.fileSystem(2048);
    assert.deepEqual(await found(image.disk([], 2500)), [
      [1, 2048, 1000, 452, 'xfs'],
      [2, 3100, 100, 0, 'unknown'],
    ]);
    const cut = await findVolumes(image.disk([], 3150), []);
    assert.deepEqual(
      cut.volumes.map(({ sectorCount }) => sectorCount),
      [1000, 50],
    );
    assert.deepEqual(cut.volumes[1]!.notes[0], 'the disk ends before it: 50 of its sectors are missing');
  });

  it('is one over the whole disk without a table, also when nothing is recognised', async () => {
    assert.deepEqual(await found(new TableImage(SECTORS).fileSystem(0).disk()), [
      [0, 0, SECTORS, SECTORS, 'xfs'],
    ]);
    assert.deepEqual(await found(new TableImage(SECTORS).disk()), [[0, 0, SECTORS, SECTORS, 'unrecognized']]);
    assert.deepEqual(await found(new TableImage(SECTORS).disk(), [wholeDisk('ext4')]), [
      [0, 0, SECTORS, SECTORS, 'ext4'],
    ]);
  });

  it('is an unknown one where the partition table can’t be read', async () => {
    const { volumes, unknown } = await findVolumes(new TableImage(SECTORS).mbr(PARTITION).disk([0]), []);
    assert.deepEqual(
      [volumes[0]!.kind, volumes[0]!.why, unknown],
      ['unknown', "the sector of the partition table can't be read", []],
    );
    const gpt = await findVolumes(new TableImage(SECTORS).gpt([]).disk([1, SECTORS - 1]), []);
    assert.deepEqual(
      gpt.volumes.map(({ kind, why }) => [kind, why]),
      [['unknown', "both copies of the GPT can't be read"]],
    );
  });

  it('says of a file system over a disk whose sector 0 can’t be read that partitions may be meant', async () => {
    const { volumes } = await findVolumes(new TableImage(SECTORS).disk([0]), [wholeDisk('ext4')]);
    assert.deepEqual([volumes[0]!.kind, volumes[0]!.notes.length], ['ext4', 1]);
    assert.match(volumes[0]!.notes[0]!, /if the disk had partitions, this file system is from before/);
  });

  it('are those of the table where one of its partitions has a file system, and an older one is over the disk', async () => {
    const image = new TableImage(SECTORS).mbr(PARTITION).fileSystem(2048);
    assert.deepEqual(await found(image.disk(), [wholeDisk('ext4')]), [[1, 2048, 1000, 1000, 'xfs']]);
    const empty = new TableImage(SECTORS).mbr(PARTITION);
    assert.deepEqual(await found(empty.disk(), [wholeDisk('ext4')]), [[0, 0, SECTORS, SECTORS, 'ext4']]);
  });

  it('is the file system whose boot sector is where a table would be', async () => {
    const image = text(
      new TableImage(SECTORS).gpt([{ first: 2048, last: 3047 }], { protective: false }).fileSystem(2048),
      3,
      'NTFS    ',
    );
    assert.deepEqual(await found(image.disk(), [wholeDisk('ntfs')]), [[0, 0, SECTORS, SECTORS, 'ntfs']]);
    assert.deepEqual(await found(image.disk([0]), [wholeDisk('ntfs')]), [[1, 2048, 1000, 1000, 'xfs']]);
  });
});

describe('What is on a volume', () => {
  const kindOf = async (
    image: TableImage,
    openers: readonly FileSystemOpener[] = [],
    unreadable: number[] = [],
  ) => {
    const { volumes } = await findVolumes(image.disk(unreadable), openers);
    return [volumes[0]!.kind, volumes[0]!.why, volumes[0]!.notes];
  };

  it('is named by its signature where it isn’t looked into', async () => {
    const md = '\xfc\x4e\x2b\xa9';
    const signatures: readonly (readonly [kind: string, at: number, text: string])[] = [
      ['luks', 0, 'LUKS\xba\xbe'],
      ['luks', 0x4000, 'SKUL\xba\xbe'],
      ['luks', 0x400000, 'SKUL\xba\xbe'],
      ['bitlocker', 3, '-FVE-FS-'],
      ['lvm2', 512, 'LABELONE'],
      ['lvm2', 1536, 'LABELONE'],
      ['md', 0, md],
      ['md', 4096, md],
      ['refs', 3, 'ReFS'],
      ['xfs', 0, 'XFSB'],
      ['btrfs', 65_600, '_BHRfS_M'],
      ['swap', 4086, 'SWAPSPACE2'],
      ['swap', 65_526, 'SWAPSPACE2'],
      ['f2fs', 1024, '\x10\x20\xf5\xf2'],
      ['hfs+', 1024, 'H+'],
      ['hfs+', 1024, 'HX'],
      ['apfs', 32, 'NXSB'],
      ['squashfs', 0, 'hsqs'],
      ['erofs', 1024, '\xe2\xe1\xf5\xe0'],
      ['reiserfs', 65_588, 'ReIsEr'],
      ['jfs', 32_768, 'JFS1'],
      ['iso9660', 32_769, 'CD001'],
    ];
    for (const [kind, at, value] of signatures) {
      const why = `${kind}: not looked into`;
      assert.deepEqual(await kindOf(text(new TableImage(SECTORS), at, value)), [kind, why, [why]]);
    }
  });

  it('is damaged where only the signature of a file system is left that is looked into', async () => {
    for (const [kind, at, value] of [
      ['ext', 1080, '\x53\xef'],
      ['ntfs', 3, 'NTFS    '],
      ['exfat', 3, 'EXFAT   '],
    ] as const)
      assert.equal(
        (await kindOf(text(new TableImage(SECTORS), at, value)))[1],
        `${kind}: too little of its structures can be read`,
      );
  });

  it('is what holds other volumes, whatever lies below it', async () => {
    const image = text(text(new TableImage(SECTORS), 0, 'XFSB'), 512, 'LABELONE');
    assert.equal((await kindOf(image, [wholeDisk('ext4')]))[0], 'lvm2');
  });

  it('is a member of a RAID by the superblock at its end; of a mirror its file system is looked into', async () => {
    const end = SECTORS * 512;
    const places: readonly (readonly [at: number, levelAt: number])[] = [
      [Math.floor((end - 8192) / 4096) * 4096, 72],
      [Math.floor(end / 65_536) * 65_536 - 65_536, 28],
    ];
    for (const [at, levelAt] of places) {
      const image = text(new TableImage(SECTORS), at, '\xfc\x4e\x2b\xa9');
      image.view.setInt32(at + levelAt, 5, true);
      assert.equal((await kindOf(image, [wholeDisk('ext4')]))[0], 'md');
      image.view.setInt32(at + levelAt, 1, true);
      assert.deepEqual(await kindOf(image, [wholeDisk('ext4')]), [
        'ext4',
        '',
        ['a member of a RAID 1, read as it stands by itself'],
      ]);
      assert.equal((await kindOf(image))[0], 'md');
    }
  });

  it('is the file system that fills the volume, where there are two', async () => {
    const smaller: FileSystemOpener = async () =>
      Object.assign(new ModelFileSystem({ sectorCount: 50 }), { kind: 'fat12' });
    const broken: FileSystemOpener = async () => {
      throw new UnreadableError({ reason: 'lost', ranges: [] });
    };
    const image = text(new TableImage(SECTORS), 1080, '\x53\xef');
    assert.deepEqual(await kindOf(image, [broken, smaller, wholeDisk('ext4')]), [
      'ext4',
      '',
      ['there are also structures of fat12, which may be from before'],
    ]);
  });

  it('is the file system that its own beginning names, before one that is known from a backup', async () => {
    const smaller: FileSystemOpener = async () => new ModelFileSystem({ sectorCount: SECTORS - 1 });
    const image = text(new TableImage(SECTORS), 1080, '\x53\xef');
    assert.equal((await kindOf(image, [wholeDisk('ntfs'), smaller], [0]))[0], 'ext4');
    assert.equal((await kindOf(image, [wholeDisk('fat32'), smaller], [0]))[0], 'ext4');
    assert.equal((await kindOf(image, [wholeDisk('fat32'), smaller]))[0], 'fat32');
    assert.equal((await kindOf(new TableImage(SECTORS), [wholeDisk('ntfs')], [0]))[0], 'ntfs');
  });

  it('is unknown, and not nothing, where the place of a signature can’t be read', async () => {
    const gpt = () => new TableImage(SECTORS).gpt([{ first: 2048, last: 3047 }]);
    assert.deepEqual((await kindOf(gpt())).slice(0, 2), ['unrecognized', 'no known file system is here']);
    assert.deepEqual((await kindOf(gpt(), [], [2048])).slice(0, 2), [
      'unknown',
      "what is here can't be read (sector 2048)",
    ]);
  });
});
