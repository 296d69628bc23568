import { crc32 } from 'node:zlib';
import { BytesSource } from './volumeFixture';

/** A partition of a table, in the table's unit. */
export interface TableEntry {
  readonly type: number;
  readonly start: number;
  readonly count: number;
}

/** Makes disks with partition tables, byte by byte and sharing nothing with the reader. */
export class TableImage {
  readonly bytes: Uint8Array;
  readonly view: DataView;

  constructor(
    readonly sectors: number,
    readonly unit = 512,
  ) {
    this.bytes = new Uint8Array(sectors * 512);
    this.view = new DataView(this.bytes.buffer);
  }

  /** An MBR or EBR at a place in the unit. */
  mbr(entries: readonly (TableEntry | null)[], place = 0): this {
    const at = place * this.unit;
    this.bytes.set([0x55, 0xaa], at + 510);
    entries.forEach((entry, i) => {
      if (!entry) return;
      this.bytes[at + 446 + i * 16 + 4] = entry.type;
      this.view.setUint32(at + 446 + i * 16 + 8, entry.start, true);
      this.view.setUint32(at + 446 + i * 16 + 12, entry.count, true);
    });
    return this;
  }

  /** A GPT in both places, with a protective MBR. */
  gpt(
    partitions: readonly { first: number; last: number; name?: string }[],
    { protective = true } = {},
  ): this {
    const units = (this.sectors * 512) / this.unit;
    if (protective) this.mbr([{ type: 0xee, start: 1, count: units - 1 }]);
    const entries = new Uint8Array(128 * 128);
    const view = new DataView(entries.buffer);
    partitions.forEach(({ first, last, name = '' }, i) => {
      entries.set(
        [0xaf, 0x3d, 0xc6, 0x0f, 0x83, 0x84, 0x72, 0x47, 0x8e, 0x79, 0x3d, 0x69, 0xd8, 0x47, 0x7d, 0xe4],
        i * 128,
      );
      view.setBigUint64(i * 128 + 0x20, BigInt(first), true);
      view.setBigUint64(i * 128 + 0x28, BigInt(last), true);
      entries.set(Buffer.from(name, 'utf16le'), i * 128 + 0x38);
    });
    const entryUnits = Math.ceil(entries.length / this.unit);
    this.bytes.set(entries, 2 * this.unit);
    this.bytes.set(entries, (units - 1 - entryUnits) * this.unit);
    this.#header(1, units - 1, 2, crc32(entries));
    this.#header(units - 1, 1, units - 1 - entryUnits, crc32(entries));
    return this;
  }

  #header(place: number, other: number, entriesAt: number, entriesCrc: number): void {
    const header = new Uint8Array(92);
    const view = new DataView(header.buffer);
    header.set(Buffer.from('EFI PART'));
    view.setUint32(8, 0x10000, true);
    view.setUint32(12, 92, true);
    view.setBigUint64(0x18, BigInt(place), true);
    view.setBigUint64(0x20, BigInt(other), true);
    view.setBigUint64(0x48, BigInt(entriesAt), true);
    view.setUint32(0x50, 128, true);
    view.setUint32(0x54, 128, true);
    view.setUint32(0x58, entriesCrc, true);
    view.setUint32(0x10, crc32(header), true);
    this.bytes.set(header, place * this.unit);
  }

  /** Something that is recognised, where a partition begins: the mark of XFS. */
  fileSystem(sector: number): this {
    this.bytes.set(Buffer.from('XFSB'), sector * 512);
    return this;
  }

  disk(unreadable: Iterable<number> = [], sectors = this.sectors): BytesSource {
    return new BytesSource(this.bytes.subarray(0, sectors * 512), new Set(unreadable));
  }
}
