import { SECTOR_SIZE } from '../../block/blockDevice';
import { UnreadableError, type VolumeReader } from '../volumeReader';
import { GroupLayout } from './groupLayout';
import { type ExtSuperblock, parseSuperblock, SUPERBLOCK_BYTES, SUPERBLOCK_OFFSET } from './superblock';

const MAGIC_AT = 0x38;
const MAGIC = [0x53, 0xef];
/** Backups of file systems with small groups are looked for in so much of the volume. */
const SEARCHED_BYTES = 12 * 1024 * 1024;
const SEARCHED_AT_ONCE = 1024 * 1024;
/** Where the first backup lies with groups of the usual size, by block size: in blocks. */
const USUAL_BACKUPS = [
  [1024, 8193],
  [1024, 8192],
  [2048, 16384],
  [4096, 32768],
  [8192, 65528],
  [16384, 65528],
  [32768, 65528],
  [65536, 65528],
] as const;

/**
 * Finds the superblock of a volume: the first one, or a backup where that can't be read or is damaged.
 * @returns null when there is none, or backups contradict each other: there may be more than one file system's
 */
export async function findSuperblock(reader: VolumeReader): Promise<{ superblock: ExtSuperblock } | null> {
  if (reader.sectorCount * SECTOR_SIZE < SUPERBLOCK_OFFSET + SUPERBLOCK_BYTES) return null;
  const first = await read(reader, SUPERBLOCK_OFFSET);
  if (first) {
    if (!hasMagic(first, 0)) return null;
    const superblock = parseSuperblock(first);
    if (superblock?.group === 0) return { superblock };
  }
  const backups = await backupsOf(reader);
  const [best] = backups;
  if (!best || !backups.every((backup) => agree(best, backup))) return null;
  return { superblock: best };
}

async function backupsOf(reader: VolumeReader): Promise<ExtSuperblock[]> {
  const found: ExtSuperblock[] = [];
  for (const [blockSize, block] of USUAL_BACKUPS) {
    const bytes = await read(reader, blockSize * block);
    const backup = bytes && backupIn(bytes, blockSize * block);
    if (backup) found.push(backup);
  }
  const end = Math.min(SEARCHED_BYTES, Math.floor(reader.sectorCount / 2) * 1024);
  for (let from = 0; from < end; from += SEARCHED_AT_ONCE)
    found.push(...(await backupsWithin(reader, from, Math.min(SEARCHED_AT_ONCE, end - from))));
  return found;
}

async function backupsWithin(reader: VolumeReader, from: number, length: number): Promise<ExtSuperblock[]> {
  const { bytes, unreadable } = await reader.whatCanBeRead(from, length, 'backups of the superblock');
  const lost = new Set(unreadable);
  const found: ExtSuperblock[] = [];
  for (let at = 0; at < length; at += SUPERBLOCK_BYTES) {
    const sector = (from + at) / SECTOR_SIZE;
    if (!hasMagic(bytes, at) || lost.has(sector) || lost.has(sector + 1)) continue;
    const backup = backupIn(bytes.subarray(at, at + SUPERBLOCK_BYTES), from + at);
    if (backup) found.push(backup);
  }
  return found;
}

/** A backup, only where its own geometry has one: a copy within a file lies elsewhere. */
function backupIn(bytes: Uint8Array, byteOffset: number): ExtSuperblock | null {
  const superblock = hasMagic(bytes, 0) ? parseSuperblock(bytes) : null;
  if (!superblock || superblock.group === 0 || superblock.group >= superblock.groupCount) return null;
  const layout = new GroupLayout(superblock);
  const place = layout.firstBlockOf(superblock.group) * superblock.blockSize;
  return place === byteOffset && layout.hasSuperblock(superblock.group) ? superblock : null;
}

function agree(one: ExtSuperblock, other: ExtSuperblock): boolean {
  return (
    Buffer.compare(one.uuid, other.uuid) === 0 &&
    one.blockSize === other.blockSize &&
    one.blockCount === other.blockCount &&
    one.blocksPerGroup === other.blocksPerGroup &&
    one.inodesPerGroup === other.inodesPerGroup &&
    one.inodeSize === other.inodeSize
  );
}

function hasMagic(bytes: Uint8Array, at: number): boolean {
  return bytes[at + MAGIC_AT] === MAGIC[0] && bytes[at + MAGIC_AT + 1] === MAGIC[1];
}

/** Null when the bytes can't be read, or lie beyond the end. */
async function read(reader: VolumeReader, byteOffset: number): Promise<Uint8Array | null> {
  try {
    return await reader.bytes(byteOffset, SUPERBLOCK_BYTES, 'the superblock');
  } catch (error) {
    if (error instanceof UnreadableError) return null;
    throw error;
  }
}
