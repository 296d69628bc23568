import { SECTOR_SIZE } from '../../block/blockDevice';
import type { Doubt } from '../volumeContracts';
import { type Reading, UnreadableError } from '../volumeReader';
import { crc16, crc32c, crc32cOfU32 } from './checksums';
import type { ExtBlocks } from './extBlocks';
import type { ExtSuperblock } from './superblock';

/** What of a group a descriptor leads to. */
export type GroupPart = 'block-bitmap' | 'inode-bitmap' | 'inode-table';
/** Where a descriptor was read from. In a backup the places are right; flags and checksums may be of an older time. */
export type DescriptorSource = 'first' | 'backup' | 'none';

const INODES_UNINITIALISED = 1;
const BLOCKS_UNINITIALISED = 2;
const TABLE_ZEROED = 4;
/** A lost descriptor is looked for in so many copies of its block. */
const COPIES_TRIED = 8;
const CRC16_START = 0xffff;
const CHECKSUM_AT = 0x1e;

/** What a descriptor says; blocks are numbers of the file system. */
export interface GroupDescriptor {
  readonly source: DescriptorSource;
  readonly blockBitmap: number;
  readonly inodeBitmap: number;
  readonly inodeTable: number;
  readonly blocksUninitialised: boolean;
  readonly inodesUninitialised: boolean;
  readonly tableZeroed: boolean;
  readonly blockBitmapSum: number;
  readonly inodeBitmapSum: number;
  /** Inodes at the end of the table that were never used; 0 without checksums of descriptors. */
  readonly unusedInodes: number;
  /** In clusters. */
  readonly freeClusters: number;
}

/**
 * The descriptors of all groups, kept as they are on disk: 32 or 64 bytes each. A descriptor that can't be read, or isn't
 * valid, comes from a backup; where no copy is valid its group is unknown.
 */
export class Descriptors {
  readonly #blocks: ExtBlocks;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #sources: Uint8Array;
  /** Groups whose first descriptor could be read and was not valid; and those where it was. */
  #wrong = 0;
  #right = 0;
  #fromBackups = 0;
  /** Groups without any valid descriptor. */
  readonly unknownGroups: number[] = [];

  private constructor(blocks: ExtBlocks) {
    this.#blocks = blocks;
    const { groupCount, descriptorSize } = blocks.superblock;
    this.#bytes = new Uint8Array(groupCount * descriptorSize);
    this.#view = new DataView(this.#bytes.buffer);
    this.#sources = new Uint8Array(groupCount);
  }

  static async load(blocks: ExtBlocks): Promise<Descriptors> {
    const descriptors = new Descriptors(blocks);
    for (let index = 0; index < blocks.layout.descriptorBlocks; index++) await descriptors.#loadBlock(index);
    return descriptors;
  }

  /** How many groups are known from backups only. */
  get fromBackups(): number {
    return this.#fromBackups;
  }

  /** True when the first descriptors contradict the superblock: it belongs to another file system. */
  get contradictSuperblock(): boolean {
    return this.#wrong > 0 && this.#right === 0;
  }

  /** The descriptor of a group; null when none of its copies is valid. */
  of(group: number): GroupDescriptor | null {
    const source = (['none', 'first', 'backup'] as const)[this.#sources[group]!]!;
    return source === 'none' ? null : this.#parse(group, source);
  }

  /** Why the descriptor of a group isn't known. */
  doubtOf(group: number): Doubt {
    const { descriptorSize, blockSize } = this.#blocks.superblock;
    const [index, at] = this.#placeOf(group);
    const [block] = this.#blocks.layout.descriptorPlaces(index);
    const sector = Math.floor((block! * blockSize + at) / SECTOR_SIZE);
    const count = Math.ceil(descriptorSize / SECTOR_SIZE);
    return {
      reason: `no descriptor of group ${group} can be read`,
      ranges: [[this.#blocks.reader.first + sector, count]],
    };
  }

  /** The index of the descriptor block that a group's descriptor is in, and its place there, in bytes. */
  #placeOf(group: number): [index: number, at: number] {
    const { descriptorSize, blockSize } = this.#blocks.superblock;
    const at = group * descriptorSize;
    const index = Math.floor(at / blockSize);
    return [index, at - index * blockSize];
  }

  async #loadBlock(index: number): Promise<void> {
    const { descriptorSize, blockSize, groupCount } = this.#blocks.superblock;
    const first = (index * blockSize) / descriptorSize;
    const end = Math.min(first + blockSize / descriptorSize, groupCount);
    let missing = Array.from({ length: end - first }, (_, i) => first + i);
    let copies = 0;
    for (const block of this.#blocks.layout.descriptorPlaces(index)) {
      missing = await this.#take(block, missing, copies === 0);
      if (missing.length === 0 || ++copies > COPIES_TRIED) break;
    }
    this.unknownGroups.push(...missing);
  }

  /** Takes from a copy of a descriptor block what it has of the missing groups, and returns those still missing. */
  async #take(block: number, missing: readonly number[], isFirst: boolean): Promise<number[]> {
    const reading = await this.#read(block);
    if (!reading) return [...missing];
    const unreadable = new Set(reading.unreadable);
    const { descriptorSize, blockSize } = this.#blocks.superblock;
    return missing.filter((group) => {
      const at = this.#placeOf(group)[1];
      const firstSector = Math.floor((block * blockSize + at) / SECTOR_SIZE);
      for (let sector = 0; sector < descriptorSize / SECTOR_SIZE; sector++)
        if (unreadable.has(firstSector + sector)) return true;
      this.#bytes.set(reading.bytes.subarray(at, at + descriptorSize), group * descriptorSize);
      const valid = this.#isValid(group);
      if (isFirst) valid ? this.#right++ : this.#wrong++;
      else if (valid) this.#fromBackups++;
      if (valid) this.#sources[group] = isFirst ? 1 : 2;
      return !valid;
    });
  }

