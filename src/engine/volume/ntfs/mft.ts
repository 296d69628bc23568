import { SECTOR_SIZE } from '../../block/blockDevice';
import type { SectorRange } from '../../errors';
import type { Doubt } from '../volumeContracts';
import { UnreadableError, type VolumeReader } from '../volumeReader';
import { type Attribute, isSegment, TYPE } from './attribute';
import { doubtOf, extendsRecord, readList } from './attributeList';
import { type AttributeStream, joinStream } from './attributeStream';
import type { Geometry } from './bootSector';
import { type MftRecord, parseRecord, type Reference } from './mftRecord';
import { type Run, runIndexAt } from './runList';

/** At least these records have a copy in $MFTMirr. */
const MIRRORED_RECORDS = 4;

const isData = (attribute: Attribute): boolean => attribute.type === TYPE.data && attribute.name === '';

/** The master file table: where its records lie, and what they say. */
export class Mft {
  /** The runs of the table by their place on the volume. */
  #byLcn: readonly Run[] = [];
  /** Attributes of $MFT besides the places of its records: the bitmap of its records. */
  #attributes: Attribute[] = [];
  #segments: Attribute[] = [];
  #stream: AttributeStream;
  #doubts: Doubt[] = [];
  readonly #mirrorUsed: () => void;

  private constructor(
    readonly reader: VolumeReader,
    readonly geometry: Geometry,
    mirrorUsed: () => void,
  ) {
    this.#mirrorUsed = mirrorUsed;
    this.#stream = joinStream([], geometry, { type: TYPE.data, name: '' });
  }

  /**
   * Finds the records of the table, which describes itself.
   * @param mirrorUsed is called when a record is taken from $MFTMirr
   * @throws UnreadableError when neither record 0 nor its copy can be read
   */
  static async open(reader: VolumeReader, geometry: Geometry, mirrorUsed: () => void): Promise<Mft> {
    const mft = new Mft(reader, geometry, mirrorUsed);
    await mft.#findRecords();
    return mft;
  }

  /** A table none of whose records can be found. */
  static lost(reader: VolumeReader, geometry: Geometry, doubt: Doubt): Mft {
    const mft = new Mft(reader, geometry, () => {});
    mft.#doubts.push(doubt);
    return mft;
  }

  /** The records that there are, in use or not. */
  get recordCount(): number {
    const { sizes } = this.#stream;
    return sizes ? Math.floor(sizes.initialised / this.geometry.recordBytes) : 0;
  }

  /** Why records can't be found; none when the place of every record is known. */
  get doubts(): readonly Doubt[] {
    return this.#doubts;
  }

  /** The attribute of $MFT that says which records are used. */
  get bitmap(): AttributeStream | null {
    const found = this.#attributes.filter(({ type }) => type === TYPE.bitmap);
    return found.length > 0 ? joinStream(found, this.geometry, { type: TYPE.bitmap, name: '' }) : null;
  }

  /**
   * Reads a record: one of the first from the mirror, where the table's own is unreadable.
   * @throws UnreadableError when it is unreadable or torn, or when there is no such record
   */
  async record(number: number): Promise<MftRecord> {
    try {
      return this.#parsed(await this.#bytesOf(number), number);
    } catch (error) {
      const copy = error instanceof UnreadableError ? await this.#fromMirror(number) : null;
      if (!copy) throw error;
      return copy;
    }
  }

