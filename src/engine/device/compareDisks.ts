import { SECTOR_SIZE } from '../block/blockDevice';
import { DataRuns } from '../block/dataRuns';
import { ListedRuns } from '../block/listedRuns';
import { RangeSet } from '../block/rangeSet';
import { isMediumFailure, RemapError, type SectorRange } from '../errors';
import type { SectorSource } from '../volume';
import type { VolumeTarget } from './volumeTarget';

/** How much of each disk is read at a time. */
const CHUNK_SECTORS = 2048;

/** What two disks have in common, and what not. Of each list the first 10,000 runs; all sectors are counted. */
export interface Comparison {
  readonly firstSectorCount: number;
  readonly secondSectorCount: number;
  /** How many of the sectors that both disks have are equal. */
  readonly equalSectors: number;
  readonly differing: SectorRange[];
  readonly differingSectors: number;
  /** Sectors that can't be read in one or both: not known to differ, and never equal. */
  readonly unreadable: SectorRange[];
  readonly unreadableSectors: number;
  /** The parts of `unreadable` that are so in each. */
  readonly unreadableInFirst: SectorRange[];
  readonly unreadableInSecond: SectorRange[];
}

/** Sectors of two disks that are compared: as many from one sector of the first on as from one of the second. */
interface ComparedPart {
  readonly first: number;
  readonly second: number;
  readonly sectorCount: number;
}

/** How a comparison tells its progress, from 0 to 1, and learns that it was cancelled. */
interface CompareOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (fraction: number) => void;
  /** Where each disk begins: every sector of the result counts from there. Absent: all that both disks have. */
  readonly part?: ComparedPart;
  /** Told each run that differs as it is found, ascending, also those that the result doesn't list any more. */
  readonly onDiffering?: (first: number, sectorCount: number) => void;
  /** Told at the end of each run that can't be read in one or both. */
  readonly onUnreadable?: (first: number, sectorCount: number) => void;
}

/**
 * Compares two disks sector by sector, in memory that doesn't grow with them but by their sectors that can't be read.
 * Where both have holes nothing is read.
 * @throws RemapError `ECANCELED` when the signal ends it, and as reading does
 */
export async function compareDisks(
  first: VolumeTarget,
  second: VolumeTarget,
  options: CompareOptions = {},
): Promise<Comparison> {
  const { signal, onProgress, onDiffering, part = wholeOf(first, second) } = options;
  const { sectorCount } = part;
  const sides = [
    await Side.of(first, part.first, sectorCount),
    await Side.of(second, part.second, sectorCount),
  ] as const;
  const differing = new ListedRuns();
  const note = (sector: number) => {
    differing.add(sector, 1);
    onDiffering?.(sector, 1);
  };
  for (let at = nextOf(sides, 0); at < sectorCount; ) {
    if (signal?.aborted) throw new RemapError('ECANCELED', 'the comparison was cancelled');
    onProgress?.(at / sectorCount);
    const count = Math.min(CHUNK_SECTORS, sectorCount - at, dataSectors(sides, at));
    await Promise.all(sides.map((side) => side.read(at, count)));
    noteDiffering(sides, at, count, note);
    at = nextOf(sides, at + count);
  }
  const unreadable = unreadableIn(sides);
  for (const run of unreadable) options.onUnreadable?.(...run);
  return { ...resultOf(part, sides, differing, unreadable), ...sizesOf(first, second) };
}

function wholeOf(first: VolumeTarget, second: VolumeTarget): ComparedPart {
  return { first: 0, second: 0, sectorCount: Math.min(...Object.values(sizesOf(first, second))) };
}

function sizesOf(first: VolumeTarget, second: VolumeTarget) {
  return { firstSectorCount: first.source.sectorCount, secondSectorCount: second.source.sectorCount };
}

type Sides = readonly [Side, Side];

/** The first sector from one on that may differ. */
function nextOf([one, other]: Sides, sector: number): number {
  return Math.min(one.nextData(sector), other.nextData(sector));
}

