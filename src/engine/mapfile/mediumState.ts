import { SECTOR_SIZE } from '../block/blockDevice';
import { ERROR_TAG, faultOfTag, tagOfFault } from '../block/mediumFault';
import { RangeSet, type ReadonlyRangeSet } from '../block/rangeSet';
import type { Mapfile } from './mapfile';
import { notRescuedSectors } from './notRescuedSectors';
import { type RescueBlock, type RescueBlocks, RescueBlocksBuilder } from './rescueBlocks';

/** What a rescue map keeps of a medium; a `MediumErrors` layer has it. */
export interface MediumState {
  /** Tagged as `tagOfFault` does. */
  readonly badSectors: ReadonlyRangeSet;
  /** False: no sector fails now (dm-dust's `disable`). */
  readonly enabled: boolean;
  readonly quiet: boolean;
}

/** A medium as it was read; its sets belong to the caller. */
export interface LoadedMedium extends MediumState {
  readonly badSectors: RangeSet;
  /** Tagged as `tagOfStatus` does. */
  readonly notRescued: RangeSet;
}

/** The medium of an image without a map: every sector can be read. */
export function healthyMedium(): LoadedMedium {
  return { badSectors: new RangeSet(), notRescued: new RangeSet(), enabled: true, quiet: false };
}

/**
 * The medium that a rescue map describes. A sector is bad if any byte of it is (`-`). Otherwise it was not rescued if any
 * byte of it is not `+`; of several statuses the one that says least counts. Bytes before and after all blocks were never
 * tried (`?`). Blocks after the end of the medium don't count.
 */
export function mediumOf(mapfile: Mapfile, sectorCount: number): LoadedMedium {
  const { faults, enabled, quiet } = mapfile;
  const badSectors = new RangeSet();
  for (const [first, count] of badSectorsOf(mapfile.blocks, sectorCount)) {
    badSectors.add(first, count, ERROR_TAG);
    for (const fault of faults.tagged(first, count))
      badSectors.add(fault.first, fault.sectorCount, fault.tag);
  }
  const notRescued = notRescuedSectors(mapfile.blocks, badSectors, sectorCount);
  return { badSectors, notRescued, enabled, quiet };
}

/**
 * A rescue map brought up to date with a medium. Sectors that became bad are `-`, whole; in sectors that healed, the bytes
 * that were `-` are `+`. Everything else stays as it is: other statuses, blocks that aren't whole sectors, blocks after the
 * end of the medium. Where the map doesn't reach a bad sector, the gap is `?`.
 */
export function withMedium(mapfile: Mapfile, medium: MediumState, sectorCount: number): Mapfile {
  const { badSectors, enabled, quiet } = medium;
  const wasBad = badSectorsOf(mapfile.blocks, sectorCount);
  const mediumEnd = sectorCount * SECTOR_SIZE;
  const blocks = new RescueBlocksBuilder();
  for (const block of coveringBlocks(mapfile.blocks, badSectors, wasBad, mediumEnd)) {
    const end = Math.min(block.end, mediumEnd);
    if (block.status === '-') appendFormerlyBad(blocks, block.start, end, badSectors);
    else appendOther(blocks, { ...block, end }, badSectors, wasBad);
    blocks.append(Math.max(block.start, mediumEnd), block.end, block.status);
  }
  const { exactEnd } = mapfile.blocks;
  const isEndExact = Number.isSafeInteger(Number(exactEnd));
  const faults = faultsOf(badSectors);
  return { ...mapfile, blocks: blocks.build(isEndExact ? undefined : exactEnd), faults, enabled, quiet };
}

function badSectorsOf(blocks: RescueBlocks, sectorCount: number): RangeSet {
  const bad = new RangeSet();
  for (let i = 0; i < blocks.length; i++) {
    if (blocks.statusOf(i) !== '-') continue;
    const first = Math.floor(blocks.startOf(i) / SECTOR_SIZE);
    const end = Math.min(sectorCount, Math.ceil(blocks.endOf(i) / SECTOR_SIZE));
    if (end > first) bad.add(first, end - first, ERROR_TAG);
  }
  return bad;
}

