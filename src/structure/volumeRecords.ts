import type { Records } from '../engine';
import type { DecodedStructure } from './decode';
import { type DiskSectors, SECTOR_BYTES } from './diskSectors';
import { extGroupDescriptor, extInode } from './formats/extRecords';
import { decodeRun } from './lists';

/**
 * Decodes records that a volume knows the place of.
 * @param first the sector where the volume begins
 */
export function decodeVolumeRecords(
  { kind, first: number, byteOffset, size, count, unitBytes, isChecksumRight }: Records,
  first: number,
  disk: DiskSectors,
): Promise<DecodedStructure> {
  const start = first * SECTOR_BYTES;
  const isInode = kind === 'inode';
  return decodeRun(
    {
      title: isInode ? 'Inodes' : 'Group descriptors',
      record: isInode ? extInode : extGroupDescriptor(unitBytes, start),
      first: number,
      byteOffset: start + byteOffset,
      size,
      count,
      isChecksumRight,
    },
    disk,
  );
}
