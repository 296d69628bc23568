/** The geometry of an image; what is left out has the usual value. */
export interface ExfatGeometry {
  readonly clusters: number;
  readonly sectorLog?: number;
  readonly perClusterLog?: number;
  readonly tables?: 1 | 2;
  /** The FAT and bitmap that count. */
  readonly active?: 0 | 1;
  readonly spareSectors?: number;
}

export interface ExfatFile {
  readonly size: number;
  readonly written?: number;
  readonly clusters: readonly number[];
  /** Whether the clusters follow one another, and the FAT has no chain for them. */
  readonly contiguous?: boolean;
  readonly isFolder?: boolean;
  readonly vendor?: { readonly clusters: readonly number[] };
}

export interface ExfatFolder {
  readonly clusters: readonly number[];
  next: number;
}

const SLOT_BYTES = 32;
const END = 0xffff_ffff;
const BITMAP_CLUSTER = 2;
const UPCASE_CLUSTER = 3;
const ROOT_CLUSTER = 4;
const TABLE_START = 32;
/** The Sleuth Kit takes a file without a time for a deleted one. */
const FIRST_OF_2024 = ((44 << 25) | (1 << 21) | (1 << 16)) >>> 0;
/** A new root folder has the slots of the label, the bitmap and the upcase table. */
const OBJECT_SLOTS = 3;

/** Writes small exFAT images, byte by byte, by the published format: it shares no code with the reader. */
export class ExfatImage {
  readonly bytes: Uint8Array;
  readonly root: ExfatFolder;
  readonly sectorBytes: number;
  readonly clusterBytes: number;
  readonly tableAt: number;
  readonly tableBytes: number;
  readonly heapAt: number;
  readonly #view: DataView;

  /** @param made an empty volume that another program made, to be filled */
  constructor(
    readonly geometry: ExfatGeometry,
    made?: { bytes: Uint8Array; tableStart: number; heapStart: number; rootCluster: number },
  ) {
    const { clusters, sectorLog = 9, perClusterLog = 0, tables = 1, spareSectors = 0 } = geometry;
    this.sectorBytes = 2 ** sectorLog;
    this.clusterBytes = this.sectorBytes * 2 ** perClusterLog;
    const tableSize = Math.ceil(((clusters + 2) * 4) / this.sectorBytes);
    const tableStart = made?.tableStart ?? TABLE_START;
    const heapStart = made?.heapStart ?? TABLE_START + tableSize * tables + 3;
    this.tableAt = tableStart * this.sectorBytes;
    this.tableBytes = tableSize * this.sectorBytes;
    this.heapAt = heapStart * this.sectorBytes;
    const total = heapStart + clusters * 2 ** perClusterLog + spareSectors;
    this.bytes = made?.bytes ?? new Uint8Array(total * this.sectorBytes);
    this.#view = new DataView(this.bytes.buffer, this.bytes.byteOffset);
    this.root = { clusters: [made?.rootCluster ?? ROOT_CLUSTER], next: made ? OBJECT_SLOTS : 0 };
    if (!made) this.#format(total, tableSize, heapStart);
  }

  /** An empty volume that `mkfs.exfat` made. */
  static on(bytes: Uint8Array): ExfatImage {
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    const [tableStart, heapStart, clusters, rootCluster] = [0x50, 0x58, 0x5c, 0x60].map((at) =>
      view.getUint32(at, true),
    ) as [number, number, number, number];
    const geometry = { clusters, sectorLog: bytes[0x6c]!, perClusterLog: bytes[0x6d]! };
    return new ExfatImage(geometry, { bytes, tableStart, heapStart, rootCluster });
  }