  async #read(block: number): Promise<Reading | null> {
    const { blockSize } = this.#blocks.superblock;
    try {
      return await this.#blocks.reader.whatCanBeRead(
        block * blockSize,
        blockSize,
        'a block of group descriptors',
      );
    } catch (error) {
      if (error instanceof UnreadableError) return null;
      throw error;
    }
  }

  #parse(group: number, source: DescriptorSource): GroupDescriptor {
    const { descriptorSize, features } = this.#blocks.superblock;
    const base = group * descriptorSize;
    const wide = descriptorSize >= 64;
    const u16 = (at: number) => this.#view.getUint16(base + at, true);
    const block = (low: number, high: number) =>
      this.#view.getUint32(base + low, true) + (wide ? this.#view.getUint32(base + high, true) * 2 ** 32 : 0);
    const pair = (low: number, high: number) => u16(low) + (wide ? u16(high) * 2 ** 16 : 0);
    const flags = features.descriptorChecksums ? u16(0x12) : 0;
    return {
      source,
      blockBitmap: block(0x00, 0x20),
      inodeBitmap: block(0x04, 0x24),
      inodeTable: block(0x08, 0x28),
      blocksUninitialised: (flags & BLOCKS_UNINITIALISED) !== 0,
      inodesUninitialised: (flags & INODES_UNINITIALISED) !== 0,
      tableZeroed: (flags & TABLE_ZEROED) !== 0,
      blockBitmapSum: pair(0x18, 0x38),
      inodeBitmapSum: pair(0x1a, 0x3a),
      unusedInodes: features.descriptorChecksums ? pair(0x1c, 0x32) : 0,
      freeClusters: pair(0x0c, 0x2c),
    };
  }

  #isValid(group: number): boolean {
    const { superblock } = this.#blocks;
    if (superblock.features.descriptorChecksums && !this.#hasRightChecksum(group)) return false;
    const { blockBitmap, inodeBitmap, inodeTable, unusedInodes } = this.#parse(group, 'first');
    const tableBlocks = tableBlocksOf(this.#blocks);
    const inTable = (block: number) => block >= inodeTable && block < inodeTable + tableBlocks;
    return (
      this.#mayHold(group, blockBitmap, 1) &&
      this.#mayHold(group, inodeBitmap, 1) &&
      this.#mayHold(group, inodeTable, tableBlocks) &&
      blockBitmap !== inodeBitmap &&
      !inTable(blockBitmap) &&
      !inTable(inodeBitmap) &&
      unusedInodes <= superblock.inodesPerGroup
    );
  }

  /** Without flexible groups all parts of a group lie in it. */
  #mayHold(group: number, block: number, count: number): boolean {
    const { layout, superblock } = this.#blocks;
    if (!this.#blocks.holds(block, count)) return false;
    return (
      superblock.features.flexGroups ||
      (layout.groupOf(block) === group && layout.groupOf(block + count - 1) === group)
    );
  }

  #hasRightChecksum(group: number): boolean {
    const { superblock } = this.#blocks;
    const { descriptorSize } = superblock;
    const bytes = this.#bytes.subarray(group * descriptorSize, (group + 1) * descriptorSize);
    return isDescriptorRight(superblock, group, bytes);
  }
}

/** Whether the descriptor of a group has the checksum that it must have where `descriptorChecksums` is a feature. */
export function isDescriptorRight(
  { features, checksumSeed, uuid }: ExtSuperblock,
  group: number,
  bytes: Uint8Array,
): boolean {
  const descriptor = Uint8Array.from(bytes);
  const stored = descriptor[CHECKSUM_AT]! | (descriptor[CHECKSUM_AT + 1]! << 8);
  if (features.metadataChecksums) {
    descriptor.fill(0, CHECKSUM_AT, CHECKSUM_AT + 2);
    return (crc32c(crc32cOfU32(checksumSeed, group), descriptor) & 0xffff) === stored;
  }
  const number = Uint8Array.of(group, group >>> 8, group >>> 16, group >>> 24);
  const start = crc16(crc16(CRC16_START, uuid), number);
  return crc16(crc16(start, descriptor, 0, CHECKSUM_AT), descriptor, CHECKSUM_AT + 2) === stored;
}

/** How many blocks the inode table of a group has. */
export function tableBlocksOf({ superblock }: ExtBlocks): number {
  return Math.ceil((superblock.inodesPerGroup * superblock.inodeSize) / superblock.blockSize);
}
