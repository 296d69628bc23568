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

/** How a comparison tells its progress, from 0 to 1, and learns that it was cancelled. */
interface CompareOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (fraction: number) => void;
}

/**
 * Compares two disks sector by sector, in memory that doesn't grow with them but by their sectors that can't be read.
 * Where both have holes nothing is read.
 * @throws RemapError `ECANCELED` when the signal ends it, and as reading does
 */
export async function compareDisks(
  first: VolumeTarget,
  second: VolumeTarget,
  { signal, onProgress }: CompareOptions = {},
): Promise<Comparison> {
  const sectorCount = Math.min(first.source.sectorCount, second.source.sectorCount);
  const sides = [await Side.of(first, sectorCount), await Side.of(second, sectorCount)] as const;
  const differing = new ListedRuns();
  for (let at = nextOf(sides, 0); at < sectorCount; ) {
    if (signal?.aborted) throw new RemapError('ECANCELED', 'the comparison was cancelled');
    onProgress?.(at / sectorCount);
    const count = Math.min(CHUNK_SECTORS, sectorCount - at, dataSectors(sides, at));
    await Promise.all(sides.map((side) => side.read(at, count)));
    noteDiffering(sides, at, count, differing);
    at = nextOf(sides, at + count);
  }
  return resultOf(first.source.sectorCount, second.source.sectorCount, sides, differing);
}

type Sides = readonly [Side, Side];

/** The first sector from one on that may differ. */
function nextOf([one, other]: Sides, sector: number): number {
  const byteOffset = sector * SECTOR_SIZE;
  return Math.floor(Math.min(one.data.nextData(byteOffset), other.data.nextData(byteOffset)) / SECTOR_SIZE);
}

/** How many sectors follow before both disks have a hole, as far as is known; at least 1. */
function dataSectors([one, other]: Sides, sector: number): number {
  // The first byte of the data may be any of the sector's.
  const last = (sector + 1) * SECTOR_SIZE - 1;
  return Math.ceil(Math.max(one.data.endOfData(last), other.data.endOfData(last)) / SECTOR_SIZE) - sector;
}

function noteDiffering([one, other]: Sides, at: number, count: number, differing: ListedRuns): void {
  const length = count * SECTOR_SIZE;
  if (one.buffer.compare(other.buffer, 0, length, 0, length) === 0) return;
  const mayBeUnreadable = [one, other].some(({ unreadable }) => unreadable.intersects(at, count));
  for (let index = 0; index < count; index++) {
    const [start, end] = [index * SECTOR_SIZE, (index + 1) * SECTOR_SIZE];
    if (one.buffer.compare(other.buffer, start, end, start, end) === 0) continue;
    const sector = at + index;
    if (mayBeUnreadable && (one.unreadable.has(sector) || other.unreadable.has(sector))) continue;
    differing.add(sector, 1);
  }
}

function resultOf(
  firstSectorCount: number,
  secondSectorCount: number,
  [one, other]: Sides,
  differing: ListedRuns,
): Comparison {
  const unreadable = new RangeSet();
  for (const set of [one.unreadable, other.unreadable])
    for (const [at, count] of set) unreadable.add(at, count);
  const differingSectors = differing.sectorCount;
  const unreadableSectors = unreadable.sectorCount;
  return {
    firstSectorCount,
    secondSectorCount,
    equalSectors: Math.min(firstSectorCount, secondSectorCount) - differingSectors - unreadableSectors,
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

/** One of the two disks, its sectors that can't be read, and the part of it that was read last. */
class Side {
  readonly buffer = Buffer.alloc(CHUNK_SECTORS * SECTOR_SIZE);

  private constructor(
    private readonly source: SectorSource,
    readonly unreadable: RangeSet,
    readonly data: DataRuns,
  ) {}

  static async of(target: VolumeTarget, sectorCount: number): Promise<Side> {
    const { bad, notRescued } = await target.unreadable();
    const unreadable = new RangeSet();
    for (const set of [bad, notRescued]) {
      for (const [first, count] of set.overlaps(0, sectorCount)) unreadable.add(first, count);
    }
    return new Side(target.source, unreadable, (await target.findData?.()) ?? DataRuns.everywhere());
  }

  /** Reads sectors to the start of the buffer; those that fail are unreadable then. */
  async read(sector: number, count: number): Promise<void> {
    try {
      await this.source.read(sector, this.buffer.subarray(0, count * SECTOR_SIZE));
    } catch (error) {
      if (!isMediumFailure(error)) throw error;
      for (const [first, length] of error.failed) this.unreadable.add(first, length);
    }
  }
}
