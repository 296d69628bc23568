import { SECTOR_SIZE } from '../../block/blockDevice';
import type { Doubt } from '../volumeContracts';
import { TYPE } from './attribute';
import { doubtOf, gatherAttributes, type RecordSource } from './attributeList';
import { type AttributeStream, joinStreams, readStream } from './attributeStream';
import { isPowerOf2 } from './bootSector';
import { type FileName, parseFileName } from './fileNames';
import { FOLDER_INDEX } from './fileParts';
import { applyFixups } from './fixups';
import { ascii, u16, u32, u64 } from './littleEndian';
import { type MftRecord, parseReference, type Reference } from './mftRecord';

/** A name in a folder, and the file that it leads to. */
export interface FolderEntry {
  readonly file: Reference;
  readonly name: FileName;
}

const ROOT_HEAD = 0x10;
const BLOCK_HEAD = 0x18;
const ENTRY_HEAD = 0x10;
const IS_LAST = 2;
const LARGEST_BLOCK = 65_536;

/**
 * The names in a folder, in the order of its index blocks: not by name. Only blocks that the folder's bitmap calls used
 * are read: what is left in others is old.
 */
export async function* folderEntries(
  folder: MftRecord,
  source: RecordSource,
  onDoubt: (doubt: Doubt) => void,
): AsyncGenerator<FolderEntry> {
  const { attributes, doubts } = await gatherAttributes(folder, source);
  for (const doubt of doubts) onDoubt(doubt);
  const streams = joinStreams(attributes, source.geometry).filter(({ name }) => name === FOLDER_INDEX);
  const root = streams.find(({ type }) => type === TYPE.indexRoot)?.value;
  const what = `the index of the folder of MFT record ${folder.number}`;
  const damaged: Doubt = { reason: `${what} is damaged`, ranges: [] };
  if (!root || root.length < ROOT_HEAD + ENTRY_HEAD) {
    onDoubt(damaged);
    return;
  }
  if (!(yield* entriesIn(root.subarray(ROOT_HEAD)))) onDoubt(damaged);
  const blocks = streams.find(({ type }) => type === TYPE.indexAllocation);
  if (!blocks) return;
  const bitmap = streams.find(({ type }) => type === TYPE.bitmap);
  const blockBytes = u32(root, 8);
  if (!bitmap || !isPowerOf2(blockBytes, SECTOR_SIZE, LARGEST_BLOCK)) onDoubt(damaged);
  else yield* entriesOfBlocks({ blocks, bitmap, blockBytes, what }, source, onDoubt);
}

interface Blocks {
  readonly blocks: AttributeStream;
  readonly bitmap: AttributeStream;
  readonly blockBytes: number;
  readonly what: string;
}

async function* entriesOfBlocks(
  { blocks, bitmap, blockBytes, what }: Blocks,
  source: RecordSource,
  onDoubt: (doubt: Doubt) => void,
): AsyncGenerator<FolderEntry> {
  if (!blocks.isWhole) onDoubt({ reason: `${what} can't be read in whole`, ranges: [] });
  const isUsed = usedBlocks(bitmap, source, `the bitmap of ${what}`);
  for (const block of blocksIn(blocks, blockBytes, source.geometry.clusterBytes)) {
    try {
      if (!(await isUsed(block))) continue;
      const bytes = await readStream(blocks, source, block * blockBytes, blockBytes, what);
      if (!isBlock(bytes, block, source) || !(yield* entriesIn(bytes.subarray(BLOCK_HEAD))))
        onDoubt({ reason: `${what} is torn or damaged`, ranges: [] });
    } catch (error) {
      onDoubt(doubtOf(error));
    }
  }
}

/** The blocks that begin in the clusters of an index: a hole, however long, has none. */
function* blocksIn(
  { runs, sizes }: AttributeStream,
  blockBytes: number,
  clusterBytes: number,
): Generator<number> {
  const size = sizes?.size ?? 0;
  for (const { vcn, clusterCount } of runs) {
    const end = Math.min((vcn + clusterCount) * clusterBytes, size - blockBytes + 1);
    for (let block = Math.ceil((vcn * clusterBytes) / blockBytes); block * blockBytes < end; block++)
      yield block;
  }
}

/** Asks a folder's bitmap, which is read in pieces. */
function usedBlocks(
  bitmap: AttributeStream,
  source: RecordSource,
  what: string,
): (block: number) => Promise<boolean> {
  let piece: Uint8Array | undefined;
  let pieceNumber = -1;
  return async (block) => {
    const at = Math.floor(block / 8);
    const number = Math.floor(at / SECTOR_SIZE);
    if (number !== pieceNumber || !piece) {
      const from = number * SECTOR_SIZE;
      pieceNumber = number;
      piece = undefined;
      const length = Math.min(SECTOR_SIZE, (bitmap.sizes?.size ?? 0) - from);
      if (at >= from + length) throw source.reader.unreadable([], what);
      piece = await readStream(bitmap, source, from, length, what);
    }
    return ((piece[at % SECTOR_SIZE]! >> (block & 7)) & 1) === 1;
  };
}

/** True for an index block that is whole and the one that was meant; its fixups are undone in place. */
function isBlock(bytes: Uint8Array, block: number, { geometry }: RecordSource): boolean {
  if (ascii(bytes, 0, 4) !== 'INDX' || !applyFixups(bytes)) return false;
  const unit = geometry.clusterBytes <= bytes.length ? geometry.clusterBytes : SECTOR_SIZE;
  return u64(bytes, 0x10) === (block * bytes.length) / unit;
}

/**
 * The entries of a node: its bytes from the header on, which tells where they are.
 * @returns false when the node is damaged
 */
function* entriesIn(node: Uint8Array): Generator<FolderEntry, boolean> {
  const end = Math.min(u32(node, 4), node.length);
  for (let at = u32(node, 0); at + ENTRY_HEAD <= end; ) {
    const length = u16(node, at + 8);
    const keyLength = u16(node, at + 0x0a);
    if ((u16(node, at + 0x0c) & IS_LAST) !== 0) return true;
    if (length < ENTRY_HEAD || at + length > end || ENTRY_HEAD + keyLength > length) return false;
    const name = parseFileName(node.subarray(at + ENTRY_HEAD, at + ENTRY_HEAD + keyLength));
    if (!name) return false;
    if (!name.isShort) yield { file: parseReference(node, at), name };
    at += length;
  }
  return false;
}
