import type {
  Allocation,
  Doubt,
  FilePath,
  FileRecord,
  FileSystem,
  FileSystemKind,
  Records,
  Structure,
  WalkOptions,
} from '../volumeContracts';
import { UnreadableError } from '../volumeReader';
import type { Descriptors } from './descriptors';
import { Directories, type DirectoryPiece, encryptedName, namedEntries, shownName } from './directories';
import { type DirectoryEntry, nameOf } from './directoryEntries';
import type { ExtBlocks } from './extBlocks';
import { journalByCopy, recordOf } from './fileRecords';
import { bitOf, GroupBitmaps } from './groupBitmaps';
import { GroupStructures } from './groupStructures';
import type { ExtInode } from './inode';
import { InodeTable } from './inodeTable';
import { Names, ROOT_INODE } from './names';
import { recordsIn } from './records';
import { type UsageRun, usageOf } from './usage';

/** An ext2, ext3 or ext4 file system whose features are understood. */
export class ExtFileSystem implements FileSystem {
  readonly kind: FileSystemKind;
  readonly label: string;
  readonly unitSectors: number;
  readonly sectorCount: number;
  readonly root = ROOT_INODE;
  readonly #blocks: ExtBlocks;
  readonly #descriptors: Descriptors;
  readonly #structures: GroupStructures;
  readonly #bitmaps: GroupBitmaps;
  readonly #inodes: InodeTable;
  readonly #directories: Directories;
  readonly #names: Names;

  constructor(
    blocks: ExtBlocks,
    descriptors: Descriptors,
    readonly notes: readonly string[],
  ) {
    const { superblock } = blocks;
    this.kind = superblock.features.kind;
    this.label = superblock.label;
    this.unitSectors = blocks.sectorsPerBlock * superblock.blocksPerCluster;
    this.sectorCount = Math.min(superblock.blockCount * blocks.sectorsPerBlock, blocks.reader.sectorCount);
    this.#blocks = blocks;
    this.#descriptors = descriptors;
    this.#structures = new GroupStructures(blocks, descriptors);
    this.#bitmaps = new GroupBitmaps(blocks, descriptors, this.#structures);
    this.#inodes = new InodeTable(blocks, descriptors, this.#bitmaps);
    this.#directories = new Directories(blocks);
    this.#names = new Names(blocks, this.#inodes, this.#directories);
  }

  async space(): Promise<{ total: number; used: number | null }> {
    const { blockSize, blockCount, blocksPerCluster, groupCount } = this.#blocks.superblock;
    let free = 0;
    let known = true;
    for (let group = 0; group < groupCount; group++) {
      const descriptor = this.#descriptors.of(group);
      if (descriptor?.source !== 'first') known = false;
      else free += descriptor.freeClusters * blocksPerCluster;
    }
    const total = blockCount * blockSize;
    return { total, used: known && free <= blockCount ? total - free * blockSize : null };
  }

  async structureAt(sector: number): Promise<Structure | null> {
    const structure = this.#structures.structureAt(sector);
    if (structure?.what !== 'inode-table' || structure.group === undefined) return structure;
    const inodes = await this.#inodes.inSector(structure.group, sector);
    return inodes.length === 1 ? { ...structure, fileId: inodes[0]! } : structure;
  }

