import assert from 'node:assert/strict';
import { FILE_SYSTEM_KINDS, type FileSystemKind } from '../../../../src/engine/scenario/fileSystems';

const kind = (name: string): FileSystemKind => FILE_SYSTEM_KINDS.find((each) => each.name === name)!;

describe('the journal of a file system', () => {
  it('of ext4 is where the superblock’s copy of its extents says', () => {
    const head = Buffer.alloc(4096);
    const superblock = head.subarray(1024);
    superblock.writeUInt32LE(2, 0x18);
    const root = superblock.subarray(0x10c);
    root.writeUInt16LE(0xf30a, 0);
    root.writeUInt16LE(2, 2);
    for (const [i, [start, count]] of [
      [32_768, 1000],
      [2 ** 32 + 7, 24],
    ].entries()) {
      const extent = root.subarray(12 + 12 * i);
      extent.writeUInt16LE(count!, 4);
      extent.writeUInt16LE(Math.floor(start! / 2 ** 32), 6);
      extent.writeUInt32LE(start! % 2 ** 32, 8);
    }
    assert.deepEqual(kind('ext4').journal(head), [
      [32_768 * 8, 8000],
      [(2 ** 32 + 7) * 8, 192],
    ]);
  });

  it('of XFS is in the allocation group that the superblock names', () => {
    const head = Buffer.alloc(4096);
    head.writeUInt32BE(4096, 4);
    head.writeBigUInt64BE((2n << 15n) | 5n, 48);
    head.writeUInt32BE(20_480, 84);
    head.writeUInt32BE(16_384, 96);
    head.writeUInt8(15, 124);
    assert.deepEqual(kind('xfs').journal(head), [[(2 * 20_480 + 5) * 8, 16_384 * 8]]);
  });

  it('of btrfs has no place of its own', () => {
    assert.deepEqual(kind('btrfs').journal(Buffer.alloc(4096)), []);
  });
});
