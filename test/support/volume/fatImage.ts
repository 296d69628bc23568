/** The geometry of an image; what is left out has the usual value. */
export interface FatGeometry {
  readonly bits: 12 | 16 | 32;
  readonly clusters: number;
  readonly sectorBytes?: number;
  readonly perCluster?: number;
  readonly tables?: number;
  readonly rootEntries?: number;
  /** FAT32: the FAT that counts alone. */
  readonly activeTable?: number;
  /** Sectors after the last whole cluster. */
  readonly spareSectors?: number;
}

const SLOT_BYTES = 32;
const END = { 12: 0xfff, 16: 0xffff, 32: 0x0fff_ffff } as const;
const BACKUP = 6;

/** A folder of the image under construction. */
export interface ImageFolder {
  readonly clusters: readonly number[];
  /** Where the next slot goes, in slots. */
  next: number;
}

/** Writes small FAT images, byte by byte, by the published format: it shares no code with the reader. */
export class FatImage {
  readonly bytes: Uint8Array;
  readonly root: ImageFolder;
  readonly sectorBytes: number;
  readonly clusterBytes: number;
  readonly tableAt: number[] = [];
  readonly rootAt: number;
  readonly heapAt: number;
  readonly #view: DataView;

  constructor(readonly geometry: FatGeometry) {
    const { bits, clusters, sectorBytes = 512, perCluster = 1, tables = 2, spareSectors = 0 } = geometry;
    const rootEntries = bits === 32 ? 0 : (geometry.rootEntries ?? 64);
    const reserved = bits === 32 ? 12 : 1;
    const tableSize = Math.ceil((((clusters + 2) * bits) / 8 + 1) / sectorBytes);
    const rootSize = Math.ceil((rootEntries * SLOT_BYTES) / sectorBytes);
    const total = reserved + tables * tableSize + rootSize + clusters * perCluster + spareSectors;
    this.sectorBytes = sectorBytes;
    this.clusterBytes = sectorBytes * perCluster;
    this.rootAt = (reserved + tables * tableSize) * sectorBytes;
    this.heapAt = this.rootAt + rootSize * sectorBytes;
    this.bytes = new Uint8Array(total * sectorBytes);
    this.#view = new DataView(this.bytes.buffer);
    for (let table = 0; table < tables; table++)
      this.tableAt.push((reserved + table * tableSize) * sectorBytes);
    this.root = { clusters: bits === 32 ? [2] : [], next: 0 };
    this.#boot(0, { reserved, tables, rootEntries, total, tableSize });
    if (bits === 32) this.#boot(BACKUP * sectorBytes, { reserved, tables, rootEntries, total, tableSize });
    this.link(0, END[bits] - 7);
    this.link(1, END[bits]);
    if (bits === 32) this.chain([2]);
  }

  /** Sets the entry of a cluster in one FAT, or in all. */
  link(cluster: number, value: number, table?: number): void {
    const { bits } = this.geometry;
    for (const [index, at] of this.tableAt.entries()) {
      if (table !== undefined && table !== index) continue;
      if (bits === 16) this.#view.setUint16(at + cluster * 2, value, true);
      else if (bits === 32) this.#view.setUint32(at + cluster * 4, value, true);
      else {
        const place = at + cluster + (cluster >> 1);
        const old = this.#view.getUint16(place, true);
        const entry = cluster % 2 ? (old & 0x000f) | (value << 4) : (old & 0xf000) | value;
        this.#view.setUint16(place, entry, true);
      }
    }
  }

  chain(clusters: readonly number[]): void {
    for (const [index, cluster] of clusters.entries())
      this.link(cluster, clusters[index + 1] ?? END[this.geometry.bits]);
  }

  /** The first 512-byte sector of a cluster. */
  sectorOf(cluster: number): number {
    return (this.heapAt + (cluster - 2) * this.clusterBytes) / 512;
  }

  /** The byte offset of a folder's slot. */
  slotAt(folder: ImageFolder, slot: number): number {
    const at = slot * SLOT_BYTES;
    if (folder.clusters.length === 0) return this.rootAt + at;
    const cluster = folder.clusters[Math.floor(at / this.clusterBytes)]!;
    return this.heapAt + (cluster - 2) * this.clusterBytes + (at % this.clusterBytes);
  }

  /** Appends a slot. @returns its place, by 32: the id of its file */
  slot(folder: ImageFolder, bytes: Uint8Array): number {
    const at = this.slotAt(folder, folder.next++);
    this.bytes.set(bytes, at);
    return at / SLOT_BYTES;
  }

