import { SECTOR_SIZE } from '../../block/blockDevice';
import type { Doubt } from '../volumeContracts';
import { type Reading, UnreadableError } from '../volumeReader';
import type { Descriptors, GroupDescriptor } from './descriptors';
import type { ExtBlocks } from './extBlocks';
import { bitOf, type GroupBitmaps } from './groupBitmaps';
import { type ExtInode, MAP_AT, MAP_BYTES, parseInode } from './inode';

const CHUNK_BYTES = 256 * 1024;
const BAD_BLOCKS_INODE = 1;

type OnDoubt = (doubt: Doubt) => void;

/** The inodes of all groups: one by its number, or all that are in use, in the order of the disk. */
export class InodeTable {
  readonly #blocks: ExtBlocks;
  readonly #descriptors: Descriptors;
  readonly #bitmaps: GroupBitmaps;

  constructor(blocks: ExtBlocks, descriptors: Descriptors, bitmaps: GroupBitmaps) {
    this.#blocks = blocks;
    this.#descriptors = descriptors;
    this.#bitmaps = bitmaps;
  }

  get #perGroup(): number {
    return this.#blocks.superblock.inodesPerGroup;
  }

  /** True for a number that an inode can have. */
  has(number: number): boolean {
    return (
      Number.isInteger(number) && number >= 1 && number <= this.#perGroup * this.#blocks.superblock.groupCount
    );
  }

  /**
   * The inode of a number; null when it is not in use.
   * @throws UnreadableError when that can't be known
   */
  async get(number: number): Promise<ExtInode | null> {
    if (!this.has(number)) return null;
    const group = Math.floor((number - 1) / this.#perGroup);
    const index = (number - 1) % this.#perGroup;
    const descriptor = this.#descriptors.of(group);
    if (!descriptor) throw new UnreadableError(this.#descriptors.doubtOf(group));
    if (index >= this.#usableCount(descriptor)) return null;
    const bits = await this.#bitmaps.ofInodes(group);
    if (bits instanceof Uint8Array && !bitOf(bits, index)) return null;
    const stale = this.#staleTable(group, descriptor);
    if (stale) throw new UnreadableError(stale);
    const { inodeSize } = this.#blocks.superblock;
    const byteOffset = this.#byteOffset(descriptor, index);
    const bytes = await this.#blocks.reader.bytes(byteOffset, inodeSize, `inode ${number}`);
    const inode = parseInode(this.#blocks.superblock, number, viewOf(bytes), bytes, 0, byteOffset);
    if (!inode)
      throw new UnreadableError(this.#wrongChecksums([byteOffset], `inode ${number} has a wrong checksum`));
    const inUse = isInUse(inode, bits);
    if (typeof inUse !== 'boolean') throw new UnreadableError(inUse);
    return inUse ? inode : null;
  }

  /**
   * All inodes in use, a group's or some of it at a time. What can't be read is told.
   * @param progress is told how much is done, from 0 to 1
   */
  async *walk(
    onDoubt: OnDoubt,
    signal?: AbortSignal,
    progress?: (done: number) => void,
  ): AsyncGenerator<ExtInode[]> {
    const { groupCount } = this.#blocks.superblock;
    for (let group = 0; group < groupCount; group++) {
      signal?.throwIfAborted();
      progress?.(group / groupCount);
      const descriptor = this.#descriptors.of(group);
      if (!descriptor) onDoubt(this.#descriptors.doubtOf(group));
      else if (this.#usableCount(descriptor) > 0) yield* this.#walkGroup(group, descriptor, onDoubt, signal);
    }
  }

  /** The inodes of which one or more bytes lie in a sector of a table, as far as they are in use. */
  async inSector(group: number, sector: number): Promise<number[]> {
    const descriptor = this.#descriptors.of(group);
    const bits = descriptor && (await this.#bitmaps.ofInodes(group));
    if (!(bits instanceof Uint8Array)) return [];
    const { inodeSize } = this.#blocks.superblock;
    const from = sector * SECTOR_SIZE - this.#byteOffset(descriptor!, 0);
    const first = Math.floor(from / inodeSize);
    const end = Math.min(Math.ceil((from + SECTOR_SIZE) / inodeSize), this.#perGroup);
    const numbers: number[] = [];
    for (let index = first; index < end; index++)
      if (bitOf(bits, index)) numbers.push(group * this.#perGroup + index + 1);
    return numbers;
  }

  #byteOffset(descriptor: GroupDescriptor, index: number): number {
    return (
      descriptor.inodeTable * this.#blocks.superblock.blockSize + index * this.#blocks.superblock.inodeSize
    );
  }

  /** The inodes at the start of a table that may be in use. A backup doesn't know: its flags may be old. */
  #usableCount(descriptor: GroupDescriptor): number {
    if (descriptor.source === 'backup') return this.#perGroup;
    return descriptor.inodesUninitialised ? 0 : this.#perGroup - descriptor.unusedInodes;
  }

  /** The doubt about a table of which it isn't known whether it was ever written, and whose inodes have no checksums. */
  #staleTable(group: number, descriptor: GroupDescriptor): Doubt | undefined {
    const { descriptorChecksums, metadataChecksums } = this.#blocks.superblock.features;
    if (descriptor.source !== 'backup' || !descriptorChecksums || metadataChecksums || descriptor.tableZeroed)
      return;
    return this.#descriptors.doubtOf(group);
  }

  async *#walkGroup(
    group: number,
    descriptor: GroupDescriptor,
    onDoubt: OnDoubt,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<ExtInode[]> {
    const bits = await this.#bitmaps.ofInodes(group);
    if (!(bits instanceof Uint8Array)) onDoubt(bits);
    const stale = this.#staleTable(group, descriptor);
    if (stale) return onDoubt(stale);
    const count = this.#usableCount(descriptor);
    const chunk = CHUNK_BYTES / this.#blocks.superblock.inodeSize;
    for (let from = 0; from < count; from += chunk) {
      signal?.throwIfAborted();
      const [first, end] = usedRun(bits, from, Math.min(from + chunk, count));
      if (first < end) yield await this.#inodes(group, descriptor, bits, first, end, onDoubt);
    }
  }

  /** Reads a run of a group's inodes and returns those in use. */
  async #inodes(
    group: number,
    descriptor: GroupDescriptor,
    bits: Uint8Array | Doubt,
    first: number,
    end: number,
    onDoubt: OnDoubt,
  ): Promise<ExtInode[]> {
    const what = `the inode table of group ${group}`;
    const start = this.#byteOffset(descriptor, first);
    const { inodeSize } = this.#blocks.superblock;
    const reading = await this.#read(start, (end - first) * inodeSize, what, onDoubt);
    if (!reading) return [];
    const view = viewOf(reading.bytes);
    const unreadable = new Set(reading.unreadable);
    const lost = new Set<number>();
    const wrong: number[] = [];
    const inodes: ExtInode[] = [];
    for (let index = first; index < end; index++) {
      if (bits instanceof Uint8Array && !bitOf(bits, index)) continue;
      const at = (index - first) * inodeSize;
      if (unreadable.size > 0 && addLost(unreadable, start + at, inodeSize, lost)) continue;
      const number = group * this.#perGroup + index + 1;
      const inode = parseInode(this.#blocks.superblock, number, view, reading.bytes, at, start + at);
      const inUse = inode && isInUse(inode, bits);
      if (!inode) wrong.push(start + at);
      else if (inUse === true) inodes.push(inode);
    }
    if (lost.size > 0) onDoubt(this.#blocks.reader.unreadable([...lost], what).doubt);
    if (wrong.length > 0)
      onDoubt(this.#wrongChecksums(wrong, `inodes of group ${group} have wrong checksums`));
    return inodes;
  }

  async #read(byteOffset: number, length: number, what: string, onDoubt: OnDoubt): Promise<Reading | null> {
    try {
      return await this.#blocks.reader.whatCanBeRead(byteOffset, length, what);
    } catch (error) {
      if (!(error instanceof UnreadableError)) throw error;
      onDoubt(error.doubt);
      return null;
    }
  }

  #wrongChecksums(byteOffsets: readonly number[], reason: string): Doubt {
    const sectors = new Set(byteOffsets.map((at) => Math.floor(at / SECTOR_SIZE)));
    return { ...this.#blocks.reader.unreadable([...sectors], reason).doubt, reason };
  }
}

/** Whether an inode is in use: by its bit, or, where that can't be read, by itself; a doubt where neither tells. */
function isInUse(inode: ExtInode, bits: Uint8Array | Doubt): boolean | Doubt {
  if (inode.number === BAD_BLOCKS_INODE)
    return inode.bytes(MAP_AT, MAP_AT + MAP_BYTES).some((byte) => byte !== 0);
  if (inode.type === 'none') return false;
  if (bits instanceof Uint8Array) return true;
  return inode.links > 0 && !inode.isDeleted ? true : bits;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** The part of a run of inodes from the first that is in use to the last; all of it where the bits aren't known. */
function usedRun(bits: Uint8Array | Doubt, from: number, to: number): [first: number, end: number] {
  if (!(bits instanceof Uint8Array)) return [from, to];
  let first = from;
  while (first < to && !bitOf(bits, first)) first++;
  let end = to;
  while (end > first && !bitOf(bits, end - 1)) end--;
  return [first, end];
}

/** Adds the unreadable sectors of an inode; false when it has none. */
function addLost(
  unreadable: ReadonlySet<number>,
  byteOffset: number,
  length: number,
  lost: Set<number>,
): boolean {
  let found = false;
  for (
    let sector = Math.floor(byteOffset / SECTOR_SIZE);
    sector * SECTOR_SIZE < byteOffset + length;
    sector++
  )
    if (unreadable.has(sector)) {
      lost.add(sector);
      found = true;
    }
  return found;
}
