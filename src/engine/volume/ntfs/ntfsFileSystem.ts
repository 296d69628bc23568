import { SECTOR_SIZE } from '../../block/blockDevice';
import type {
  Allocation,
  Doubt,
  FilePath,
  FileRecord,
  FileSystem,
  Structure,
  WalkOptions,
} from '../volumeContracts';
import { UnreadableError } from '../volumeReader';
import type { Geometry } from './bootSector';
import { ClusterBitmap, type UsageRun } from './clusterBitmap';
import { kindOf, wholeFile } from './fileRecords';
import { type FolderEntry, folderEntries } from './folderIndex';
import type { Mft } from './mft';
import type { MftRecord } from './mftRecord';
import { Paths, ROOT_RECORD } from './paths';
import type { VolumeInformation } from './volumeInformation';
import { walkRecords } from './walk';

/** The files of an NTFS volume: see `FileSystem`. Ids are numbers of MFT records. */
export class NtfsFileSystem implements FileSystem {
  readonly kind = 'ntfs';
  readonly root = ROOT_RECORD;
  readonly label: string;
  readonly unitSectors: number;
  readonly sectorCount: number;
  readonly #mft: Mft;
  readonly #isClean: boolean;
  readonly #paths: Paths;
  readonly #bitmap: ClusterBitmap;

  private constructor(
    mft: Mft,
    { label, isClean }: VolumeInformation,
    bitmap: ClusterBitmap,
    readonly notes: readonly string[],
  ) {
    const { sectorCount, ownSectors, clusterSectors } = mft.geometry;
    this.#mft = mft;
    this.#isClean = isClean === true;
    this.#paths = new Paths(mft);
    this.#bitmap = bitmap;
    this.label = label;
    this.unitSectors = clusterSectors;
    this.sectorCount = Math.min(sectorCount + ownSectors, mft.reader.sectorCount);
  }

  static async open(
    mft: Mft,
    information: VolumeInformation,
    notes: readonly string[],
  ): Promise<NtfsFileSystem> {
    return new NtfsFileSystem(mft, information, await ClusterBitmap.open(mft), notes);
  }

  async space(): Promise<{ total: number; used: number | null }> {
    let used: number | null = this.#bitmap.clustersThere < this.#mft.geometry.clusterCount ? null : 0;
    for await (const { range, usage } of this.#bitmap.usage({})) {
      if (usage === 'unknown') used = null;
      else if (usage === 'used' && used !== null) used += range[1];
    }
    const { clusterCount, clusterBytes } = this.#mft.geometry;
    return { total: clusterCount * clusterBytes, used: used === null ? null : used * SECTOR_SIZE };
  }

  async structureAt(sector: number): Promise<Structure | null> {
    const layout = layoutStructures(this.#mft.geometry).find(
      ({ range: [first, count] }) => sector >= first && sector < first + count,
    );
    if (layout) return sector < this.sectorCount ? layout : null;
    const record = this.#mft.recordAt(sector);
    if (record) {
      const { number, range } = record;
      // What is allocated past the last record is of none.
      const isRecord = number < this.#mft.recordCount;
      return { what: '$MFT', range, group: number, ...(isRecord && { fileId: number }) };
    }
    const [doubt] = this.#mft.doubts;
    if (doubt) throw new UnreadableError(doubt);
    return null;
  }

