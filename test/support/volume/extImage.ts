import { CRC32C_START, crc16, crc32c, crc32cOfU32 } from '../../../src/engine/volume/ext/checksums';

export const BLOCK = 1024;
const FIRST_BLOCK = 1;
const BLOCKS_PER_GROUP = 256;
const INODES_PER_GROUP = 32;
const TAIL = 12;
const UUID = Uint8Array.from({ length: 16 }, (_, index) => 0xa0 + index);

export interface ExtImageOptions {
  /** 4 by default, of 256 blocks of 1 KiB each. */
  readonly groups?: number;
  readonly inodeSize?: 128 | 256;
  readonly checksums?: 'none' | 'descriptors' | 'metadata';
  readonly compat?: number;
  readonly incompat?: number;
  readonly roCompat?: number;
  readonly uuid?: Uint8Array;
}

/** The fields of an inode; those left out are zero. */
export interface InodeFields {
  readonly mode: number;
  readonly size?: number;
  readonly links?: number;
  readonly flags?: number;
  readonly deletedAt?: number;
  readonly blocks?: number;
  readonly xattrBlock?: number;
  readonly map?: Uint8Array;
  /** What follows the extra fields: attributes within the inode. */
  readonly attributes?: Uint8Array;
}

export const MODE = { file: 0x81a4, dir: 0x41ed, symlink: 0xa1ff, device: 0x61b0 };
export const FLAG = {
  encrypted: 0x800,
  indexed: 0x1000,
  extents: 0x80000,
  eaInode: 0x200000,
  inline: 0x10000000,
};

/** A small ext file system, built byte by byte: what unit tests read and damage. */
export class ExtImage {
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  readonly #groups: number;
  readonly #inodeSize: number;
  readonly #options: ExtImageOptions;
  readonly #seed: number;
  readonly #usedBlocks = new Set<number>();
  readonly #usedInodes = new Set<number>();
  /** A journal's map that the superblock keeps a copy of. */
  journalMap: Uint8Array | undefined;

