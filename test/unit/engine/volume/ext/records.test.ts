import assert from 'node:assert/strict';
import { openExt } from '../../../../../src/engine/volume/ext/openExt';
import type { Records } from '../../../../../src/engine/volume/volumeContracts';
import { needJudge } from '../../../../support/judges';
import { tempFolder } from '../../../../support/tempFolder';
import { debugfs, imageBytes, makeImage, run } from '../../../../support/volume/ext2Programs';
import { BytesSource } from '../../../../support/volume/volumeFixture';

const IMAGES: Readonly<Record<string, readonly [options: string, size: string]>> = {
  'ext2 with inodes of 128 bytes': ['-t ext2 -b 1024 -I 128', '12M'],
  'ext4 with blocks of 1 KiB': ['-t ext4 -b 1024', '24M'],
  'ext4 with blocks of 4 KiB': ['-t ext4 -b 4096', '40M'],
  'ext4 with meta groups': ['-t ext4 -b 1024 -g 1024 -O meta_bg,^resize_inode,^flex_bg', '48M'],
  'ext4 with clusters': ['-t ext4 -b 1024 -O bigalloc -C 8192', '24M'],
  'ext4 with checksums of descriptors alone': ['-t ext4 -b 1024 -O ^metadata_csum,uninit_bg', '24M'],
  'ext4 with large inodes': ['-t ext4 -b 4096 -I 1024', '40M'],
};
const GROUP_LINE = /^Group (\d+):.*?\n(?:.*\n)*? {2}Block bitmap at (\d+)/gm;

/** The record of a number, if it is among these. */
function placeOf(records: Records | null, number: number): number | null {
  const index = number - (records?.first ?? number);
  return records && index >= 0 && index < records.count ? records.byteOffset + index * records.size : null;
}

/** mke2fs gives ext4 checksums of metadata, and ext2 none. */
const hasChecksums = (name: string, kind: Records['kind']) =>
  !name.startsWith('ext2') && (kind === 'group' || !name.includes('descriptors alone'));

/** A record as mke2fs wrote it has the right checksum; one with another number or another bit has not. */
function checkVerdicts(records: Records, number: number, bytes: Uint8Array, hasOne: boolean): void {
  const isBlank = bytes.every((byte) => byte === 0);
  const expected = hasOne && !isBlank ? [true, false, false] : [null, null];
  const changed = Uint8Array.from(bytes);
  changed[7]! ^= 4;
  const found = [
    records.isChecksumRight(number, bytes),
    records.isChecksumRight(number + 1, bytes),
    records.isChecksumRight(number, changed),
  ];
  assert.deepEqual(hasOne && !isBlank ? found : found.slice(0, 2), expected);
}

describe('ext: records in a sector, beside debugfs and dumpe2fs', () => {
  const folder = tempFolder();
  before(function () {
    needJudge(this, 'mke2fs');
  });

  for (const [name, [options, size]] of Object.entries(IMAGES)) {
    it(`${name}: inodes and descriptors are where these programs see them`, async () => {
      const image = folder.path('image');
      makeImage(image, options.split(' '), size);
      const bytes = imageBytes(image);
      const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
      const fileSystem = (await openExt(new BytesSource(bytes).reader()))!;
      const blockBytes = Number(/Block size: +(\d+)/.exec(run('dumpe2fs', ['-h', image]))![1]);
      for (const inode of [2, 8, 11, 1200]) {
        const said = /located at block (\d+), offset (0x[0-9a-f]+)/.exec(
          debugfs(image, [`imap <${inode}>`]),
        )!;
        const place = Number(said[1]) * blockBytes + Number(said[2]);
        const records = fileSystem.recordsAt?.(Math.floor(place / 512)) ?? null;
        assert.deepEqual([records?.kind, placeOf(records, inode)], ['inode', place]);
        checkVerdicts(
          records!,
          inode,
          bytes.slice(place, place + records!.size),
          hasChecksums(name, 'inode'),
        );
      }
      const groups = [...run('dumpe2fs', [image]).matchAll(GROUP_LINE)];
      const bitmapOf = new Map(groups.map(([, group, block]) => [Number(group), Number(block)]));
      const seen = new Set<number>();
      for (let sector = 0; sector < bytes.length / 512; sector++) {
        const records = fileSystem.recordsAt?.(sector);
        if (records?.kind !== 'group') continue;
        assert.ok(records.byteOffset + records.count * records.size > sector * 512);
        assert.ok(records.byteOffset < (sector + 1) * 512);
        for (let i = 0; i < records.count; i++) {
          const bitmap = view.readUInt32LE(records.byteOffset + i * records.size);
          assert.equal(bitmap, bitmapOf.get(records.first + i), `group ${records.first + i}`);
          seen.add(records.first + i);
          const place = records.byteOffset + i * records.size;
          const descriptor = bytes.slice(place, place + records.size);
          checkVerdicts(records, records.first + i, descriptor, hasChecksums(name, 'group'));
        }
      }
      assert.equal(seen.size, bitmapOf.size, 'every group has a descriptor');
    });
  }
});
