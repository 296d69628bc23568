import { mergeRanges } from '../block/range';
import type { SectorRange } from '../errors';
import { DoubtList } from './claim';
import type {
  DamagedStructure,
  DamageReport,
  DamageStatus,
  SectorCounts,
  UnreadableSectors,
} from './damageContracts';
import { DamagedFiles } from './damagedFiles';
import type { DiskVolumes } from './diskVolumes';
import { missingWords, type Volume } from './openVolume';
import { meaningOf } from './structureMeanings';
import type { FileRecord, FileSystem, WalkOptions } from './volumeContracts';

interface DamageOptions extends WalkOptions {
  /** How many files are listed at most, and about how many structures. */
  readonly fileLimit?: number;
}

const DEFAULT_FILE_LIMIT = 100_000;
const STATUSES: readonly DamageStatus[] = ['bad', 'notRescued'];

/**
 * What is lost on a disk: one walk of the files, structures and allocation of each volume. Takes memory for what is damaged,
 * not for the disk.
 * @throws the signal's reason once it is aborted
 */
export async function reportDamage(
  disk: DiskVolumes,
  unreadable: UnreadableSectors,
  options: DamageOptions = {},
): Promise<DamageReport> {
  const survey = new DamageSurvey(disk, unreadable, options);
  for (const volume of disk.volumes) await survey.add(volume);
  return survey.finish();
}

type Space = 'free' | 'used' | 'unknown';
type Counts = Record<DamageStatus, number>;
const none = (): Counts => ({ bad: 0, notRescued: 0 });

class DamageSurvey {
  readonly #disk: DiskVolumes;
  readonly #unreadable: UnreadableSectors;
  readonly #options: DamageOptions;
  readonly #limit: number;
  readonly #files: DamagedFiles;
  readonly #structures: DamagedStructure[] = [];
  /** How many of the volume that is walked are not listed. */
  #moreStructures = 0;
  readonly #doubts: DamageReport['doubts'][number][] = [];
  readonly #counts: Record<Space, Counts> = { free: none(), used: none(), unknown: none() };

  constructor(disk: DiskVolumes, unreadable: UnreadableSectors, options: DamageOptions) {
    this.#disk = disk;
    this.#unreadable = unreadable;
    this.#options = options;
    this.#limit = options.fileLimit ?? DEFAULT_FILE_LIMIT;
    this.#files = new DamagedFiles(unreadable, this.#limit);
    for (const { what, range } of disk.found.structures) this.#addStructure({ volume: null, what }, [range]);
    for (const { range } of disk.found.unknown) this.#count('unknown', range);
  }

  async add(volume: Volume): Promise<void> {
    const { fileSystem, first, sectorCount, index, why } = volume;
    const missing = missingWords(volume);
    if (missing !== null) this.#doubts.push({ volume: index, reason: missing, ranges: [] });
    if (!fileSystem) {
      this.#count('unknown', [first, sectorCount]);
      if (this.#hits([first, sectorCount])) this.#doubts.push({ volume: index, reason: why, ranges: [] });
      return;
    }
    for await (const { range, usage } of fileSystem.usage(this.#options))
      this.#count(usage, [first + range[0], range[1]]);
    for await (const { what, range, group } of fileSystem.structures(this.#options)) {
      const named = { volume: index, what, ...(group !== undefined && { group }) };
      this.#addStructure(named, [[first + range[0], range[1]]]);
    }
    await this.#addFiles(volume, fileSystem);
  }

  finish(): DamageReport {
    const all = this.#countsIn([0, this.#disk.sectorCount]);
    const { free, used, unknown } = this.#counts;
    const rest = (status: DamageStatus) =>
      Math.max(0, all[status] - free[status] - used[status] - unknown[status]);
    const outside: SectorCounts = { bad: rest('bad'), notRescued: rest('notRescued') };
    const { files, moreFiles } = this.#files.finish();
    return {
      files,
      structures: this.#structures,
      free,
      used,
      unknown,
      outside,
      moreFiles,
      doubts: this.#doubts,
    };
  }

  async #addFiles(volume: Volume, fileSystem: FileSystem): Promise<void> {
    const doubts = new DoubtList();
    const onDoubt = (doubt: DoubtList['kept'][number]) => doubts.add(doubt);
    for await (const record of fileSystem.files({ ...this.#options, onDoubt })) {
      await this.#addMeta(volume, fileSystem, record);
      if (record.kind !== 'meta') this.#files.add(volume, fileSystem, record);
      else for (const doubt of record.doubts) doubts.add(doubt);
    }
    await this.#files.name(fileSystem, this.#options.signal);
    const more = doubts.count - doubts.kept.length;
    for (const { reason, ranges } of doubts.kept) this.#doubts.push({ volume: volume.index, reason, ranges });
    if (more > 0) this.#doubts.push({ volume: volume.index, reason: `and ${more} more`, ranges: [] });
    if (this.#moreStructures > 0)
      this.#doubts.push({
        volume: volume.index,
        reason: `${this.#moreStructures} more structures are hit than are listed`,
        ranges: [],
      });
    this.#moreStructures = 0;
  }

  /** What the file system keeps for a file, and files of its own. */
  async #addMeta({ index, first }: Volume, fileSystem: FileSystem, record: FileRecord): Promise<void> {
    const byWhat = new Map<string, SectorRange[]>();
    for (const { role, what, sector, sectorCount } of record.parts) {
      const range: SectorRange = [first + sector, sectorCount];
      if ((record.kind !== 'meta' && role !== 'meta') || !this.#hits(range)) continue;
      const name = (role === 'meta' ? what : record.what) ?? 'meta';
      const ranges = byWhat.get(name) ?? [];
      ranges.push(range);
      byWhat.set(name, ranges);
    }
    if (byWhat.size === 0) return;
    if (this.#structures.length >= this.#limit) {
      this.#moreStructures += byWhat.size;
      return;
    }
    const path = record.kind === 'meta' ? undefined : (await fileSystem.pathsOf(record.id))[0];
    for (const [what, ranges] of byWhat)
      this.#addStructure({ volume: index, what, ...(path !== undefined && { path }) }, ranges);
  }

  #addStructure(
    named: Pick<DamagedStructure, 'volume' | 'what' | 'group' | 'path'>,
    ranges: readonly SectorRange[],
  ): void {
    for (const status of STATUSES) {
      const hit = mergeRanges(
        ranges.flatMap(([first, count]) => this.#unreadable[status].overlaps(first, count)),
      );
      if (hit.length > 0)
        this.#structures.push({ ...named, status, ranges: hit, meaning: meaningOf(named.what) });
    }
  }

  #hits([first, count]: SectorRange): boolean {
    return STATUSES.some((status) => this.#unreadable[status].intersects(first, count));
  }

  #count(usage: Space, range: SectorRange): void {
    if (!this.#hits(range)) return;
    const counts = this.#countsIn(range);
    for (const status of STATUSES) this.#counts[usage][status] += counts[status];
  }

  #countsIn([first, count]: SectorRange): Counts {
    const counts = none();
    for (const status of STATUSES)
      for (const run of this.#unreadable[status].tagged(first, count)) counts[status] += run.sectorCount;
    return counts;
  }
}
