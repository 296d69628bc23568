import { crc32c } from './checksums';
import type { ExtInode } from './inode';
import type { ExtSuperblock } from './superblock';

const HEADER_BYTES = 8;
const TAIL_BYTES = 12;
const TAIL_TYPE = 0xde;
const DIRECTORY = 2;
const MAX_BLOCK = 65536;
const SLASH = 0x2f;
const DOT = 0x2e;

/** An entry of a folder: a name, and what it names. */
export interface DirectoryEntry {
  readonly inode: number;
  /** Undefined where the file system doesn't keep it here. */
  readonly isDirectory: boolean | undefined;
  /** Where the entry lies within the bytes that were read; its name is not copied: few are shown. */
  readonly at: number;
  readonly nameLength: number;
}

/**
 * The entries of a run of directory bytes, in order.
 * @returns null when the entries do not fill the bytes as they must: none of them counts
 */
export function parseEntries(
  superblock: ExtSuperblock,
  inodeCount: number,
  bytes: Uint8Array,
): DirectoryEntry[] | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { fileTypes } = superblock.features;
  const entries: DirectoryEntry[] = [];
  for (let at = 0; at < bytes.length; ) {
    if (bytes.length - at < HEADER_BYTES) return null;
    const inode = view.getUint32(at, true);
    const length = entryLength(view.getUint16(at + 4, true), bytes.length);
    const nameLength = fileTypes ? view.getUint8(at + 6) : view.getUint16(at + 6, true);
    if (length < HEADER_BYTES || length % 4 !== 0 || at + length > bytes.length) return null;
    if (inode !== 0) {
      if (HEADER_BYTES + nameLength > length || nameLength === 0 || inode > inodeCount) return null;
      const isDirectory = fileTypes ? (view.getUint8(at + 7) & 0x0f) === DIRECTORY : undefined;
      entries.push({ inode, isDirectory, at, nameLength });
    }
    at += length;
  }
  return entries;
}

/** The name of an entry. */
export function nameOf(bytes: Uint8Array, { at, nameLength }: DirectoryEntry): Uint8Array {
  return bytes.subarray(at + HEADER_BYTES, at + HEADER_BYTES + nameLength);
}

/** True for the names "." and "..", which every folder has. */
export function isDots(bytes: Uint8Array, { at, nameLength }: DirectoryEntry): boolean {
  const name = at + HEADER_BYTES;
  return bytes[name] === DOT && (nameLength === 1 || (nameLength === 2 && bytes[name + 1] === DOT));
}

/** True for a name that a path can't have; names of encrypted folders may be any bytes. */
export function isImpossibleName(bytes: Uint8Array, { at, nameLength }: DirectoryEntry): boolean {
  const end = at + HEADER_BYTES + nameLength;
  for (let place = at + HEADER_BYTES; place < end; place++)
    if (bytes[place] === 0 || bytes[place] === SLASH) return true;
  return false;
}

/** True when a block of a folder has the checksum that it must have, or needs none. */
export function hasRightChecksum(
  superblock: ExtSuperblock,
  inode: ExtInode,
  bytes: Uint8Array,
  isFirst: boolean,
): boolean {
  if (!superblock.features.metadataChecksums) return true;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isNode = inode.isIndexed && (isFirst || isEmptyEntry(view));
  return isNode ? hasRightIndexSum(view, bytes, inode, isFirst) : hasRightLeafSum(view, bytes, inode);
}

function isEmptyEntry(view: DataView): boolean {
  return (
    view.getUint32(0, true) === 0 && entryLength(view.getUint16(4, true), view.byteLength) === view.byteLength
  );
}

function hasRightLeafSum(view: DataView, bytes: Uint8Array, inode: ExtInode): boolean {
  const tail = bytes.length - TAIL_BYTES;
  if (view.getUint32(tail, true) !== 0 || view.getUint16(tail + 4, true) !== TAIL_BYTES) return false;
  if (view.getUint8(tail + 7) !== TAIL_TYPE) return false;
  return crc32c(inode.checksumSeed, bytes, 0, tail) === view.getUint32(tail + 8, true);
}

/** A node of the index: its checksum is over the entries in use and follows the room for all. */
function hasRightIndexSum(view: DataView, bytes: Uint8Array, inode: ExtInode, isRoot: boolean): boolean {
  const counts = isRoot ? 32 : 8;
  const limit = view.getUint16(counts, true);
  const count = view.getUint16(counts + 2, true);
  const tail = counts + 8 * limit;
  if (count > limit || tail + 8 > bytes.length) return false;
  const crc = crc32c(crc32c(inode.checksumSeed, bytes, 0, counts + 8 * count), bytes, tail, tail + 4);
  return crc32c(crc, new Uint8Array(4)) === view.getUint32(tail + 4, true);
}

/** A length of 16 bits; the largest block has two ways to say its own. */
function entryLength(stored: number, available: number): number {
  return available === MAX_BLOCK && (stored === 0 || stored === 0xffff) ? MAX_BLOCK : stored;
}
