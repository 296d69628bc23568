import { SECTOR_SIZE } from '../block/blockDevice';
import { RangeSet } from '../block/rangeSet';
import { createMapfile, formatMapfile } from '../mapfile/mapfile';
import { RescueBlocksBuilder } from '../mapfile/rescueBlocks';
import type { DiskVolumes } from './diskVolumes';
import type { WalkOptions } from './volumeContracts';

/** More runs than this are joined across small gaps of free space: the domain only gets larger by that. */
const MAX_RUNS = 1_000_000;

/**
 * The used space of a disk as a domain mapfile for GNU ddrescue (`--domain-mapfile`): `+` is used space and all of which that
 * can't be known, `?` is free. What lies before the first partition counts as used: boot programs are there.
 * @returns the text in pieces, Latin-1
 * @throws the signal's reason once it is aborted
 */
export async function domainMap(
  disk: DiskVolumes,
  options: WalkOptions & { maxRuns?: number } = {},
): Promise<Iterable<string>> {
  const used = await usedSpace(disk, options);
  const blocks = new RescueBlocksBuilder();
  let at = 0;
  for (const [first, count] of used) {
    // A file system may go on beyond an image that was cut off.
    if (first >= disk.sectorCount) break;
    blocks.append(at * SECTOR_SIZE, first * SECTOR_SIZE, '?');
    at = Math.min(first + count, disk.sectorCount);
    blocks.append(first * SECTOR_SIZE, at * SECTOR_SIZE, '+');
  }
  blocks.append(at * SECTOR_SIZE, disk.sectorCount * SECTOR_SIZE, '?');
  const map = createMapfile(disk.sectorCount * SECTOR_SIZE);
  const header = [...map.header, '# Domain of used space: + used or not known, ? free'];
  return formatMapfile({ ...map, header, blocks: blocks.build() });
}

async function usedSpace(
  { found, volumes, sectorCount }: DiskVolumes,
  { maxRuns = MAX_RUNS, ...options }: WalkOptions & { maxRuns?: number },
): Promise<RangeSet> {
  const space = new CoarseSet(maxRuns);
  if (found.structures.length > 0) {
    space.add(0, Math.min(sectorCount, ...volumes.map(({ first }) => first).filter((first) => first > 0)));
  }
  for (const { range } of [...found.structures, ...found.unknown]) space.add(...range);
  for (const { fileSystem, first, sectorCount: count } of volumes) {
    if (!fileSystem) space.add(first, count);
    else
      for await (const { range, usage } of fileSystem.usage(options))
        if (usage !== 'free') space.add(first + range[0], range[1]);
  }
  return space.runs;
}

/** A set of sectors of a bounded number of runs: where there would be more, the smallest gaps are filled. */
class CoarseSet {
  runs = new RangeSet();
  #gap = 0;

  constructor(readonly maxRuns: number) {}

  add(first: number, count: number): void {
    this.#addJoined(this.runs, first, count);
    while (this.runs.runCount > this.maxRuns) {
      this.#gap = Math.max(8, this.#gap * 2);
      const coarser = new RangeSet();
      for (const [start, length] of this.runs) this.#addJoined(coarser, start, length);
      this.runs = coarser;
    }
  }

  #addJoined(runs: RangeSet, first: number, count: number): void {
    if (count <= 0) return;
    const before = this.#gap > 0 ? runs.previous(first) : undefined;
    const from = before !== undefined && first - before <= this.#gap ? Math.min(first, before + 1) : first;
    runs.add(from, first + count - from);
  }
}