  #format(total: number, tableSize: number, heapStart: number): void {
    for (const region of [0, 12]) this.#boot(region * this.sectorBytes, { total, tableSize, heapStart });
    this.use([BITMAP_CLUSTER, UPCASE_CLUSTER]);
    this.chain([BITMAP_CLUSTER]);
    this.chain([UPCASE_CLUSTER]);
    this.chain([ROOT_CLUSTER]);
    this.slot(this.root, labelSlot('WRITTEN'));
    this.slot(this.root, objectSlot(0x81, BITMAP_CLUSTER, Math.ceil(this.geometry.clusters / 8)));
    this.slot(this.root, objectSlot(0x82, UPCASE_CLUSTER, this.clusterBytes - 7));
  }

  /** Sets the FAT entry of a cluster. */
  link(cluster: number, value: number): void {
    this.#view.setUint32(
      this.tableAt + (this.geometry.active ?? 0) * this.tableBytes + cluster * 4,
      value,
      true,
    );
  }

  /** Sets the bits of clusters in the bitmap. */
  use(clusters: readonly number[], isUsed = true): void {
    for (const cluster of clusters) {
      const at = this.heapAt + Math.floor((cluster - 2) / 8);
      const bit = 1 << ((cluster - 2) % 8);
      this.bytes[at] = isUsed ? this.bytes[at]! | bit : this.bytes[at]! & ~bit;
    }
  }

  chain(clusters: readonly number[]): void {
    this.use(clusters);
    for (const [index, cluster] of clusters.entries()) this.link(cluster, clusters[index + 1] ?? END);
  }

  sectorOf(cluster: number): number {
    return (this.heapAt + (cluster - 2) * this.clusterBytes) / 512;
  }

  slotAt(folder: ExfatFolder, slot: number): number {
    const at = slot * SLOT_BYTES;
    const cluster = folder.clusters[Math.floor(at / this.clusterBytes)]!;
    return this.heapAt + (cluster - 2) * this.clusterBytes + (at % this.clusterBytes);
  }

  slot(folder: ExfatFolder, bytes: Uint8Array): number {
    const at = this.slotAt(folder, folder.next++);
    this.bytes.set(bytes, at);
    return at / SLOT_BYTES;
  }

  /** Appends a file's set of slots. @returns its id */
  file(folder: ExfatFolder, name: string, file: ExfatFile): number {
    if (file.contiguous) this.use(file.clusters);
    else this.chain(file.clusters);
    if (file.vendor) this.chain(file.vendor.clusters);
    const [first, ...more] = fileSlots(name, file, this.clusterBytes);
    const id = this.slot(folder, first!);
    for (const slot of more) this.slot(folder, slot);
    return id;
  }

  folder(parent: ExfatFolder, name: string, clusters: readonly number[], contiguous = false): ExfatFolder {
    const size = clusters.length * this.clusterBytes;
    this.file(parent, name, { size, clusters, contiguous, isFolder: true });
    return { clusters, next: 0 };
  }

  /** Writes the checksum of a boot region anew. */
  sumBoot(region: 0 | 12): void {
    ExfatImage.sumBoot(this.bytes, region * this.sectorBytes, this.sectorBytes);
  }

  static sumBoot(bytes: Uint8Array, at: number, sectorBytes: number): void {
    let sum = 0;
    for (let byte = 0; byte < 11 * sectorBytes; byte++) {
      if (byte === 106 || byte === 107 || byte === 112) continue;
      sum = (((sum & 1) * 0x8000_0000 + Math.floor(sum / 2)) % 2 ** 32) + bytes[at + byte]!;
      sum %= 2 ** 32;
    }
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    for (let place = 0; place < sectorBytes; place += 4)
      view.setUint32(at + 11 * sectorBytes + place, sum, true);
  }

  #boot(
    at: number,
    { total, tableSize, heapStart }: { total: number; tableSize: number; heapStart: number },
  ): void {
    const { clusters, sectorLog = 9, perClusterLog = 0, tables = 1, active = 0 } = this.geometry;
    const view = this.#view;
    this.bytes.set([0xeb, 0x76, 0x90], at);
    this.bytes.set(Buffer.from('EXFAT   '), at + 3);
    view.setBigUint64(at + 0x48, BigInt(total), true);
    view.setUint32(at + 0x50, TABLE_START, true);
    view.setUint32(at + 0x54, tableSize, true);
    view.setUint32(at + 0x58, heapStart, true);
    view.setUint32(at + 0x5c, clusters, true);
    view.setUint32(at + 0x60, ROOT_CLUSTER, true);
    view.setUint16(at + 0x6a, active, true);
    view.setUint8(at + 0x6c, sectorLog);
    view.setUint8(at + 0x6d, perClusterLog);
    view.setUint8(at + 0x6e, tables);
    view.setUint16(at + 510, 0xaa55, true);
    this.sumBoot(at === 0 ? 0 : 12);
  }
}