  constructor(options: ExtImageOptions = {}) {
    this.#options = options;
    this.#groups = options.groups ?? 4;
    this.#inodeSize = options.inodeSize ?? 256;
    this.bytes = new Uint8Array((FIRST_BLOCK + this.#groups * BLOCKS_PER_GROUP) * BLOCK);
    this.#view = new DataView(this.bytes.buffer);
    this.#seed = crc32c(CRC32C_START, this.#uuid);
    for (let group = 0; group < this.#groups; group++)
      for (let block = this.start(group); block < this.table(group) + this.#tableBlocks; block++)
        this.#usedBlocks.add(block);
    for (let inode = 1; inode <= 10; inode++) this.#usedInodes.add(inode);
  }

  start(group: number): number {
    return FIRST_BLOCK + group * BLOCKS_PER_GROUP;
  }

  /** The block of a group's block bitmap; the inode bitmap follows it. */
  bitmap(group: number): number {
    return this.start(group) + (hasCopy(group) ? 2 : 0);
  }

  table(group: number): number {
    return this.bitmap(group) + 2;
  }

  block(block: number): Uint8Array {
    return this.bytes.subarray(block * BLOCK, (block + 1) * BLOCK);
  }

  inodeOffset(inode: number): number {
    const group = Math.floor((inode - 1) / INODES_PER_GROUP);
    return this.table(group) * BLOCK + ((inode - 1) % INODES_PER_GROUP) * this.#inodeSize;
  }

  /** Takes the first run of free blocks, from a block on. */
  allocate(count = 1, from = FIRST_BLOCK): number {
    let block = from;
    while (Array.from({ length: count }, (_, at) => block + at).some((each) => this.#usedBlocks.has(each)))
      block++;
    for (let at = 0; at < count; at++) this.#usedBlocks.add(block + at);
    return block;
  }

  writeInode(inode: number, fields: InodeFields): void {
    const {
      mode,
      size = 0,
      links = 1,
      flags = 0,
      deletedAt = 0,
      blocks = 0,
      xattrBlock = 0,
      map,
      attributes,
    } = fields;
    this.#usedInodes.add(inode);
    const at = this.inodeOffset(inode);
    const u16 = (place: number, value: number) => this.#view.setUint16(at + place, value, true);
    const u32 = (place: number, value: number) => this.#view.setUint32(at + place, value, true);
    this.bytes.fill(0, at, at + this.#inodeSize);
    u16(0, mode);
    u32(4, size);
    u32(0x14, deletedAt);
    u16(0x1a, links);
    u32(0x1c, blocks);
    u32(0x20, flags);
    if (map) this.bytes.set(map, at + 0x28);
    u32(0x64, inode * 7);
    u32(0x68, xattrBlock);
    if (this.#inodeSize > 128) u16(0x80, 32);
    if (attributes) this.bytes.set(attributes, at + 160);
    this.sealInode(inode);
  }

  /** Renews the checksum of an inode. */
  sealInode(inode: number): void {
    if (this.#options.checksums !== 'metadata') return;
    const at = this.inodeOffset(inode);
    this.#view.setUint16(at + 0x7c, 0);
    if (this.#inodeSize > 128) this.#view.setUint16(at + 0x82, 0);
    const sum = crc32c(this.seedOf(inode), this.bytes, at, at + this.#inodeSize);
    this.#view.setUint16(at + 0x7c, sum, true);
    if (this.#inodeSize > 128) this.#view.setUint16(at + 0x82, sum >>> 16, true);
  }

  /** Marks an inode as free: it stays as it is. */
  freeInode(inode: number): void {
    this.#usedInodes.delete(inode);
  }

  seedOf(inode: number): number {
    return crc32cOfU32(crc32cOfU32(this.#seed, inode), inode * 7);
  }

  /** Makes a block of a folder from `[inode, name, type]`; the last entry fills it. */
  directoryBlock(block: number, folder: number, entries: readonly DirEntry[]): void {
    const room = this.#options.checksums === 'metadata' ? BLOCK - TAIL : BLOCK;
    this.block(block).set(directoryBytes(entries, room, (this.#incompat & 2) !== 0));
    if (room === BLOCK) return;
    const tail = new DataView(this.bytes.buffer, block * BLOCK + room);
    tail.setUint16(4, TAIL, true);
    tail.setUint8(7, 0xde);
    tail.setUint32(8, crc32c(this.seedOf(folder), this.block(block), 0, room), true);
  }

  /** Makes a block of an extent tree. */
  extentBlock(block: number, inode: number, node: Uint8Array): void {
    this.block(block).set(node);
    if (this.#options.checksums !== 'metadata') return;
    const at = 12 * (1 + new DataView(node.buffer).getUint16(4, true));
    new DataView(this.bytes.buffer, block * BLOCK).setUint32(
      at,
      crc32c(this.seedOf(inode), this.block(block), 0, at),
      true,
    );
  }

  /** Writes bitmaps, descriptors and superblocks, and returns the image. */
  finish(): Uint8Array {
    for (let group = 0; group < this.#groups; group++) this.#writeBitmaps(group);
    for (let group = 0; group < this.#groups; group++)
      if (hasCopy(group)) {
        this.#writeSuperblock(group);
        for (let each = 0; each < this.#groups; each++) this.#writeDescriptor(group, each);
      }
    return this.bytes;
  }

  get #uuid(): Uint8Array {
    return this.#options.uuid ?? UUID;
  }

  get #incompat(): number {
    return this.#options.incompat ?? 0x42;
  }

  get #tableBlocks(): number {
    return (INODES_PER_GROUP * this.#inodeSize) / BLOCK;
  }

  #writeBitmaps(group: number): void {
    const blocks = this.block(this.bitmap(group)).fill(0xff);
    for (let bit = 0; bit < BLOCKS_PER_GROUP; bit++)
      if (!this.#usedBlocks.has(this.start(group) + bit))
        blocks[bit >>> 3] = blocks[bit >>> 3]! & ~(1 << (bit & 7));
    const inodes = this.block(this.bitmap(group) + 1).fill(0xff);
    for (let bit = 0; bit < INODES_PER_GROUP; bit++)
      if (!this.#usedInodes.has(group * INODES_PER_GROUP + bit + 1))
        inodes[bit >>> 3] = inodes[bit >>> 3]! & ~(1 << (bit & 7));
  }

  #writeDescriptor(copy: number, group: number): void {
    const at = (this.start(copy) + 1) * BLOCK + 32 * group;
    const bitmap = this.bitmap(group);
    this.#view.setUint32(at, bitmap, true);
    this.#view.setUint32(at + 4, bitmap + 1, true);
    this.#view.setUint32(at + 8, bitmap + 2, true);
    const free =
      BLOCKS_PER_GROUP - [...this.#usedBlocks].filter((block) => this.#groupOf(block) === group).length;
    this.#view.setUint16(at + 0x0c, free, true);
    if (this.#options.checksums === 'metadata') {
      this.#view.setUint16(at + 0x18, crc32c(this.#seed, this.block(bitmap), 0, BLOCKS_PER_GROUP / 8), true);
      this.#view.setUint16(
        at + 0x1a,
        crc32c(this.#seed, this.block(bitmap + 1), 0, INODES_PER_GROUP / 8),
        true,
      );
    }
    this.sealDescriptor(copy, group);
  }

  /** Renews the checksum of a descriptor in one of its copies. */
  sealDescriptor(copy: number, group: number): void {
    const at = (this.start(copy) + 1) * BLOCK + 32 * group;
    const { checksums = 'none' } = this.#options;
    if (checksums === 'none') return;
    this.#view.setUint16(at + 0x1e, 0);
    const sum =
      checksums === 'metadata'
        ? crc32c(crc32cOfU32(this.#seed, group), this.bytes, at, at + 32)
        : crc16(crc16(crc16(0xffff, this.#uuid), Uint8Array.of(group, 0, 0, 0)), this.bytes, at, at + 30);
    this.#view.setUint16(at + 0x1e, sum, true);
  }

  #groupOf(block: number): number {
    return Math.floor((block - FIRST_BLOCK) / BLOCKS_PER_GROUP);
  }

  #writeSuperblock(group: number): void {
    const at = this.start(group) * BLOCK;
    const { checksums = 'none', compat = 0, roCompat = 0 } = this.#options;
    const sums = { none: 0, descriptors: 0x10, metadata: 0x400 }[checksums];
    const fields: readonly (readonly [at: number, value: number, bytes?: 2])[] = [
      [0x00, this.#groups * INODES_PER_GROUP],
      [0x04, FIRST_BLOCK + this.#groups * BLOCKS_PER_GROUP],
      [0x14, FIRST_BLOCK],
      [0x20, BLOCKS_PER_GROUP],
      [0x24, BLOCKS_PER_GROUP],
      [0x28, INODES_PER_GROUP],
      [0x38, 0xef53, 2],
      [0x3a, 1, 2],
      [0x4c, 1],
      [0x54, 11],
      [0x58, this.#inodeSize, 2],
      [0x5a, group, 2],
      [0x5c, compat | (this.journalMap ? 4 : 0)],
      [0x60, this.#incompat],
      [0x64, roCompat | sums | 1],
      [0xe0, this.journalMap ? 8 : 0],
    ];
    for (const [place, value, bytes] of fields)
      bytes === 2
        ? this.#view.setUint16(at + place, value, true)
        : this.#view.setUint32(at + place, value, true);
    this.bytes.set(this.#uuid, at + 0x68);
    this.bytes.set(Buffer.from('a label'), at + 0x78);
    if (this.journalMap) {
      this.bytes[at + 0xfd] = 1;
      this.bytes.set(this.journalMap, at + 0x10c);
    }
    this.sealSuperblock(group);
  }

  /** Renews the checksum of a copy of the superblock. */
  sealSuperblock(group = 0): void {
    const at = this.start(group) * BLOCK;
    if (this.#options.checksums === 'metadata')
      this.#view.setUint32(at + 0x3fc, crc32c(CRC32C_START, this.bytes, at, at + 0x3fc), true);
  }
}

export type DirEntry = readonly [inode: number, name: string | Uint8Array, type: number];

/** Entries of a folder that fill so many bytes. */
export function directoryBytes(entries: readonly DirEntry[], room: number, withTypes = true): Uint8Array {
  const bytes = new Uint8Array(room);
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const [index, [inode, name, type]] of entries.entries()) {
    const text = Buffer.from(name as Uint8Array);
    const length = index === entries.length - 1 ? room - at : Math.ceil((8 + text.length) / 4) * 4;
    view.setUint32(at, inode, true);
    view.setUint16(at + 4, length, true);
    view.setUint8(at + 6, text.length);
    if (withTypes) view.setUint8(at + 7, type);
    bytes.set(text, at + 8);
    at += length;
  }
  return bytes;
}

/** A node of an extent tree: extents `[logical, count, block]` at depth 0, else children `[logical, block]`. */
export function extentNode(
  depth: number,
  entries: readonly (readonly [number, number, number?])[],
  most = 4,
): Uint8Array {
  const bytes = new Uint8Array(12 * (most + 1));
  const view = new DataView(bytes.buffer);
  view.setUint16(0, 0xf30a, true);
  view.setUint16(2, entries.length, true);
  view.setUint16(4, most, true);
  view.setUint16(6, depth, true);
  for (const [index, [logical, second, block = 0]] of entries.entries()) {
    const at = 12 * (index + 1);
    view.setUint32(at, logical, true);
    if (depth > 0) view.setUint32(at + 4, second, true);
    else view.setUint16(at + 4, second, true);
    if (depth === 0) view.setUint32(at + 8, block, true);
  }
  return bytes;
}

/** A map of 15 block numbers. */
export function pointerMap(pointers: Readonly<Record<number, number>>): Uint8Array {
  const bytes = new Uint8Array(60);
  for (const [at, block] of Object.entries(pointers))
    new DataView(bytes.buffer).setUint32(Number(at) * 4, block, true);
  return bytes;
}

function hasCopy(group: number): boolean {
  return group === 0 || group === 1 || group === 3 || group === 5 || group === 7;
}
