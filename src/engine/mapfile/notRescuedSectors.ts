import { SECTOR_SIZE } from '../block/blockDevice';
import { type NotRescuedStatus, tagOfStatus } from '../block/notRescued';
import { RangeSet, type ReadonlyRangeSet } from '../block/rangeSet';
import { type Slices, STEPS_PER_SLICE } from '../concurrency/slices';
import type { RescueBlocks } from './rescueBlocks';

/**
 * The sectors that a rescue map says were not rescued, tagged with their statuses: those that aren't bad and have a
 * byte that isn't `+`. Bytes before the first and after the last block were never tried.
 */
export function* notRescuedSectors(
  blocks: RescueBlocks,
  badSectors: ReadonlyRangeSet,
  sectorCount: number,
): Slices<RangeSet> {
  const found = new RangeSet();
  const add = (start: number, end: number, status: NotRescuedStatus): void => {
    const first = Math.floor(start / SECTOR_SIZE);
    const last = Math.min(sectorCount, Math.ceil(end / SECTOR_SIZE)) - 1;
    if (last >= first) addRun(found, badSectors, [first, last], tagOfStatus(status));
  };
  add(0, blocks.start, '?');
  for (let i = 0; i < blocks.length; i++) {
    if (i % STEPS_PER_SLICE === 0) yield;
    const status = blocks.statusOf(i);
    if (status !== '+' && status !== '-') add(blocks.startOf(i), blocks.endOf(i), status);
  }
  add(blocks.end, sectorCount * SECTOR_SIZE, '?');
  return found;
}

/**
 * Adds a run that comes after all others, but may share its first sector with one of them: then the status that says
 * less counts. Only its first and last sector can be bad too.
 */
function addRun(
  found: RangeSet,
  badSectors: ReadonlyRangeSet,
  [first, last]: readonly [first: number, last: number],
  tag: number,
): void {
  const isWorseBefore = (found.tagOf(first) ?? tag) > tag;
  const start = isWorseBefore || badSectors.has(first) ? first + 1 : first;
  const end = badSectors.has(last) ? last : last + 1;
  if (end > start) found.add(start, end - start, tag);
}