/**
 * The faults that the annotations must name, an intermittent one at the start of its cycle. A run among them is about its
 * bad sectors only, so it may cover healthy ones too: it ends at the last bad sector before one with another fault.
 */
function faultsOf(badSectors: ReadonlyRangeSet): RangeSet {
  const faults = new RangeSet();
  let start = 0;
  let end = 0;
  let current = ERROR_TAG;
  const finish = () => {
    if (current !== ERROR_TAG) faults.add(start, end - start, current);
  };
  for (const { first, sectorCount, tag } of badSectors.tagged()) {
    const fault = tagOfFault(faultOfTag(tag));
    if (fault !== current) {
      finish();
      start = first;
      current = fault;
    }
    end = first + sectorCount;
  }
  finish();
  return faults;
}

/** The blocks of a map, with untried blocks before the first and after the last one if sectors became bad there. */
function* coveringBlocks(
  blocks: RescueBlocks,
  bad: ReadonlyRangeSet,
  wasBad: ReadonlyRangeSet,
  mediumEnd: number,
): Generator<RescueBlock> {
  const first = bad.next(0);
  const last = bad.previous(Number.MAX_SAFE_INTEGER);
  if (first !== undefined && first * SECTOR_SIZE < blocks.start && !wasBad.has(first)) {
    yield { start: 0, end: blocks.start, status: '?' };
  }
  yield* blocks;
  if (last !== undefined && (last + 1) * SECTOR_SIZE > blocks.end && !wasBad.has(last)) {
    yield { start: blocks.end, end: mediumEnd, status: '?' };
  }
}

/** Adds a block that was bad: what is no longer bad in it is `+`. */
function appendFormerlyBad(
  blocks: RescueBlocksBuilder,
  start: number,
  end: number,
  bad: ReadonlyRangeSet,
): void {
  let at = start;
  for (const [from, to] of badBytes(bad, start, end)) {
    blocks.append(at, from, '+');
    blocks.append(from, to, '-');
    at = to;
  }
  blocks.append(at, end, '+');
}

/**
 * Adds a block that wasn't bad, with the sectors that became bad in it. A sector that was bad already, because of bytes in a
 * neighbouring block, keeps its other bytes as they are.
 */
function appendOther(
  blocks: RescueBlocksBuilder,
  { start, end, status }: RescueBlock,
  bad: ReadonlyRangeSet,
  wasBad: ReadonlyRangeSet,
): void {
  let at = start;
  for (const [from, to] of badBytes(bad, start, end)) {
    const firstSector = Math.floor(from / SECTOR_SIZE);
    const lastSector = Math.floor((to - 1) / SECTOR_SIZE);
    const newFrom = wasBad.has(firstSector) ? Math.min(to, (firstSector + 1) * SECTOR_SIZE) : from;
    const newTo = wasBad.has(lastSector) ? Math.max(newFrom, lastSector * SECTOR_SIZE) : to;
    blocks.append(at, newFrom, status);
    blocks.append(newFrom, newTo, '-');
    at = Math.max(at, newTo);
  }
  blocks.append(at, end, status);
}

/** The bytes of bad sectors within a run of bytes, as `[start, end)`. */
function* badBytes(bad: ReadonlyRangeSet, start: number, end: number): Generator<readonly [number, number]> {
  if (end <= start) return;
  const firstSector = Math.floor(start / SECTOR_SIZE);
  const sectorCount = Math.ceil(end / SECTOR_SIZE) - firstSector;
  if (!bad.intersects(firstSector, sectorCount)) return;
  for (const [first, count] of bad.overlaps(firstSector, sectorCount)) {
    yield [Math.max(start, first * SECTOR_SIZE), Math.min(end, (first + count) * SECTOR_SIZE)];
  }
}