/** The slot of the bitmap (0x81) or of the upcase table (0x82). */
export function objectSlot(type: number, cluster: number, length: number, flags = 0): Uint8Array {
  const slot = new Uint8Array(SLOT_BYTES);
  const view = new DataView(slot.buffer);
  slot[0] = type;
  slot[1] = flags;
  view.setUint32(0x14, cluster, true);
  view.setBigUint64(0x18, BigInt(length), true);
  return slot;
}

function labelSlot(label: string): Uint8Array {
  const slot = new Uint8Array(SLOT_BYTES);
  slot[0] = 0x83;
  slot[1] = label.length;
  slot.set(Buffer.from(label, 'utf16le'), 2);
  return slot;
}

/** The set of slots of a file. */
export function fileSlots(name: string, file: ExfatFile, clusterBytes: number): Uint8Array[] {
  const { size, written = size, clusters, contiguous = false, isFolder = false, vendor } = file;
  const primary = new Uint8Array(SLOT_BYTES);
  primary[0] = 0x85;
  primary[4] = isFolder ? 0x10 : 0x20;
  for (const at of [8, 12, 16]) new DataView(primary.buffer).setUint32(at, FIRST_OF_2024, true);
  const stream = objectSlot(0xc0, clusters[0] ?? 0, size, 1 | (contiguous && clusters.length > 0 ? 2 : 0));
  stream[3] = name.length;
  new DataView(stream.buffer).setUint16(4, nameHash(name), true);
  new DataView(stream.buffer).setBigUint64(8, BigInt(written), true);
  const set = [primary, stream];
  for (let at = 0; at < name.length; at += 15) {
    const slot = new Uint8Array(SLOT_BYTES);
    slot[0] = 0xc1;
    slot.set(Buffer.from(name.slice(at, at + 15), 'utf16le'), 2);
    set.push(slot);
  }
  if (vendor) set.push(objectSlot(0xe1, vendor.clusters[0]!, vendor.clusters.length * clusterBytes, 1));
  primary[1] = set.length - 1;
  new DataView(primary.buffer).setUint16(2, sumOf(Buffer.concat(set)), true);
  return set;
}

/** Names here are such that `toUpperCase` and the upcase table agree. */
function nameHash(name: string): number {
  let hash = 0;
  for (const byte of Buffer.from(name.toUpperCase(), 'utf16le'))
    hash = (((hash & 1) << 15) + (hash >> 1) + byte) % 0x10000;
  return hash;
}

function sumOf(set: Uint8Array): number {
  let sum = 0;
  for (const [index, byte] of set.entries())
    if (index !== 2 && index !== 3) sum = (((sum & 1) << 15) + (sum >> 1) + byte) % 0x10000;
  return sum;
}

/** Writes the checksums of the sets anew that lie within a cluster. */
export function sumSets(bytes: Uint8Array, clusterOffsets: readonly number[], clusterBytes: number): void {
  for (const start of clusterOffsets) {
    const end = start + clusterBytes;
    for (let at = start; at < end; at += SLOT_BYTES) {
      const setEnd = at + (bytes[at + 1]! + 1) * SLOT_BYTES;
      if (bytes[at] !== 0x85 || setEnd > end) continue;
      new DataView(bytes.buffer).setUint16(at + 2, sumOf(bytes.subarray(at, setEnd)), true);
    }
  }
}
