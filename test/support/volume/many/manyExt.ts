import { FILES_IN_FOLDER, fileName, folderName, MadeDisk, type ManyFiles } from './manyFiles';

const BLOCK = 4096;
const PER_GROUP = 32768;
const INODES_PER_GROUP = 8192;
const INODE_BYTES = 256;
const TABLE_BLOCK = 16;
const DATA_BLOCK = 1024;
/** Of each group so many blocks are those of files, from `DATA_BLOCK` on; those of folders follow. */
const FILE_BLOCKS = 8000;
const FOLDER_BLOCK = 10_000;
const FOLDERS_IN_GROUP = 8;
const ENTRIES_IN_BLOCK = 250;
const ROOT = 2;
const FIRST_FOLDER = 12;

/** An ext2 volume, with a table of inodes and folders of one level. */
export function manyExt(fileCount: number): ManyFiles {
  const folderCount = Math.ceil(fileCount / FILES_IN_FOLDER);
  const firstFile = FIRST_FOLDER + folderCount;
  const lastInode = firstFile + fileCount - 1;
  const groupCount = Math.ceil(Math.max(lastInode / INODES_PER_GROUP, fileCount / FILE_BLOCKS));
  const folderBlocks = 1 + Math.ceil(FILES_IN_FOLDER / ENTRIES_IN_BLOCK);
  const rootBlocks = 1 + Math.ceil(folderCount / ENTRIES_IN_BLOCK);
  const rootBlock = 20_000;
  const blockOf = (file: number) =>
    Math.floor(file / FILE_BLOCKS) * PER_GROUP + DATA_BLOCK + (file % FILE_BLOCKS);
  const folderBlock = (folder: number) =>
    Math.floor(folder / FOLDERS_IN_GROUP) * PER_GROUP + FOLDER_BLOCK + (folder % FOLDERS_IN_GROUP) * 8;

  function superblock(bytes: Buffer, group: number): void {
    const values = [INODES_PER_GROUP * groupCount, PER_GROUP * groupCount, 0, 0, 0, 0, 2, 2];
    for (const [i, value] of [...values, PER_GROUP, PER_GROUP, INODES_PER_GROUP].entries())
      bytes.writeUInt32LE(value, i * 4);
    bytes.writeUInt16LE(0xef53, 0x38);
    bytes.writeUInt16LE(1, 0x3a);
    bytes.writeUInt32LE(1, 0x4c);
    bytes.writeUInt32LE(11, 0x54);
    bytes.writeUInt16LE(INODE_BYTES, 0x58);
    bytes.writeUInt16LE(group, 0x5a);
    bytes.writeUInt32LE(2, 0x60);
    bytes.writeUInt32LE(1, 0x64);
  }

  function inode(bytes: Buffer, number: number): void {
    const folder = number - FIRST_FOLDER;
    if (number === ROOT) folderInode(bytes, rootBlock, rootBlocks);
    else if (folder >= 0 && folder < folderCount) folderInode(bytes, folderBlock(folder), folderBlocks);
    else if (number >= firstFile && number <= lastInode) {
      bytes.writeUInt16LE(0x81a4, 0);
      bytes.writeUInt32LE(BLOCK, 4);
      bytes.writeUInt16LE(1, 0x1a);
      bytes.writeUInt32LE(blockOf(number - firstFile), 0x28);
    }
  }

  /** As one extent: a root of many folders has more blocks than an inode has places for. */
  function folderInode(bytes: Buffer, block: number, count: number): void {
    bytes.writeUInt16LE(0x41ed, 0);
    bytes.writeUInt32LE(count * BLOCK, 4);
    bytes.writeUInt16LE(2, 0x1a);
    bytes.writeUInt32LE(0x80000, 0x20);
    for (const [i, value] of [0xf30a, 1, 4, 0].entries()) bytes.writeUInt16LE(value, 0x28 + i * 2);
    bytes.writeUInt16LE(count, 0x28 + 16);
    bytes.writeUInt32LE(block, 0x28 + 20);
  }

  function entries(bytes: Buffer, names: readonly [inode: number, name: string, type: number][]): void {
    let at = 0;
    for (const [i, [number, name, type]] of names.entries()) {
      const length = i === names.length - 1 ? BLOCK - at : 8 + Math.ceil(name.length / 4) * 4;
      bytes.writeUInt32LE(number, at);
      bytes.writeUInt16LE(length, at + 4);
      bytes[at + 6] = name.length;
      bytes[at + 7] = type;
      bytes.write(name, at + 8, 'latin1');
      at += length;
    }
  }

  function folderPart(
    bytes: Buffer,
    own: number,
    block: number,
    inside: (at: number) => [number, string, number] | null,
  ) {
    if (block === 0)
      return entries(bytes, [
        [own, '.', 2],
        [ROOT, '..', 2],
      ]);
    const from = (block - 1) * ENTRIES_IN_BLOCK;
    const names = Array.from({ length: ENTRIES_IN_BLOCK }, (_, i) => inside(from + i));
    entries(
      bytes,
      names.filter((name) => name !== null),
    );
  }

  function fillFolder(bytes: Buffer, block: number): void {
    const group = Math.floor(block / PER_GROUP);
    const within = (block % PER_GROUP) - FOLDER_BLOCK;
    const folder = group * FOLDERS_IN_GROUP + Math.floor(within / 8);
    if (block >= rootBlock && block < rootBlock + rootBlocks)
      folderPart(bytes, ROOT, block - rootBlock, (at) =>
        at < folderCount ? [FIRST_FOLDER + at, folderName(at), 2] : null,
      );
    else if (
      within >= 0 &&
      within < FOLDERS_IN_GROUP * 8 &&
      folder < folderCount &&
      within % 8 < folderBlocks
    )
      folderPart(bytes, FIRST_FOLDER + folder, within % 8, (at) => {
        const file = folder * FILES_IN_FOLDER + at;
        return at < FILES_IN_FOLDER && file < fileCount ? [firstFile + file, fileName(file), 1] : null;
      });
  }

  function fill(bytes: Buffer, byteOffset: number): void {
    const block = byteOffset / BLOCK;
    const group = Math.floor(block / PER_GROUP);
    const within = block % PER_GROUP;
    if (block === 0) superblock(bytes.subarray(1024), 0);
    else if (block >= 1 && block < TABLE_BLOCK - 2) {
      for (let at = 0; at < BLOCK; at += 32) {
        const described = ((block - 1) * BLOCK + at) / 32;
        const base = described * PER_GROUP;
        if (described >= groupCount) break;
        for (const [i, part] of [TABLE_BLOCK - 2, TABLE_BLOCK - 1, TABLE_BLOCK].entries())
          bytes.writeUInt32LE(base + part, at + i * 4);
      }
    } else if (within === TABLE_BLOCK - 2) bytes.fill(0xff);
    else if (within === TABLE_BLOCK - 1) {
      const used = Math.min(INODES_PER_GROUP, lastInode - group * INODES_PER_GROUP);
      for (let bit = 0; bit < used; bit++) bytes[bit >> 3]! |= 1 << (bit & 7);
    } else if (within >= TABLE_BLOCK && within < TABLE_BLOCK + (INODES_PER_GROUP * INODE_BYTES) / BLOCK) {
      const perBlock = BLOCK / INODE_BYTES;
      const first = group * INODES_PER_GROUP + (within - TABLE_BLOCK) * perBlock + 1;
      for (let i = 0; i < perBlock; i++)
        inode(bytes.subarray(i * INODE_BYTES, (i + 1) * INODE_BYTES), first + i);
    } else if (within >= FOLDER_BLOCK) fillFolder(bytes, block);
  }

  const source = new MadeDisk((PER_GROUP * groupCount * BLOCK) / 512, BLOCK, fill);
  return { source, sectorOf: (file) => blockOf(file) * 8 };
}
