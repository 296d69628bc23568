import {
  BITMAP,
  DATA,
  FILE_NAME,
  INDEX_ALLOCATION,
  INDEX_ROOT,
  indexBlock,
  indexEntry,
  nameValue,
  nonResident,
  reference,
  resident,
  rootValue,
  type TestRun,
  withFixups,
} from './ntfsAttributes';

/** What a record is made of. */
export interface TestRecord {
  readonly attributes: readonly Buffer[];
  readonly sequence?: number;
  readonly isDirectory?: boolean;
  readonly base?: Buffer;
  readonly isUnused?: boolean;
}

export interface ImageOptions {
  readonly clusterBytes?: number;
  readonly clusterCount?: number;
  /** The size of the volume's own sectors, in bytes. */
  readonly ownBytes?: number;
  readonly recordBytes?: number;
  readonly mftRuns?: readonly TestRun[];
  /** Sectors of the volume's own size after the last cluster. */
  readonly restSectors?: number;
}

const ROOT = reference(5, 5);
const MIRROR_CLUSTER = 2;
const FIXUPS_AT = 0x30;
const BLOCK_BYTES = 4096;

/** A small NTFS volume in memory, as an independent program writes it: tests put their own records into it. */
export class NtfsImage {
  readonly bytes: Buffer;
  readonly clusterBytes: number;
  readonly clusterCount: number;
  readonly #options: Required<ImageOptions>;
  readonly #records = new Map<number, TestRecord>();
  readonly #used = new Set<number>();
  readonly #bitmap: TestRun;
  /** The only block of the root's index. */
  readonly #rootBlock: TestRun;

