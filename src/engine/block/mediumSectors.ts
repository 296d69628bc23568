import { type NotRescuedStatus, statusOfTag, tagOfStatus } from './notRescued';
import { RangeSet, type ReadonlyRangeSet, type TaggedRange } from './rangeSet';

/**
 * What a medium is at a sector, as one number: what was found there (bits 0 to 2), whether it was made bad here (bit 3),
 * and how a bad sector fails (bits 4 to 20, see `tagOfFault`). A sector is bad if it was found or made so.
 */
export type SectorState = number;

/** A sector that can be read. */
export const READABLE: SectorState = 0;

const FOUND_MASK = 0b111;
const FOUND_BAD = 4;
const INJECTED = 0b1000;
const FAULT_SHIFT = 4;

/** A run of sectors in the same state. */
export interface StateRun {
  readonly first: number;
  readonly sectorCount: number;
  readonly state: SectorState;
}

/** The state as it was found, without what was made of it here. */
export function foundState(state: SectorState): SectorState {
  return isInjected(state) ? state & FOUND_MASK : state;
}

/** The state with a fault injected; what was found at the sector stays known. */
export function injectedState(state: SectorState, faultTag: number): SectorState {
  return ((state & FOUND_MASK) | INJECTED | (faultTag << FAULT_SHIFT)) >>> 0;
}

/** A state as it is where something else was found: an injected fault is over that then. */
export function withFound(state: SectorState, found: SectorState): SectorState {
  return isInjected(state) ? injectedState(found, faultTagOf(state)) : found;
}

/** The state of a sector that is no longer taken for bad: as it was found, if that was not bad too. */
export function withoutBad(state: SectorState): SectorState {
  const found = state & FOUND_MASK;
  return found === FOUND_BAD ? READABLE : found;
}

export function isInjected(state: SectorState): boolean {
  return (state & INJECTED) !== 0;
}

export function isBad(state: SectorState): boolean {
  return isInjected(state) || (state & FOUND_MASK) === FOUND_BAD;
}

/** Whether what was found at a sector is that it was not rescued; its tag (`tagOfStatus`) is one less. */
function isUnrescued(found: number): boolean {
  return found !== READABLE && found !== FOUND_BAD;
}

/** What was found, as a rescue map has it. */
export function foundStatus(state: SectorState): '+' | '-' | NotRescuedStatus {
  const found = state & FOUND_MASK;
  if (found === READABLE) return '+';
  return found === FOUND_BAD ? '-' : statusOfTag(found - 1);
}

/** What a rescue map says of a sector: `-` if it is bad, however it became so. */
export function statusOf(state: SectorState): '+' | '-' | NotRescuedStatus {
  return isBad(state) ? '-' : foundStatus(state);
}

/** The state of a sector of which a rescue map says this, and that is not injected. */
export function stateOfStatus(status: '+' | '-' | NotRescuedStatus): SectorState {
  if (status === '+') return READABLE;
  return status === '-' ? FOUND_BAD : tagOfStatus(status) + 1;
}

/** The state of a bad sector with another fault. */
export function withFault(state: SectorState, faultTag: number): SectorState {
  return ((state & (FOUND_MASK | INJECTED)) | (faultTag << FAULT_SHIFT)) >>> 0;
}

/** How a bad sector fails, as `tagOfFault` has it. */
export function faultTagOf(state: SectorState): number {
  return state >>> FAULT_SHIFT;
}

/** What a medium is at each of its sectors. Bad sectors and those that were not rescued are kept as disjoint sets. */
export class MediumSectors {
  /** Tagged with their faults (`tagOfFault`). */
  readonly bad: RangeSet;
  /** Tagged with their statuses (`tagOfStatus`). None of them is bad. */
  readonly notRescued: RangeSet;
  /** The bad sectors that were made so here, tagged with what was found there. */
  readonly injected: RangeSet;
  /** How many of these were found readable. */
  #onlyInjected: number;

  constructor(bad = new RangeSet(), notRescued = new RangeSet(), injected = new RangeSet()) {
    this.bad = bad;
    this.notRescued = notRescued;
    this.injected = injected;
    this.#onlyInjected = this.#countReadable(0, Number.MAX_SAFE_INTEGER);
  }

