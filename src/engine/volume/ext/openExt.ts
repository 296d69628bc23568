import type { FileSystem } from '../volumeContracts';
import type { VolumeReader } from '../volumeReader';
import { Descriptors } from './descriptors';
import { ExtBlocks } from './extBlocks';
import { ExtFileSystem } from './extFileSystem';
import { findSuperblock } from './findSuperblock';
import type { ExtSuperblock } from './superblock';
import { SuperblockOnly } from './superblockOnly';

/**
 * Opens the ext2, ext3 or ext4 file system on a volume. Reads the superblock and the descriptors: half a megabyte for each
 * terabyte, and at most 13 MB more where the superblock is lost.
 * @returns null when there is none, or nothing that says so can be read
 */
export async function openExt(reader: VolumeReader): Promise<FileSystem | null> {
  const found = await findSuperblock(reader);
  if (!found) return null;
  const { superblock } = found;
  const blocks = new ExtBlocks(reader, superblock);
  const notes = notesOf(reader, superblock);
  if (superblock.features.foreign !== 0 || superblock.features.journalDevice)
    return new SuperblockOnly(blocks, notes);
  const descriptors = await Descriptors.load(blocks);
  if (superblock.group > 0 && descriptors.contradictSuperblock) return null;
  if (descriptors.fromBackups > 0)
    notes.push(`The descriptors of ${descriptors.fromBackups} block groups were read from backups`);
  if (descriptors.unknownGroups.length > 0)
    notes.push(
      `No descriptor of ${descriptors.unknownGroups.length} block groups can be read: what they hold is unknown`,
    );
  return new ExtFileSystem(blocks, descriptors, notes);
}

function notesOf(reader: VolumeReader, superblock: ExtSuperblock): string[] {
  const { features, group, clean, blockCount, blockSize } = superblock;
  const notes: string[] = [];
  if (group > 0)
    notes.push(
      `The superblock can't be read: its backup in block group ${group} was used, which doesn't know whether the journal is to be replayed`,
    );
  else if (features.needsRecovery) notes.push('The journal is not replayed: what it holds may be newer');
  else if (!clean) notes.push('The file system was not unmounted cleanly, or has errors');
  if (!features.metadataChecksums)
    notes.push('Most structures have no checksums: damage to them may go unnoticed');
  if (blockCount * blockSize > reader.sectorCount * 512)
    notes.push('The file system is longer than its partition');
  if (features.journalDevice) notes.push('The volume is the journal of another file system');
  else if (features.foreign !== 0)
    notes.push(
      `Not looked into: the file system has a feature that is not understood (0x${features.foreign.toString(16)})`,
    );
  return notes;
}
