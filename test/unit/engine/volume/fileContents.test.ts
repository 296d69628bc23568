import assert from 'node:assert/strict';
import { BlockError } from '../../../../src/engine';
import { DiskVolumes } from '../../../../src/engine/volume/diskVolumes';
import { FileContents } from '../../../../src/engine/volume/fileContents';
import type {
  FilePart,
  FileRecord,
  FileSystem,
  SectorSource,
} from '../../../../src/engine/volume/volumeContracts';
import { FatImage, shortSlot } from '../../../support/volume/fatImage';

/** A disk whose sectors hold their own number in each byte, but for those that can't be read. */
function disk(bad: readonly number[]): SectorSource {
  return {
    sectorCount: 200,
    read: async (sector, buffer) => {
      const failed = bad.filter((at) => at >= sector && at < sector + buffer.length / 512);
      for (let i = 0; i < buffer.length; i++) buffer[i] = sector + Math.floor(i / 512);
      if (failed.length > 0)
        throw new BlockError(
          'EIO',
          'bad',
          failed.map((at) => [at, 1] as const),
        );
    },
  };
}

const part = (
  fileSector: number,
  sector: number,
  sectorCount: number,
  more: Partial<FilePart> = {},
): FilePart => ({
  role: 'data',
  fileSector,
  sector,
  sectorCount,
  ...more,
});

/** Opens a file of a volume that begins at sector 10 and has this file alone. */
async function open(record: Partial<FileRecord>, bad: readonly number[] = [], path = '/a') {
  const whole = { id: 1, kind: 'file', size: 2048, parts: [], doubts: [], ...record } satisfies FileRecord;
  const fileSystem = {
    find: async (asked: string) => (asked === '/none' ? null : whole),
  } as unknown as FileSystem;
  const volumes = [{ index: 1, first: 10, fileSystem, why: '' }];
  return FileContents.open(disk(bad), { volumes } as unknown as DiskVolumes, path, 1);
}

/** The first byte of each sector, `-` for one that can't be read. */
async function sectorsIn(contents: FileContents): Promise<string> {
  const { bytes, unreadable } = await contents.read(0, contents.sectorCount);
  const isBad = (at: number) => unreadable.some(([first, count]) => at >= first && at < first + count);
  return Array.from({ length: contents.sectorCount }, (_, i) => (isBad(i) ? '-' : bytes[i * 512])).join(' ');
}

describe('The contents of a file', () => {
  it('are its parts in its order, with zeros for holes and for what was never written', async () => {
    const parts = [part(3, 5, 1, { role: 'unwritten' }), part(1, 7, 1), part(0, 20, 1)];
    assert.equal(await sectorsIn(await open({ parts })), '30 17 0 0');
  });

  it('say which sectors can not be read, and those of which the place is not known', async () => {
    const parts = [part(0, 20, 3)];
    assert.equal(await sectorsIn(await open({ parts }, [31])), '30 - 32 0');
    const doubts = [{ reason: 'a block of its map', ranges: [] }];
    assert.equal(await sectorsIn(await open({ parts, doubts }, [31])), '30 - 32 -');
    assert.equal(await sectorsIn(await open({ parts: [part(0, 189, 4)] })), '- - - -');
  });

  it('end where the file does', async () => {
    const contents = await open({ size: 513, parts: [part(0, 20, 2)] });
    const { bytes } = await contents.read(0, 2);
    assert.deepEqual([contents.size, bytes[512], bytes[513]], [513, 31, 0]);
  });

  it('are those that the record of the file holds', async () => {
    const { bytes, unreadable } = await (await open({ size: 3, inline: Uint8Array.of(7, 8, 9) })).read(0, 1);
    assert.deepEqual([[...bytes.subarray(0, 4)], unreadable], [[7, 8, 9, 0], []]);
  });

  it('are refused where the disk holds something else', async () => {
    await assert.rejects(open({ encoding: 'compressed' }), /EINVAL|compressed/);
    await assert.rejects(open({ parts: [part(0, 20, 1, { role: 'packed' })] }), /it is compressed/);
    await assert.rejects(open({ kind: 'dir' }), /it is a folder/);
    await assert.rejects(open({ size: null }), /where it lies is not known/);
    await assert.rejects(open({}, [], '/none'), { code: 'ENOENT' });
  });

  it('of a real volume are the bytes that were written', async () => {
    const fat = new FatImage({ bits: 16, clusters: 5000 });
    fat.chain([10, 20]);
    fat.slot(fat.root, shortSlot('PHOTO   JPG', 0x20, 10, 1000));
    fat.bytes.fill(0x41, fat.sectorOf(20) * 512, fat.sectorOf(20) * 512 + 512);
    const source: SectorSource = {
      sectorCount: fat.bytes.length / 512,
      read: async (sector, buffer) =>
        buffer.set(fat.bytes.subarray(sector * 512, sector * 512 + buffer.length)),
    };
    const contents = await FileContents.open(source, await DiskVolumes.open(source), '/PHOTO.JPG', 0);
    assert.equal(await sectorsIn(contents), '0 65');
  });
});