  /** Appends a file with its chain. @returns its id */
  file(
    folder: ImageFolder,
    name: string,
    clusters: readonly number[],
    size = clusters.length * this.clusterBytes,
  ): number {
    this.chain(clusters);
    return this.#named(folder, name, 0x20, clusters[0] ?? 0, size);
  }

  folder(parent: ImageFolder, name: string, clusters: readonly number[]): ImageFolder {
    this.chain(clusters);
    this.#named(parent, name, 0x10, clusters[0]!, 0);
    const folder: ImageFolder = { clusters, next: 0 };
    this.slot(folder, shortSlot('.', 0x10, clusters[0]!, 0));
    const above = parent === this.root ? 0 : (parent.clusters[0] ?? 0);
    this.slot(folder, shortSlot('..', 0x10, above, 0));
    return folder;
  }

  #named(folder: ImageFolder, name: string, attributes: number, first: number, size: number): number {
    const isShort = /^[A-Z0-9_-]{1,8}(\.[A-Z0-9_-]{1,3})?$/.test(name);
    const short = shortSlot(isShort ? name : `LONG~${folder.next}.X`, attributes, first, size);
    if (!isShort) for (const part of longSlots(name, short)) this.slot(folder, part);
    return this.slot(folder, short);
  }

  #boot(
    at: number,
    sizes: { reserved: number; tables: number; rootEntries: number; total: number; tableSize: number },
  ): void {
    const { bits, sectorBytes = 512, perCluster = 1, activeTable } = this.geometry;
    const view = this.#view;
    this.bytes.set([0xeb, 0x3c, 0x90], at);
    this.bytes.set(Buffer.from('REMAP   '), at + 3);
    view.setUint16(at + 0x0b, sectorBytes, true);
    view.setUint8(at + 0x0d, perCluster);
    view.setUint16(at + 0x0e, sizes.reserved, true);
    view.setUint8(at + 0x10, sizes.tables);
    view.setUint16(at + 0x11, sizes.rootEntries, true);
    if (sizes.total < 0x10000 && bits !== 32) view.setUint16(at + 0x13, sizes.total, true);
    else view.setUint32(at + 0x20, sizes.total, true);
    view.setUint8(at + 0x15, 0xf8);
    if (bits === 32) {
      view.setUint32(at + 0x24, sizes.tableSize, true);
      if (activeTable !== undefined) view.setUint16(at + 0x28, 0x80 | activeTable, true);
      view.setUint32(at + 0x2c, 2, true);
      view.setUint16(at + 0x30, 1, true);
      view.setUint16(at + 0x32, BACKUP, true);
    } else view.setUint16(at + 0x16, sizes.tableSize, true);
    const extended = at + (bits === 32 ? 0x42 : 0x26);
    view.setUint8(extended, 0x29);
    this.bytes.set(Buffer.from('BOOT LABEL '), extended + 5);
    view.setUint16(at + 510, 0xaa55, true);
  }
}

/** The slot of a short entry. */
export function shortSlot(name: string, attributes: number, first: number, size: number): Uint8Array {
  const slot = new Uint8Array(SLOT_BYTES).fill(0x20, 0, 11);
  const isDots = name === '.' || name === '..';
  const [base, extension = ''] = isDots ? [name] : name.split('.');
  slot.set(Buffer.from(base!, 'latin1'), 0);
  slot.set(Buffer.from(extension, 'latin1'), 8);
  slot[0x0b] = attributes;
  const view = new DataView(slot.buffer);
  view.setUint16(0x14, Math.floor(first / 0x10000), true);
  view.setUint16(0x1a, first % 0x10000, true);
  view.setUint32(0x1c, size, true);
  return slot;
}

/** The slots of a long name, in the order in which they come before the short entry. */
export function longSlots(name: string, short: Uint8Array): Uint8Array[] {
  let checksum = 0;
  for (const byte of short.subarray(0, 11)) checksum = (((checksum & 1) << 7) + (checksum >> 1) + byte) % 256;
  const units = [...Array.from({ length: name.length }, (_, at) => name.charCodeAt(at))];
  if (units.length % 13) units.push(0);
  while (units.length % 13) units.push(0xffff);
  const count = units.length / 13;
  return Array.from({ length: count }, (_, index) => {
    const number = count - index;
    const slot = new Uint8Array(SLOT_BYTES);
    slot[0] = number | (index === 0 ? 0x40 : 0);
    slot[0x0b] = 0x0f;
    slot[13] = checksum;
    const view = new DataView(slot.buffer);
    const places = [1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30];
    for (const [unit, place] of places.entries())
      view.setUint16(place, units[(number - 1) * 13 + unit]!, true);
    return slot;
  });
}
