import { SECTOR_SIZE } from '../../block/blockDevice';
import type { Records, Structure } from '../volumeContracts';
import { type Descriptors, isDescriptorRight } from './descriptors';
import type { ExtBlocks } from './extBlocks';
import { isInodeRight } from './inode';

/** The inodes or descriptors of groups that a sector of a structure holds, whether they are in use or not. */
export function recordsIn(
  { superblock }: ExtBlocks,
  descriptors: Descriptors,
  { what, group = 0, range }: Structure,
  sector: number,
): Records | null {
  const { blockSize, descriptorSize, inodeSize, inodesPerGroup, groupCount, firstMetaBlock } = superblock;
  if (what === 'inode-table') {
    const descriptor = descriptors.of(group);
    if (!descriptor) return null;
    const start = descriptor.inodeTable * blockSize;
    const isChecksumRight = (number: number, bytes: Uint8Array) => isInodeRight(superblock, number, bytes);
    const table = { kind: 'inode', size: inodeSize, unitBytes: blockSize, isChecksumRight } as const;
    const first = 1 + group * inodesPerGroup;
    return within({ ...table, byteOffset: start, first, count: inodesPerGroup }, sector);
  }
  if (what !== 'group-descriptors') return null;
  const perBlock = blockSize / descriptorSize;
  // In a meta group the block, and each copy of it, holds the descriptors of that meta group alone.
  const block = Math.floor(group / perBlock);
  const first = block >= firstMetaBlock ? block * perBlock : 0;
  const count = Math.min((range[1] * SECTOR_SIZE) / descriptorSize, groupCount - first);
  const isChecksumRight = (number: number, bytes: Uint8Array) =>
    superblock.features.descriptorChecksums ? isDescriptorRight(superblock, number, bytes) : null;
  const table = { kind: 'group', size: descriptorSize, unitBytes: blockSize, isChecksumRight } as const;
  return within({ ...table, byteOffset: range[0] * SECTOR_SIZE, first, count }, sector);
}

/** The part of a row of records of which one or more bytes lie in a sector. */
function within(records: Records, sector: number): Records | null {
  const { byteOffset, size, first, count } = records;
  const from = sector * SECTOR_SIZE - byteOffset;
  const skipped = Math.max(0, Math.floor(from / size));
  const end = Math.min(count, Math.ceil((from + SECTOR_SIZE) / size));
  if (end <= skipped) return null;
  return {
    ...records,
    first: first + skipped,
    byteOffset: byteOffset + skipped * size,
    count: end - skipped,
  };
}