  /** The sectors of a record, from the start of the disk; as far as they are known. */
  rangesOf(number: number): SectorRange[] {
    return this.#placesOf(number).map(([byte, length]) => [
      this.reader.first + Math.floor(byte / SECTOR_SIZE),
      Math.ceil(length / SECTOR_SIZE),
    ]);
  }

  /** The bytes of the volume where records that follow one another lie together: at most `limit` of them. */
  placeOf(number: number, limit: number): { byteOffset: number; recordCount: number } | null {
    const { recordBytes, clusterBytes } = this.geometry;
    const start = number * recordBytes;
    const run = this.#stream.runs[runIndexAt(this.#stream.runs, Math.floor(start / clusterBytes))];
    if (!run || run.vcn * clusterBytes > start) return null;
    const inRun = start - run.vcn * clusterBytes;
    const recordCount = Math.floor((run.clusterCount * clusterBytes - inRun) / recordBytes);
    if (recordCount === 0) return null;
    return { byteOffset: run.lcn * clusterBytes + inRun, recordCount: Math.min(limit, recordCount) };
  }

  /** The record that a sector of the volume belongs to, and the sectors of it that lie there together. */
  recordAt(sector: number): { number: number; range: SectorRange } | null {
    const { clusterSectors, recordBytes } = this.geometry;
    const cluster = Math.floor(sector / clusterSectors);
    const run = this.#runOf(cluster);
    if (!run) return null;
    const runStart = run.lcn * clusterSectors;
    const shift = run.vcn * clusterSectors - runStart;
    const recordSectors = recordBytes / SECTOR_SIZE;
    const number = Math.floor((sector + shift) / recordSectors);
    const from = Math.max(runStart, number * recordSectors - shift);
    const to = Math.min(runStart + run.clusterCount * clusterSectors, (number + 1) * recordSectors - shift);
    return { number, range: [from, to - from] };
  }

  /** The runs of sectors of the whole table, from the start of the volume. */
  *ranges(): Generator<SectorRange> {
    const { clusterSectors } = this.geometry;
    for (const { lcn, clusterCount } of this.#byLcn)
      yield [lcn * clusterSectors, clusterCount * clusterSectors];
  }

  /** The runs of records that lie in clusters: a hole in the table, however long, has none. */
  *spans(): Generator<[first: number, end: number]> {
    const { clusterBytes, recordBytes } = this.geometry;
    let done = 0;
    for (const { vcn, clusterCount } of this.#stream.runs) {
      const first = Math.max(done, Math.ceil((vcn * clusterBytes) / recordBytes));
      const end = Math.min(Math.ceil(((vcn + clusterCount) * clusterBytes) / recordBytes), this.recordCount);
      if (end > first) yield [first, end];
      done = Math.max(done, end);
    }
  }

  /** The doubt of a record that can't be read. */
  torn(number: number): UnreadableError {
    const reason = `MFT record ${number} is torn or damaged`;
    return new UnreadableError({ reason, ranges: this.rangesOf(number) });
  }

  #runOf(cluster: number): Run | undefined {
    let low = 0;
    let high = this.#byLcn.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#byLcn[middle]!.lcn + this.#byLcn[middle]!.clusterCount <= cluster) low = middle + 1;
      else high = middle;
    }
    const run = this.#byLcn[low];
    return run && run.lcn <= cluster ? run : undefined;
  }

  async #findRecords(): Promise<void> {
    const { mftCluster, clusterBytes, recordBytes } = this.geometry;
    const base = await this.#firstRecord(mftCluster * clusterBytes, recordBytes);
    this.#take(base);
    const listed = base.attributes.filter(({ type }) => type === TYPE.attributeList);
    if (listed.length > 0) await this.#takeListed(base, listed);
    if (!base.isWhole) this.#doubts.push(this.torn(0).doubt);
    if (!this.#stream.isWhole && this.#doubts.length === 0)
      this.#doubts.push({ reason: "where a part of $MFT lies isn't known", ranges: [] });
    this.#byLcn = [...this.#stream.runs].sort((a, b) => a.lcn - b.lcn);
  }

  /** Record 0, where the boot sector says that the table begins, or its copy; either must say so too. */
  async #firstRecord(byteOffset: number, recordBytes: number): Promise<MftRecord> {
    const isFirst = (record: MftRecord | null): record is MftRecord =>
      record?.inUse === true &&
      record.attributes.some(
        (it) =>
          isData(it) && isSegment(it) && it.runs[0]?.vcn === 0 && it.runs[0].lcn === this.geometry.mftCluster,
      );
    let failure: unknown;
    try {
      const record = parseRecord(
        await this.reader.bytes(byteOffset, recordBytes, 'MFT record 0'),
        0,
        this.geometry,
      );
      if (isFirst(record)) return record;
    } catch (error) {
      failure = error;
      doubtOf(error);
    }
    const copy = await this.#fromMirror(0);
    if (isFirst(copy)) return copy;
    const range: SectorRange = [this.reader.first + byteOffset / SECTOR_SIZE, recordBytes / SECTOR_SIZE];
    throw failure ?? new UnreadableError({ reason: 'MFT record 0 is torn or damaged', ranges: [range] });
  }

  /** Takes what a record of $MFT says of $MFT. */
  #take(record: MftRecord): void {
    this.#attributes.push(...record.attributes);
    this.#segments.push(...record.attributes.filter(isData));
    this.#stream = joinStream(this.#segments, this.geometry, { type: TYPE.data, name: '' });
  }

  /** Records that extend record 0 lie in the table themselves: one leads to the next, in any order. */
  async #takeListed(base: MftRecord, listed: readonly Attribute[]): Promise<void> {
    let waiting: Reference[];
    try {
      waiting = await readList(base, listed, this);
    } catch (error) {
      this.#doubts.push(doubtOf(error));
      return;
    }
    for (let found = true; found && waiting.length > 0; ) {
      found = false;
      this.#doubts = [];
      const left: Reference[] = [];
      for (const reference of waiting) {
        if (await this.#takeExtension(base, reference)) found = true;
        else left.push(reference);
      }
      waiting = left;
    }
  }

  async #takeExtension(base: MftRecord, reference: Reference): Promise<boolean> {
    try {
      const record = await this.record(reference.record);
      if (!extendsRecord(record, reference, base)) throw this.torn(reference.record);
      this.#take(record);
      return true;
    } catch (error) {
      this.#doubts.push(doubtOf(error));
      return false;
    }
  }

  /** The runs of bytes of the volume that make up a record. */
  #placesOf(number: number): [byteOffset: number, length: number][] {
    const { recordBytes, clusterBytes } = this.geometry;
    const { runs } = this.#stream;
    const places: [number, number][] = [];
    const start = number * recordBytes;
    const end = start + recordBytes;
    for (let i = runIndexAt(runs, Math.floor(start / clusterBytes)); i < runs.length; i++) {
      const { vcn, lcn, clusterCount } = runs[i]!;
      const from = Math.max(start, vcn * clusterBytes);
      const to = Math.min(end, (vcn + clusterCount) * clusterBytes);
      if (from >= to) break;
      places.push([lcn * clusterBytes + from - vcn * clusterBytes, to - from]);
    }
    return places;
  }

  async #bytesOf(number: number): Promise<Uint8Array> {
    const what = `MFT record ${number}`;
    const places = number < this.recordCount ? this.#placesOf(number) : [];
    const bytes = new Uint8Array(this.geometry.recordBytes);
    let done = 0;
    const bad: number[] = [];
    for (const [byteOffset, length] of places) {
      const read = await this.reader.whatCanBeRead(byteOffset, length, what);
      bytes.set(read.bytes, done);
      bad.push(...read.unreadable);
      done += length;
    }
    if (bad.length > 0 || done < bytes.length) throw this.reader.unreadable(bad, what);
    return bytes;
  }

  #parsed(bytes: Uint8Array, number: number): MftRecord {
    const record = parseRecord(bytes, number, this.geometry);
    if (!record) throw this.torn(number);
    return record;
  }

  async #fromMirror(number: number): Promise<MftRecord | null> {
    if (number >= MIRRORED_RECORDS) return null;
    const { mirrorCluster, clusterBytes, recordBytes } = this.geometry;
    try {
      const at = mirrorCluster * clusterBytes + number * recordBytes;
      const record = parseRecord(await this.reader.bytes(at, recordBytes, '$MFTMirr'), number, this.geometry);
      if (record) this.#mirrorUsed();
      return record;
    } catch (error) {
      doubtOf(error);
      return null;
    }
  }
}