/** How many sectors follow before both disks have a hole, as far as is known; at least 1. */
function dataSectors([one, other]: Sides, sector: number): number {
  return Math.max(one.endOfData(sector), other.endOfData(sector)) - sector;
}

function noteDiffering([one, other]: Sides, at: number, count: number, note: (sector: number) => void): void {
  const length = count * SECTOR_SIZE;
  if (one.buffer.compare(other.buffer, 0, length, 0, length) === 0) return;
  const mayBeUnreadable = [one, other].some(({ unreadable }) => unreadable.intersects(at, count));
  for (let index = 0; index < count; index++) {
    const [start, end] = [index * SECTOR_SIZE, (index + 1) * SECTOR_SIZE];
    if (one.buffer.compare(other.buffer, start, end, start, end) === 0) continue;
    const sector = at + index;
    if (mayBeUnreadable && (one.unreadable.has(sector) || other.unreadable.has(sector))) continue;
    note(sector);
  }
}

function unreadableIn([one, other]: Sides): RangeSet {
  const unreadable = new RangeSet();
  for (const set of [one.unreadable, other.unreadable])
    for (const [at, count] of set) unreadable.add(at, count);
  return unreadable;
}

function resultOf(
  { sectorCount }: ComparedPart,
  [one, other]: Sides,
  differing: ListedRuns,
  unreadable: RangeSet,
): Omit<Comparison, 'firstSectorCount' | 'secondSectorCount'> {
  const differingSectors = differing.sectorCount;
  const unreadableSectors = unreadable.sectorCount;
  return {
    equalSectors: sectorCount - differingSectors - unreadableSectors,
    differing: differing.runs,
    differingSectors,
    unreadable: listed(unreadable),
    unreadableSectors,
    unreadableInFirst: listed(one.unreadable),
    unreadableInSecond: listed(other.unreadable),
  };
}

function listed(set: RangeSet): SectorRange[] {
  const runs = new ListedRuns();
  for (const [first, count] of set) runs.add(first, count);
  return runs.runs;
}

/** One of the two disks from its first compared sector on, its sectors that can't be read, and the part that was read last. */
class Side {
  readonly buffer = Buffer.alloc(CHUNK_SECTORS * SECTOR_SIZE);

  private constructor(
    private readonly source: SectorSource,
    private readonly start: number,
    readonly unreadable: RangeSet,
    private readonly data: DataRuns,
  ) {}

  static async of(target: VolumeTarget, start: number, sectorCount: number): Promise<Side> {
    const { bad, notRescued } = await target.unreadable();
    const unreadable = new RangeSet();
    for (const set of [bad, notRescued]) {
      for (const [first, count] of set.overlaps(start, sectorCount)) unreadable.add(first - start, count);
    }
    const data = (await target.findData?.()) ?? DataRuns.everywhere();
    return new Side(target.source, start, unreadable, data);
  }

  /** The first sector from one on that may have data. */
  nextData(sector: number): number {
    return Math.floor(this.data.nextData((this.start + sector) * SECTOR_SIZE) / SECTOR_SIZE) - this.start;
  }

  /** Where the data end that a sector has some of; the sector itself, where it is in a hole. */
  endOfData(sector: number): number {
    // The first byte of the data may be any of the sector's.
    const last = (this.start + sector + 1) * SECTOR_SIZE - 1;
    return Math.ceil(this.data.endOfData(last) / SECTOR_SIZE) - this.start;
  }

  /** Reads sectors to the start of the buffer; those that fail are unreadable then. */
  async read(sector: number, count: number): Promise<void> {
    try {
      await this.source.read(this.start + sector, this.buffer.subarray(0, count * SECTOR_SIZE));
    } catch (error) {
      if (!isMediumFailure(error)) throw error;
      for (const [first, length] of error.failed) this.unreadable.add(first - this.start, length);
    }
  }
}
