import { SECTOR_SIZE } from '../block/blockDevice';
import type { MediumEdit } from '../block/mediumEditor';
import { ERROR_TAG } from '../block/mediumFault';
import { MediumSectors, statusOf } from '../block/mediumSectors';
import { RangeSet } from '../block/rangeSet';
import { type Slices, STEPS_PER_SLICE } from '../concurrency/slices';
import { faultRuns, injectedRuns } from './annotationRuns';
import { overlayBlocks } from './blockOverlay';
import type { Mapfile } from './mapfile';
import type { FaultRun, InjectedRun } from './mediumAnnotations';
import { notRescuedSectors } from './notRescuedSectors';
import type { RescueBlock, RescueBlocks } from './rescueBlocks';

/** A medium as a rescue map describes it; its sets belong to the caller. */
export interface LoadedMedium {
  /** Tagged as `tagOfFault` does. */
  readonly badSectors: RangeSet;
  /** Tagged as `tagOfStatus` does. */
  readonly notRescued: RangeSet;
  /** The bad sectors that were made so here, tagged with the states in which they were found. */
  readonly injected: RangeSet;
  /** False: no sector fails now (dm-dust's `disable`). */
  readonly enabled: boolean;
  readonly quiet: boolean;
}

/** More sectors than any map has bytes of which a number is exact. */
const ALL_SECTORS = Math.floor(Number.MAX_SAFE_INTEGER / SECTOR_SIZE);

/**
 * The medium that a rescue map describes. A sector is bad if any byte of it is (`-`). Otherwise it was not rescued if
 * any byte of it is not `+`; of several statuses the one that says least counts. Bytes before and after all blocks were
 * never tried (`?`). Blocks after the end of the medium don't count.
 */
export function* mediumOf(mapfile: Mapfile, sectorCount: number = ALL_SECTORS): Slices<LoadedMedium> {
  const { blocks, enabled, quiet } = mapfile;
  const found = yield* badSectorsOf(blocks, sectorCount);
  const notRescued = yield* notRescuedSectors(blocks, found, sectorCount);
  const badSectors = mapfile.faults.length === 0 ? found : yield* withFaults(found, mapfile.faults);
  const injected = yield* injectedSectors(mapfile.injected, found);
  return { badSectors, notRescued, injected, enabled, quiet };
}

/**
 * A rescue map in which some sectors became something else. Each of them has its new status whole, unless that is its
 * status already; everything else stays as it is: other statuses, blocks that aren't whole sectors, blocks after the
 * end of the medium. Where the map doesn't reach to a changed sector, the bytes between were never tried.
 */
export function* withEdit(mapfile: Mapfile, edit: MediumEdit): Slices<Mapfile> {
  const { badSectors, notRescued, injected } = yield* mediumOf(mapfile);
  const sectors = new MediumSectors(badSectors, notRescued, injected);
  const changed: RescueBlock[] = [];
  let steps = 0;
  for (const { first, sectorCount, tag: state } of edit.states.tagged()) {
    const status = statusOf(state);
    for (const was of sectors.statesIn(first, sectorCount)) {
      const [start, end] = [was.first * SECTOR_SIZE, (was.first + was.sectorCount) * SECTOR_SIZE];
      if (statusOf(was.state) !== status) changed.push({ start, end, status });
      if (++steps % STEPS_PER_SLICE === 0) yield;
    }
    sectors.set(first, sectorCount, state);
  }
  return {
    ...mapfile,
    blocks: yield* overlayBlocks(mapfile.blocks, changed),
    faults: yield* faultRuns(sectors),
    injected: yield* injectedRuns(sectors),
    enabled: edit.enabled ?? mapfile.enabled,
    quiet: edit.quiet ?? mapfile.quiet,
  };
}

function* badSectorsOf(blocks: RescueBlocks, sectorCount: number): Slices<RangeSet> {
  const bad = new RangeSet();
  for (let i = 0; i < blocks.length; i++) {
    if (i % STEPS_PER_SLICE === 0) yield;
    if (blocks.statusOf(i) !== '-') continue;
    const first = Math.floor(blocks.startOf(i) / SECTOR_SIZE);
    const end = Math.min(sectorCount, Math.ceil(blocks.endOf(i) / SECTOR_SIZE));
    if (end > first) bad.add(first, end - first, ERROR_TAG);
  }
  return bad;
}

/** The bad sectors with the faults of which our comments say that they have them; in a run that doesn't add up, none has. */
function* withFaults(bad: RangeSet, runs: readonly FaultRun[]): Slices<RangeSet> {
  const faults = new RangeSet();
  for (const { first, sectorCount, tag, badCount } of runs) {
    const isKnown = badCount === null || (yield* countIn(bad, first, sectorCount)) === badCount;
    if (isKnown && tag !== ERROR_TAG) faults.add(first, sectorCount, tag);
    else faults.remove(first, sectorCount);
  }
  const tagged = new RangeSet();
  let steps = 0;
  for (const [first, count] of bad) {
    tagged.add(first, count, ERROR_TAG);
    for (const fault of faults.tagged(first, count)) tagged.add(fault.first, fault.sectorCount, fault.tag);
    if (++steps % STEPS_PER_SLICE === 0) yield;
  }
  return tagged;
}

/** The bad sectors of which our comments say that they were made so here; of a run that doesn't add up, none. */
function* injectedSectors(runs: readonly InjectedRun[], bad: RangeSet): Slices<RangeSet> {
  const injected = new RangeSet();
  let steps = 0;
  for (const { first, sectorCount, found, badCount } of runs) {
    if ((yield* countIn(bad, first, sectorCount)) !== badCount) continue;
    for (const run of bad.tagged(first, sectorCount)) {
      injected.add(run.first, run.sectorCount, found);
      if (++steps % STEPS_PER_SLICE === 0) yield;
    }
  }
  return injected;
}

/** How many sectors of a run are in a set. */
function* countIn(set: RangeSet, first: number, sectorCount: number): Slices<number> {
  let count = 0;
  let steps = 0;
  for (const run of set.tagged(first, sectorCount)) {
    count += run.sectorCount;
    if (++steps % STEPS_PER_SLICE === 0) yield;
  }
  return count;
}