  async *structures(): AsyncGenerator<Structure> {
    yield* layoutStructures(this.#mft.geometry);
    for (const range of this.#mft.ranges()) yield { what: '$MFT', range };
  }

  async allocationAt(sector: number): Promise<Allocation> {
    const { clusterSectors, clusterCount } = this.#mft.geometry;
    const cluster = Math.floor(sector / clusterSectors);
    return cluster < clusterCount ? this.#bitmap.allocationOf(cluster) : 'used';
  }

  async *usage(options: WalkOptions = {}): AsyncGenerator<UsageRun> {
    const { clusterSectors, clusterCount } = this.#mft.geometry;
    const clustersEnd = Math.min(clusterCount * clusterSectors, this.sectorCount);
    let last: UsageRun = { usage: 'used', range: [0, 0] };
    for await (const run of this.#bitmap.usage(options)) {
      if (last.range[1] > 0) yield last;
      const [first, count] = run.range;
      last = { ...run, range: [first, Math.min(count, clustersEnd - first)] };
      if (first + count >= clustersEnd) break;
    }
    const [first, count] = last.range;
    // What follows the last cluster is the boot sector's backup.
    if (last.usage === 'used') yield { usage: 'used', range: [first, this.sectorCount - first] };
    else {
      yield last;
      if (first + count < this.sectorCount)
        yield { usage: 'used', range: [first + count, this.sectorCount - first - count] };
    }
  }

  files(options: WalkOptions & { onDoubt(doubt: Doubt): void }): AsyncIterable<FileRecord> {
    return walkRecords({ ...options, mft: this.#mft, isClean: this.#isClean });
  }

  pathsOf(id: number): Promise<FilePath[]> {
    return this.#paths.pathsOf(id);
  }

  async find(path: FilePath): Promise<FileRecord | null> {
    const names = path.split('/').filter((name) => name !== '');
    const whole = await this.#recordByNames(names);
    if (whole) return wholeFile(whole, this.#mft);
    const last = names.pop() ?? '';
    const colon = last.indexOf(':');
    if (colon < 0) return null;
    const record = await this.#recordByNames(colon === 0 ? names : [...names, last.slice(0, colon)]);
    return record && wholeFile(record, this.#mft, last.slice(colon + 1));
  }

  async *children(
    id: number,
    onDoubt: (doubt: Doubt) => void,
  ): AsyncGenerator<{ name: string; id: number; kind: FileRecord['kind'] }> {
    let folder: MftRecord;
    try {
      folder = await this.#mft.record(id);
    } catch (error) {
      if (!(error instanceof UnreadableError)) throw error;
      onDoubt(error.doubt);
      return;
    }
    if (!folder.inUse || !folder.isDirectory || folder.base) return;
    for await (const { file, name } of folderEntries(folder, this.#mft, onDoubt)) {
      if (file.record === id) continue;
      const { kind } = kindOf(file.record, name.isDirectory, [name]);
      yield { name: name.name, id: file.record, kind };
    }
  }

  /** The record that names lead to from the root. */
  async #recordByNames(names: readonly string[]): Promise<MftRecord | null> {
    let record = await this.#mft.record(ROOT_RECORD);
    for (const name of names) {
      if (!record.isDirectory) return null;
      const entry = await this.#entry(record, name);
      if (!entry) return null;
      record = await this.#mft.record(entry.file.record);
      if (!record.inUse || record.sequence !== entry.file.sequence) return null;
    }
    return record;
  }

  /** The entry of a name; in other letter case where there is one such entry and none of the very name. */
  async #entry(folder: MftRecord, name: string): Promise<FolderEntry | null> {
    const doubts: Doubt[] = [];
    const alike: FolderEntry[] = [];
    const folded = name.toUpperCase();
    for await (const entry of folderEntries(folder, this.#mft, (doubt) => doubts.push(doubt))) {
      if (entry.name.name === name) return entry;
      if (entry.name.name.toUpperCase() === folded) alike.push(entry);
    }
    if (doubts[0]) throw new UnreadableError(doubts[0]);
    return alike.length === 1 ? alike[0]! : null;
  }
}

/** The structures that the boot sector alone tells of. */
function layoutStructures({ ownSectors, sectorCount, clusterCount, clusterSectors }: Geometry): Structure[] {
  const clustersEnd = clusterCount * clusterSectors;
  const rest = sectorCount - clustersEnd;
  return [
    { what: '$Boot', range: [0, ownSectors] },
    ...(rest > 0 ? [{ what: 'beyond-last-cluster', range: [clustersEnd, rest] } as const] : []),
    { what: 'backup-boot-sector', range: [sectorCount, ownSectors] },
  ];
}
