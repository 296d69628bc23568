import { ERROR_TAG, faultOfTag, tagOfFault } from '../block/mediumFault';
import type { MediumSectors } from '../block/mediumSectors';
import type { TaggedRange } from '../block/rangeSet';
import { type Slices, STEPS_PER_SLICE } from '../concurrency/slices';
import type { FaultRun, InjectedRun } from './mediumAnnotations';

/** The tag of a bad sector that was not injected. */
const NOT_INJECTED = -1;

/**
 * The faults that the annotations must name, an intermittent one at the start of its cycle. A run among them is about
 * its bad sectors only, so it may cover healthy ones too: it ends at the last bad sector before one with another fault.
 */
export function* faultRuns({ bad }: MediumSectors): Slices<FaultRun[]> {
  const faults: FaultRun[] = [];
  const add = (run: Run): void => {
    if (run.tag !== ERROR_TAG) faults.push(run);
  };
  yield* joinRuns(bad.tagged(), (tag) => tagOfFault(faultOfTag(tag)), add);
  return faults;
}

/** The runs whose bad sectors were all made so here, from the same state. Healthy sectors may lie between these. */
export function* injectedRuns(sectors: MediumSectors): Slices<InjectedRun[]> {
  const runs: InjectedRun[] = [];
  const add = ({ first, sectorCount, tag, badCount }: Run): void => {
    if (tag !== NOT_INJECTED) runs.push({ first, sectorCount, found: tag, badCount });
  };
  if (sectors.injected.runCount > 0) yield* joinRuns(badByInjection(sectors), (tag) => tag, add);
  return runs;
}

interface Run extends TaggedRange {
  readonly badCount: number;
}

/** Makes one run of neighbours in the list that get the same tag, with the sectors between them, and passes each on. */
function* joinRuns(
  runs: Iterable<TaggedRange>,
  retag: (tag: number) => number,
  add: (run: Run) => void,
): Slices<void> {
  let current: Run | undefined;
  let steps = 0;
  for (const { first, sectorCount, tag: own } of runs) {
    if (++steps % STEPS_PER_SLICE === 0) yield;
    const tag = retag(own);
    if (current?.tag === tag) {
      const badCount: number = current.badCount + sectorCount;
      current = { first: current.first, sectorCount: first + sectorCount - current.first, tag, badCount };
    } else {
      if (current) add(current);
      current = { first, sectorCount, tag, badCount: sectorCount };
    }
  }
  if (current) add(current);
}

/** The bad sectors, tagged with the state in which injected ones were found. */
function* badByInjection({ bad, injected }: MediumSectors): Generator<TaggedRange> {
  for (const [first, count] of bad) {
    let at = first;
    for (const run of injected.tagged(first, count)) {
      if (run.first > at) yield { first: at, sectorCount: run.first - at, tag: NOT_INJECTED };
      yield run;
      at = run.first + run.sectorCount;
    }
    if (at < first + count) yield { first: at, sectorCount: first + count - at, tag: NOT_INJECTED };
  }
}
