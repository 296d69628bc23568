import { isUtf8 } from 'node:buffer';
import { SECTOR_SIZE } from '../../block/blockDevice';
import type { Doubt, FilePart } from '../volumeContracts';
import { UnreadableError } from '../volumeReader';
import {
  type DirectoryEntry,
  hasRightChecksum,
  isDots,
  isImpossibleName,
  parseEntries,
} from './directoryEntries';
import type { ExtBlocks } from './extBlocks';
import { recordOf } from './fileRecords';
import { inlineRuns } from './inlineData';
import type { ExtInode } from './inode';

/** A run of a folder is read in pieces of at most so much. */
const PIECE_BYTES = 256 * 1024;
const PARENT_BYTES = 4;
/** An entry "..": a folder within its inode has only the number. */
const PARENT_LINK = Uint8Array.of(0, 0, 0, 0, 12, 0, 2, 2, 0x2e, 0x2e, 0, 0);

/** Entries of a folder that lie together, in bytes that lie at `byteOffset` of the volume. */
export interface DirectoryPiece {
  readonly entries: readonly DirectoryEntry[];
  readonly bytes: Uint8Array;
  readonly byteOffset: number;
}

/** Reads the entries of folders. */
export class Directories {
  readonly #blocks: ExtBlocks;
  readonly #inodeCount: number;

  constructor(blocks: ExtBlocks) {
    this.#blocks = blocks;
    this.#inodeCount = blocks.superblock.inodesPerGroup * blocks.superblock.groupCount;
  }

  /** All entries of a folder, block by block. A block that can't be read, or isn't valid, is told. */
  async *pieces(inode: ExtInode, onDoubt: (doubt: Doubt) => void): AsyncGenerator<DirectoryPiece> {
    if (inode.isInline) return yield* this.#inlinePieces(inode, onDoubt);
    const record = await recordOf(this.#blocks, inode);
    for (const doubt of record.doubts) onDoubt(doubt);
    const sectors = Math.ceil(inode.size / SECTOR_SIZE);
    for (const part of record.parts)
      if (part.role === 'data') yield* this.#piecesOfRun(inode, part, sectors - part.fileSector, onDoubt);
  }

  async *#piecesOfRun(
    inode: ExtInode,
    part: FilePart,
    sectorsLeft: number,
    onDoubt: (doubt: Doubt) => void,
  ): AsyncGenerator<DirectoryPiece> {
    const { blockSize } = this.#blocks.superblock;
    const start = part.sector * SECTOR_SIZE;
    const length = Math.min(part.sectorCount, sectorsLeft) * SECTOR_SIZE;
    for (let from = 0; from < length; from += PIECE_BYTES) {
      const size = Math.min(PIECE_BYTES, Math.ceil((length - from) / blockSize) * blockSize);
      const reading = await this.#read(start + from, size, `folder ${inode.number}`, onDoubt);
      if (!reading) continue;
      for (let at = 0; at < size; at += blockSize) {
        const byteOffset = start + from + at;
        const lost = reading.unreadable.filter((sector) => isWithin(sector, byteOffset, blockSize));
        const isFirst = part.fileSector === 0 && from + at === 0;
        const bytes = reading.bytes.subarray(at, at + blockSize);
        const entries = lost.length === 0 ? this.#entriesOf(inode, bytes, isFirst) : null;
        if (entries) yield { entries, bytes, byteOffset };
        else if (lost.length > 0)
          onDoubt(this.#blocks.reader.unreadable(lost, `folder ${inode.number}`).doubt);
        else
          onDoubt(
            this.#blocks.doubtOf(byteOffset / blockSize, `a block of folder ${inode.number} is damaged`),
          );
      }
    }
  }

  #entriesOf(inode: ExtInode, bytes: Uint8Array, isFirst: boolean): DirectoryEntry[] | null {
    if (!hasRightChecksum(this.#blocks.superblock, inode, bytes, isFirst)) return null;
    return this.#parse(inode, bytes);
  }

  #parse(inode: ExtInode, bytes: Uint8Array): DirectoryEntry[] | null {
    const entries = parseEntries(this.#blocks.superblock, this.#inodeCount, bytes);
    const allowed = inode.isEncrypted || entries?.every((entry) => !isImpossibleName(bytes, entry));
    return allowed ? entries : null;
  }

  /** A folder within its inode: the number of its parent, entries, and more entries in an attribute. */
  async *#inlinePieces(inode: ExtInode, onDoubt: (doubt: Doubt) => void): AsyncGenerator<DirectoryPiece> {
    const [map, rest] = inlineRuns(inode);
    const parent = new DataView(map!.bytes.buffer, map!.bytes.byteOffset).getUint32(0, true);
    yield {
      entries: [{ inode: parent, isDirectory: true, at: 0, nameLength: 2 }],
      bytes: PARENT_LINK,
      byteOffset: inode.byteOffset,
    };
    const first = { bytes: map!.bytes.subarray(PARENT_BYTES), at: map!.at + PARENT_BYTES };
    for (const { bytes, at } of rest ? [first, rest] : [first]) {
      const entries = this.#parse(inode, bytes);
      const block = Math.floor(inode.byteOffset / this.#blocks.superblock.blockSize);
      if (entries) yield { entries, bytes, byteOffset: inode.byteOffset + at };
      else onDoubt(this.#blocks.doubtOf(block, `folder ${inode.number} is damaged`));
    }
  }

  async #read(byteOffset: number, length: number, what: string, onDoubt: (doubt: Doubt) => void) {
    try {
      return await this.#blocks.reader.whatCanBeRead(byteOffset, length, what);
    } catch (error) {
      if (!(error instanceof UnreadableError)) throw error;
      onDoubt(error.doubt);
      return null;
    }
  }
}

/** The entries that name something else than the folder itself and its parent. */
export function* namedEntries(piece: DirectoryPiece): Generator<DirectoryEntry> {
  for (const entry of piece.entries) if (!isDots(piece.bytes, entry)) yield entry;
}

/** A name as it is shown: its text, or its bytes where it isn't one. */
export function shownName(name: Uint8Array): string {
  const bytes = Buffer.from(name.buffer, name.byteOffset, name.byteLength);
  if (isUtf8(bytes)) return bytes.toString('utf8');
  return Array.from(bytes, (byte) =>
    byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`,
  ).join('');
}

/** What stands for the name of an entry in an encrypted folder. */
export function encryptedName(inode: number): string {
  return `(encrypted name, inode ${inode})`;
}

function isWithin(sector: number, byteOffset: number, length: number): boolean {
  return sector * SECTOR_SIZE >= byteOffset && sector * SECTOR_SIZE < byteOffset + length;
}
