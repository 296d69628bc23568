import assert from 'node:assert/strict';
import { closeSync, fstatSync, openSync, readSync, writeFileSync, writeSync } from 'node:fs';
import { SECTOR_SIZE } from '../../../../../src/engine/block/blockDevice';
import { CRC32C_START, crc32c, crc32cOfU32 } from '../../../../../src/engine/volume/ext/checksums';
import { openExt } from '../../../../../src/engine/volume/ext/openExt';
import type { FileSystem } from '../../../../../src/engine/volume/volumeContracts';
import { VolumeReader } from '../../../../../src/engine/volume/volumeReader';
import { needJudge } from '../../../../support/judges';
import { tempFolder } from '../../../../support/tempFolder';
import { debugfs, makeImage, run } from '../../../../support/volume/ext2Programs';

const BLOCK_SECTORS = 8;
/** Beyond 2^32 sectors. */
const FAR_BLOCK = 700_000_123;
const GROUP_LINE = /^Group (\d+):.*?\n(?:.*\n)*? {2}Block bitmap at (\d+)/gm;

describe('openExt, on a sparse image of 3 TiB', () => {
  const folder = tempFolder();
  before(function () {
    needJudge(this, 'mke2fs');
  });

  it('reads places beyond 2^32 sectors, and little to be open', async () => {
    const image = folder.path('image');
    makeImage(image, ['-t', 'ext4', '-b', '4096', '-E', 'lazy_itable_init=1'], '3T');
    writeFileSync(folder.path('content'), 'content');
    debugfs(image, [`write ${folder.path('content')} far`], true);
    moveFar(image);
    const file = openSync(image, 'r');
    let bytesRead = 0;
    const source = {
      sectorCount: fstatSync(file).size / SECTOR_SIZE,
      read: async (sector: number, buffer: Uint8Array) => {
        bytesRead += readSync(file, buffer, 0, buffer.length, sector * SECTOR_SIZE);
      },
    };
    const fileSystem = (await openExt(new VolumeReader(source, 0, source.sectorCount)))!;
    assert(bytesRead < 16e6, `${bytesRead} bytes were read`);
    const record = await fileSystem.find('/far');
    assert.deepEqual(
      record?.parts.map(({ sector, sectorCount }) => [sector, sectorCount]),
      [[FAR_BLOCK * BLOCK_SECTORS, BLOCK_SECTORS]],
    );
    assert.equal(await fileSystem.allocationAt(FAR_BLOCK * BLOCK_SECTORS), 'free');
    await assertStructures(fileSystem, image);
    closeSync(file);
  });
});

/** The bitmaps of every thousandth group lie where dumpe2fs says. */
async function assertStructures(fileSystem: FileSystem, image: string): Promise<void> {
  let checked = 0;
  for (const [, group, block] of run('dumpe2fs', [image]).matchAll(GROUP_LINE)) {
    if (Number(group) % 1000 !== 0) continue;
    const structure = await fileSystem.structureAt(Number(block) * BLOCK_SECTORS);
    assert.deepEqual([structure?.what, structure?.group], ['block-bitmap', Number(group)]);
    assert.equal(await fileSystem.allocationAt(Number(block) * BLOCK_SECTORS), 'used');
    checked++;
  }
  assert(checked >= 24);
}

/** Lets the only extent of the file lead far away, as no file does that is written to an empty image. */
function moveFar(image: string): void {
  const at = /located at block (\d+), offset (0x[0-9a-f]+)/.exec(debugfs(image, ['imap far']))!;
  const file = openSync(image, 'r+');
  const inode = Buffer.alloc(256);
  const byteOffset = Number(at[1]) * 4096 + Number(at[2]);
  readSync(file, inode, 0, 256, byteOffset);
  inode.writeUInt16LE(Math.floor(FAR_BLOCK / 2 ** 32), 0x28 + 18);
  inode.writeUInt32LE(FAR_BLOCK % 2 ** 32, 0x28 + 20);
  inode.writeUInt16LE(0, 0x7c);
  inode.writeUInt16LE(0, 0x82);
  const uuid = Buffer.alloc(16);
  readSync(file, uuid, 0, 16, 1024 + 0x68);
  const number = Number(/^Inode (\d+)/m.exec(debugfs(image, ['imap far']))![1]);
  const seed = crc32cOfU32(crc32cOfU32(crc32c(CRC32C_START, uuid), number), inode.readUInt32LE(0x64));
  const sum = crc32c(seed, inode);
  inode.writeUInt16LE(sum & 0xffff, 0x7c);
  inode.writeUInt16LE(sum >>> 16, 0x82);
  writeSync(file, inode, 0, 256, byteOffset);
  closeSync(file);
}