  recordsAt(sector: number): Records | null {
    const structure = this.#structures.structureAt(sector);
    return structure && recordsIn(this.#blocks, this.#descriptors, structure, sector);
  }

  async *structures({ signal }: WalkOptions = {}): AsyncGenerator<Structure> {
    yield* this.#structures.all(signal);
  }

  async allocationAt(sector: number): Promise<Allocation> {
    const { firstBlock, blockCount, blocksPerCluster } = this.#blocks.superblock;
    const block = Math.floor(sector / this.#blocks.sectorsPerBlock);
    if (block < firstBlock || block >= blockCount) return 'used';
    const group = this.#blocks.layout.groupOf(block);
    const bits = await this.#bitmaps.ofClusters(group);
    if (!(bits instanceof Uint8Array)) return bits;
    const cluster = Math.floor((block - this.#blocks.layout.firstBlockOf(group)) / blocksPerCluster);
    return bitOf(bits, cluster) ? 'used' : 'free';
  }

  usage(options: WalkOptions = {}): AsyncIterable<UsageRun> {
    return usageOf(this.#blocks, this.#bitmaps, this.sectorCount, options);
  }

  async *files(options: WalkOptions & { onDoubt(doubt: Doubt): void }): AsyncGenerator<FileRecord> {
    const gatherer = this.#names.begin();
    const { journalInode, journalMap } = this.#blocks.superblock;
    let journalSeen = journalInode === 0;
    const progress = (done: number) => options.progress?.(done);
    for await (const inodes of this.#inodes.walk(options.onDoubt, options.signal, progress)) {
      for (const inode of inodes) {
        journalSeen ||= inode.number === journalInode;
        const record = recordOf(this.#blocks, inode);
        yield record instanceof Promise ? await record : record;
      }
      await gatherer?.gather(inodes);
    }
    if (!journalSeen && journalMap) yield await journalByCopy(this.#blocks, journalMap);
    if (gatherer) this.#names.finish(gatherer);
    options.progress?.(1);
  }

  pathsOf(id: number): Promise<FilePath[]> {
    return this.#names.pathsOf(id);
  }

  expectPaths(ids: readonly number[], signal?: AbortSignal): Promise<void> {
    return this.#names.expect(ids, signal);
  }

  async find(path: FilePath): Promise<FileRecord | null> {
    let inode = await this.#inodes.get(ROOT_INODE);
    for (const name of path.split('/')) {
      if (name === '') continue;
      if (inode?.type !== 'dir') return null;
      const child = await this.#entryOf(inode, name);
      inode = child === null ? null : await this.#inodes.get(child);
    }
    return inode && recordOf(this.#blocks, inode);
  }

  async *children(
    id: number,
    onDoubt: (doubt: Doubt) => void,
  ): AsyncGenerator<{ name: string; id: number; kind: FileRecord['kind'] }> {
    const inode = await this.#orDoubt(this.#inodes.get(id), onDoubt);
    if (inode?.type !== 'dir') return;
    for await (const piece of this.#directories.pieces(inode, onDoubt))
      for (const entry of namedEntries(piece)) {
        const isDirectory = entry.isDirectory ?? (await this.#isDirectory(entry.inode, onDoubt));
        yield { name: entryName(inode, piece, entry), id: entry.inode, kind: isDirectory ? 'dir' : 'file' };
      }
  }

  /** The inode that a folder has under a name. Of two that are shown alike, the one whose bytes are the name's. */
  async #entryOf(folder: ExtInode, name: string): Promise<number | null> {
    const doubts: Doubt[] = [];
    let alike: number | null = null;
    const bytes = Buffer.from(name);
    for await (const piece of this.#directories.pieces(folder, (doubt) => doubts.push(doubt)))
      for (const entry of namedEntries(piece)) {
        if (!folder.isEncrypted && bytes.equals(nameOf(piece.bytes, entry))) return entry.inode;
        if (alike === null && entryName(folder, piece, entry) === name) alike = entry.inode;
      }
    if (alike !== null) return alike;
    if (doubts.length > 0)
      throw new UnreadableError({ reason: doubts[0]!.reason, ranges: doubts.flatMap((d) => d.ranges) });
    return null;
  }

  async #isDirectory(id: number, onDoubt: (doubt: Doubt) => void): Promise<boolean> {
    return (await this.#orDoubt(this.#inodes.get(id), onDoubt))?.type === 'dir';
  }

  async #orDoubt<Value>(value: Promise<Value>, onDoubt: (doubt: Doubt) => void): Promise<Value | null> {
    try {
      return await value;
    } catch (error) {
      if (!(error instanceof UnreadableError)) throw error;
      onDoubt(error.doubt);
      return null;
    }
  }
}

function entryName(folder: ExtInode, { bytes }: DirectoryPiece, entry: DirectoryEntry): string {
  return folder.isEncrypted ? encryptedName(entry.inode) : shownName(nameOf(bytes, entry));
}
