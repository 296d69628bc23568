import { SECTOR_SIZE } from '../block/blockDevice';
import { ERROR_TAG, faultOfTag, tagOfFault } from '../block/mediumFault';
import { RangeSet, type ReadonlyRangeSet } from '../block/rangeSet';
import { type BlockMap, BlockMapBuilder, type MapBlock } from './blockMap';
import type { Mapfile } from './mapfile';

/** What is persisted of a medium: a `MediumErrors` layer is one. */
export interface MediumState {
  /** Tagged as `tagOfFault` does. */
  readonly badSectors: ReadonlyRangeSet;
  readonly enabled: boolean;
  readonly quiet: boolean;
}

/** What a `MediumErrors` layer takes over. */
export type LoadedMedium = MediumState & { readonly badSectors: RangeSet };

/**
 * The medium that a mapfile describes: a sector is bad if any byte of it is (`-`). Blocks behind the end of the medium
 * don't count.
 */
export function mediumOf(mapfile: Mapfile, sectorCount: number): LoadedMedium {
  const { faults, enabled, quiet } = mapfile;
  const badSectors = new RangeSet();
  for (const [first, count] of badSectorsOf(mapfile.blocks, sectorCount)) {
    badSectors.add(first, count, ERROR_TAG);
    for (const fault of faults.tagged(first, count))
      badSectors.add(fault.first, fault.sectorCount, fault.tag);
  }
  return { badSectors, enabled, quiet };
}

/**
 * A mapfile brought up to date with a medium. Sectors that became bad are `-`, whole; of sectors that healed, what was
 * bad is `+`. Everything else stays as it is: other statuses, blocks that are no whole sectors, what lies behind the end of
 * the medium. Where the map doesn't reach a bad sector, the gap is `?`.
 */
export function withMedium(mapfile: Mapfile, medium: MediumState, sectorCount: number): Mapfile {
  const { badSectors, enabled, quiet } = medium;
  const wasBad = badSectorsOf(mapfile.blocks, sectorCount);
  const mediumEnd = sectorCount * SECTOR_SIZE;
  const blocks = new BlockMapBuilder();
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

function badSectorsOf(blocks: BlockMap, sectorCount: number): RangeSet {
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
 * The faults that a mapfile must name, an intermittent one at the start of its cycle. Since they say something of bad sectors
 * only, one run covers all sectors from one bad sector to the last before a different one.
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

/** The blocks of a map, and blocks never tried before and behind them if sectors became bad there. */
function* coveringBlocks(
  blocks: BlockMap,
  bad: ReadonlyRangeSet,
  wasBad: ReadonlyRangeSet,
  mediumEnd: number,
): Generator<MapBlock> {
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

function appendFormerlyBad(blocks: BlockMapBuilder, start: number, end: number, bad: ReadonlyRangeSet): void {
  let at = start;
  for (const [from, to] of badBytes(bad, start, end)) {
    blocks.append(at, from, '+');
    blocks.append(from, to, '-');
    at = to;
  }
  blocks.append(at, end, '+');
}

/** A sector that was bad already, because of bytes in a neighbouring block, keeps its other bytes as they are. */
function appendOther(
  blocks: BlockMapBuilder,
  { start, end, status }: MapBlock,
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