  constructor(options: ImageOptions = {}) {
    this.#options = {
      clusterBytes: 4096,
      clusterCount: 256,
      ownBytes: 512,
      recordBytes: 1024,
      mftRuns: [[8, 16]],
      restSectors: 3,
      ...options,
    };
    const { clusterBytes, clusterCount, ownBytes, restSectors } = this.#options;
    this.clusterBytes = clusterBytes;
    this.clusterCount = clusterCount;
    this.bytes = Buffer.alloc(clusterBytes * clusterCount + ownBytes * (restSectors + 1));
    const mirrorClusters = Math.ceil((4 * this.#options.recordBytes) / clusterBytes);
    this.#bitmap = [MIRROR_CLUSTER + mirrorClusters, Math.ceil(clusterCount / 8 / clusterBytes)];
    const afterBitmap = this.#bitmap[0]! + this.#bitmap[1];
    this.#rootBlock = [afterBitmap, Math.ceil(BLOCK_BYTES / clusterBytes)];
    this.use([[0, MIRROR_CLUSTER + mirrorClusters], this.#bitmap, this.#rootBlock, ...this.#options.mftRuns]);
  }

  /** Marks clusters as used in $Bitmap. */
  use(runs: readonly TestRun[]): void {
    for (const [lcn, count] of runs)
      if (lcn !== null) for (let i = 0; i < count; i++) this.#used.add(lcn + i);
  }

  /** Puts a record, instead of one of the system's own where it has the number of one. */
  put(number: number, record: TestRecord): this {
    this.#records.set(number, record);
    return this;
  }

  /** Puts a file of the root folder with one name and, besides, these attributes. */
  file(number: number, name: string, ...attributes: readonly Buffer[]): this {
    return this.put(number, { attributes: [resident(FILE_NAME, nameValue(ROOT, name)), ...attributes] });
  }

  /** Writes all: boot sectors, records, mirror, bitmap, and the root's index of the records that were put into it. */
  build(): Buffer {
    const system = this.#systemRecords();
    const unused: TestRecord = { attributes: [], isUnused: true };
    for (let number = 0; number < this.#recordCount; number++)
      this.#writeRecord(number, this.#records.get(number) ?? system.get(number) ?? unused);
    for (let number = 0; number < 4; number++) {
      const from = this.placeOf(number);
      const to = MIRROR_CLUSTER * this.clusterBytes + number * this.#options.recordBytes;
      this.bytes.copyWithin(to, from, from + this.#options.recordBytes);
    }
    const bitmap = this.#bitmap[0]! * this.clusterBytes;
    for (const cluster of this.#used) this.bytes[bitmap + (cluster >> 3)]! |= 1 << (cluster & 7);
    this.#writeBoot();
    return this.bytes;
  }

  /** The byte at which a record begins. */
  placeOf(number: number): number {
    const { recordBytes, mftRuns } = this.#options;
    let at = number * recordBytes;
    for (const [lcn, count] of mftRuns) {
      if (at < count * this.clusterBytes) return lcn! * this.clusterBytes + at;
      at -= count * this.clusterBytes;
    }
    throw new Error(`record ${number} is outside of the table`);
  }

  get #recordCount(): number {
    const { mftRuns, recordBytes } = this.#options;
    return Math.floor((mftRuns.reduce((sum, [, count]) => sum + count, 0) * this.clusterBytes) / recordBytes);
  }

  #systemRecords(): Map<number, TestRecord> {
    const { clusterBytes, clusterCount, mftRuns } = this.#options;
    const named = (name: string, ...attributes: Buffer[]): TestRecord => ({
      attributes: [resident(FILE_NAME, nameValue(ROOT, name, 3)), ...attributes],
    });
    const data = (runs: readonly TestRun[], size?: number): Buffer =>
      nonResident(DATA, runs, { clusterBytes, ...(size !== undefined && { size }) });
    const usedRecords = Buffer.alloc(Math.ceil(this.#recordCount / 64) * 8);
    for (const number of [0, 1, 3, 5, 6, 7, 8, ...this.#records.keys()])
      usedRecords[number >> 3]! |= 1 << (number & 7);
    const information = Buffer.alloc(12);
    information[8] = 3;
    information[9] = 1;
    return new Map<number, TestRecord>([
      [0, named('$MFT', data(mftRuns), resident(BITMAP, usedRecords))],
      [1, named('$MFTMirr', data([[MIRROR_CLUSTER, this.#bitmap[0]! - MIRROR_CLUSTER]]))],
      [3, named('$Volume', resident(0x60, Buffer.from('Golden', 'utf16le')), resident(0x70, information))],
      [5, this.#rootRecord()],
      [6, named('$Bitmap', data([this.#bitmap], Math.ceil(clusterCount / 64) * 8))],
      [7, named('$Boot', data([[0, 1]]))],
      [8, named('$BadClus', nonResident(DATA, [[null, clusterCount]], { name: '$Bad', clusterBytes }))],
    ]);
  }

  /** The root folder, and its names in a block. */
  #rootRecord(): TestRecord {
    const { clusterBytes } = this;
    const entries = [...this.#records].flatMap(([number, { attributes, sequence = 1, base }]) =>
      attributes
        .filter(isRootName)
        .map((it) => indexEntry(base ?? reference(number, sequence), residentValue(it))),
    );
    this.bytes.set(indexBlock(entries, 0, BLOCK_BYTES), this.#rootBlock[0]! * clusterBytes);
    return {
      sequence: 5,
      isDirectory: true,
      attributes: [
        resident(FILE_NAME, nameValue(ROOT, '.', 3, true)),
        resident(INDEX_ROOT, rootValue([], BLOCK_BYTES), { name: '$I30' }),
        nonResident(INDEX_ALLOCATION, [this.#rootBlock], { name: '$I30', clusterBytes, size: BLOCK_BYTES }),
        resident(BITMAP, Buffer.from([1, 0, 0, 0, 0, 0, 0, 0]), { name: '$I30' }),
      ],
    };
  }

  #writeRecord(number: number, { attributes, sequence = 1, isDirectory, base, isUnused }: TestRecord): void {
    const bytes = Buffer.alloc(this.#options.recordBytes);
    bytes.write('FILE', 'latin1');
    const first = Math.ceil((FIXUPS_AT + 2 + bytes.length / 256) / 8) * 8;
    bytes.writeUInt16LE(FIXUPS_AT, 4);
    bytes.writeUInt16LE(sequence, 0x10);
    bytes.writeUInt16LE(first, 0x14);
    bytes.writeUInt16LE((isUnused ? 0 : 1) | (isDirectory ? 2 : 0), 0x16);
    if (base) bytes.set(base, 0x20);
    bytes.writeUInt32LE(number, 0x2c);
    const body = Buffer.concat([...attributes, Buffer.from([255, 255, 255, 255, 0, 0, 0, 0])]);
    if (first + body.length > bytes.length) throw new Error(`record ${number} is too small`);
    bytes.writeUInt32LE(first + body.length, 0x18);
    bytes.writeUInt32LE(bytes.length, 0x1c);
    bytes.set(body, first);
    this.bytes.set(withFixups(bytes), this.placeOf(number));
  }

  #writeBoot(): void {
    const { clusterBytes, clusterCount, ownBytes, restSectors, recordBytes, mftRuns } = this.#options;
    const boot = Buffer.alloc(512);
    const perCluster = clusterBytes / ownBytes;
    const total = clusterCount * perCluster + restSectors;
    boot.write('NTFS    ', 3, 'latin1');
    boot.writeUInt16LE(ownBytes, 0x0b);
    boot[0x0d] = perCluster <= 0x80 ? perCluster : 256 - Math.log2(perCluster);
    boot.writeBigUInt64LE(BigInt(total), 0x28);
    boot.writeBigUInt64LE(BigInt(mftRuns[0]![0]!), 0x30);
    boot.writeBigUInt64LE(BigInt(MIRROR_CLUSTER), 0x38);
    boot[0x40] = 256 - Math.log2(recordBytes);
    boot[0x44] = 256 - 12;
    boot.writeUInt16LE(0xaa55, 510);
    this.bytes.set(boot, 0);
    this.bytes.set(boot, total * ownBytes);
  }
}

function residentValue(attribute: Buffer): Buffer {
  const at = attribute.readUInt16LE(0x14);
  return attribute.subarray(at, at + attribute.readUInt32LE(0x10));
}

function isRootName(attribute: Buffer): boolean {
  return attribute.readUInt32LE(0) === FILE_NAME && residentValue(attribute).subarray(0, 8).equals(ROOT);
}
