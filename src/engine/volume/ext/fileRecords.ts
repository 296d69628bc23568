import type { FileRecord } from '../volumeContracts';
import type { ExtBlocks } from './extBlocks';
import { ExtentTree } from './extentTree';
import { IndirectMap } from './indirectMap';
import { inlineContents } from './inlineData';
import { type ExtInode, MAP_AT, MAP_BYTES } from './inode';
import { PartList } from './partList';

const RESIZE_INODE = 7;
/** Where the resize inode names its only block that isn't a reserved one of the descriptors. */
const DOUBLE_POINTER_AT = 13 * 4;
const EXTENT_MAGIC = 0xf30a;

/** What an inode is called when it belongs to the file system itself; undefined for files and folders. */
export function ownName(blocks: ExtBlocks, inode: ExtInode): string | undefined {
  return inode.holdsAttribute ? 'xattr-inode' : blocks.superblock.ownInodes.get(inode.number);
}

/** The record of an inode in use, with all that it owns. A promise only where other blocks must be read for it. */
export function recordOf(blocks: ExtBlocks, inode: ExtInode): FileRecord | Promise<FileRecord> {
  const list = new PartList(blocks, inode.number);
  const walked = addParts(blocks, inode, list);
  return walked ? walked.then(() => finish(blocks, inode, list)) : finish(blocks, inode, list);
}

/** The journal by the copy of its map in the superblock, for when its inode can't be read. */
export async function journalByCopy(blocks: ExtBlocks, map: Uint8Array): Promise<FileRecord> {
  const list = new PartList(blocks);
  const place = Math.floor(1024 / blocks.superblock.blockSize);
  const view = new DataView(map.buffer, map.byteOffset, map.byteLength);
  if (view.getUint16(0, true) === EXTENT_MAGIC)
    await new ExtentTree(blocks, list, undefined, place).walk(view, 0);
  else await new IndirectMap(blocks, list, place).walk(view, 0);
  const { parts, doubts } = list;
  return { id: blocks.superblock.journalInode, kind: 'meta', what: 'journal', size: null, parts, doubts };
}

function finish(blocks: ExtBlocks, inode: ExtInode, { parts, doubts }: PartList): FileRecord {
  const { number: id, size } = inode;
  const what = ownName(blocks, inode);
  if (what !== undefined) return { id, kind: 'meta', what, size, parts, doubts };
  if (inode.type === 'dir') return { id, kind: 'dir', size, parts, doubts };
  const inline = holdsContents(blocks, inode) ? inlineContents(inode) : undefined;
  const record: FileRecord = { id, kind: 'file', size, parts, doubts };
  if (!inline && !inode.isEncrypted) return record;
  return { ...record, ...(inline && { inline }), ...(inode.isEncrypted && { encoding: 'encrypted' }) };
}

function addParts(blocks: ExtBlocks, inode: ExtInode, list: PartList): void | Promise<void> {
  const place = Math.floor(inode.byteOffset / blocks.superblock.blockSize);
  addAttributes(blocks, inode, list, place);
  if (inode.number === RESIZE_INODE) return addResizeBlock(blocks, inode, list, place);
  if (!hasMap(blocks, inode)) return;
  if (inode.hasExtents)
    return new ExtentTree(blocks, list, inode.checksumSeed, place).walk(inode.view, inode.at + MAP_AT);
  return new IndirectMap(blocks, list, place).walk(inode.view, inode.at + MAP_AT);
}

function addAttributes(
  blocks: ExtBlocks,
  { xattrBlock, number }: ExtInode,
  list: PartList,
  place: number,
): void {
  if (xattrBlock === 0) return;
  if (blocks.holds(xattrBlock, 1)) list.addMeta(xattrBlock, 'xattr');
  else list.addDoubt(blocks.doubtOf(place, `the attributes of inode ${number} lie outside the file system`));
}

/** Its other blocks are structures: the reserved blocks of the descriptors. */
function addResizeBlock(blocks: ExtBlocks, { view, at }: ExtInode, list: PartList, place: number): void {
  const block = view.getUint32(at + MAP_AT + DOUBLE_POINTER_AT, true);
  if (block === 0 || !blocks.superblock.features.resizeInode) return;
  if (!list.addData('data', block, 1, 0))
    list.addDoubt(blocks.doubtOf(place, 'the resize inode leads outside the file system'));
}

/** False where the map's bytes are something else: inline data, the text of a link, the number of a device. */
function hasMap(blocks: ExtBlocks, inode: ExtInode): boolean {
  if (inode.type === 'special' || holdsContents(blocks, inode)) return false;
  return inode.type !== 'none' || blocks.superblock.ownInodes.has(inode.number);
}

/** True when the inode itself has the contents: inline data, or the text of a short link. */
function holdsContents(blocks: ExtBlocks, inode: ExtInode): boolean {
  if (inode.isInline) return true;
  const isShortLink = inode.type === 'symlink' && !inode.hasExtents && inode.size < MAP_BYTES;
  return isShortLink && !hasOwnBlocks(blocks, inode);
}

/** True when blocks besides that of the attributes are counted for an inode. */
function hasOwnBlocks({ superblock }: ExtBlocks, { spaceUsed, xattrBlock }: ExtInode): boolean {
  const attributeUnits = xattrBlock === 0 ? 0 : (superblock.blockSize * superblock.blocksPerCluster) / 512;
  return spaceUsed > attributeUnits;
}