  /** How many sectors are not readable for another reason than that this was injected. */
  get foundCount(): number {
    return this.bad.sectorCount + this.notRescued.sectorCount - this.#onlyInjected;
  }

  stateOf(sector: number): SectorState {
    const fault = this.bad.tagOf(sector);
    if (fault === undefined) {
      const status = this.notRescued.tagOf(sector);
      return status === undefined ? READABLE : status + 1;
    }
    const found = this.injected.tagOf(sector);
    return found === undefined
      ? FOUND_BAD | (fault << FAULT_SHIFT)
      : found | INJECTED | (fault << FAULT_SHIFT);
  }

  /** The states in `[first, first + sectorCount)`, ascending, without gaps. Don't change them meanwhile. */
  *statesIn(first: number, sectorCount: number): Generator<StateRun> {
    const end = first + sectorCount;
    for (let at = first; at < end; ) {
      const next = Math.min(
        end,
        nextChange(this.bad, at),
        nextChange(this.notRescued, at),
        nextChange(this.injected, at),
      );
      yield { first: at, sectorCount: next - at, state: this.stateOf(at) };
      at = next;
    }
  }

  /** The runs from a sector on that aren't readable, ascending. Don't change them meanwhile. */
  *unreadable(from = 0): Generator<StateRun> {
    const last = Math.max(
      this.bad.previous(Number.MAX_SAFE_INTEGER) ?? -1,
      this.notRescued.previous(Number.MAX_SAFE_INTEGER) ?? -1,
    );
    for (const run of this.statesIn(from, last + 1 - from)) if (run.state !== READABLE) yield run;
  }

  /** Gives a run a state. */
  set(first: number, sectorCount: number, state: SectorState): void {
    const found = state & FOUND_MASK;
    this.#onlyInjected -= this.#countReadable(first, sectorCount);
    if (isInjected(state) && found === READABLE) this.#onlyInjected += sectorCount;
    put(this.bad, first, sectorCount, isBad(state) ? state >>> FAULT_SHIFT : undefined);
    put(this.injected, first, sectorCount, isInjected(state) ? found : undefined);
    const isHidden = isBad(state) || !isUnrescued(found);
    put(this.notRescued, first, sectorCount, isHidden ? undefined : found - 1);
  }

  /**
   * The sectors of a run that were never rescued, tagged with their statuses, ascending.
   * @param alsoInjected with those that are bad only because that was injected
   */
  notRescuedIn(first: number, sectorCount: number, alsoInjected: boolean): TaggedRange[] {
    const runs = [...this.notRescued.tagged(first, sectorCount)];
    if (!alsoInjected) return runs;
    for (const run of this.injected.tagged(first, sectorCount)) {
      if (isUnrescued(run.tag)) runs.push({ ...run, tag: run.tag - 1 });
    }
    return runs.sort((a, b) => a.first - b.first);
  }

  /** Notes that a run holds what was written to it, whether or not faults are injected there. */
  fill(first: number, sectorCount: number): void {
    put(this.notRescued, first, sectorCount, undefined);
    this.#onlyInjected -= this.#countReadable(first, sectorCount);
    for (const run of this.injected.overlaps(first, sectorCount)) this.injected.add(...run, READABLE);
    this.#onlyInjected += this.#countReadable(first, sectorCount);
  }

  /** How many sectors of a run were found readable and made bad here. */
  #countReadable(first: number, sectorCount: number): number {
    let count = 0;
    for (const run of this.injected.tagged(first, sectorCount))
      if (run.tag === READABLE) count += run.sectorCount;
    return count;
  }
}

/** The first sector after `at` from which on a set says something else than at `at`, or may. */
function nextChange(set: ReadonlyRangeSet, at: number): number {
  for (const { first, sectorCount } of set.tagged(at)) return first > at ? first : first + sectorCount;
  return Number.POSITIVE_INFINITY;
}

function put(set: RangeSet, first: number, sectorCount: number, tag: number | undefined): void {
  if (tag !== undefined) set.add(first, sectorCount, tag);
  else if (set.intersects(first, sectorCount)) set.remove(first, sectorCount);
}
