import type { SectorRange } from '../errors';
import { type MediumFault, tagOfFault } from './mediumFault';
import {
  foundState,
  injectedState,
  READABLE,
  type SectorState,
  type StateRun,
  withoutBad,
} from './mediumSectors';
import { checkRange } from './range';
import { RangeSet, type ReadonlyRangeSet } from './rangeSet';

/** What a medium is to become: the part of it that changes. */
export interface MediumEdit {
  /** What sectors become, each tagged with its state. */
  readonly states: ReadonlyRangeSet;
  /** Absent: as it is. */
  readonly enabled?: boolean;
  readonly quiet?: boolean;
}

/** The medium that an editor works on. */
export interface EditableMedium {
  readonly sectorCount: number;
  readonly badSectors: ReadonlyRangeSet;
  readonly notRescued: ReadonlyRangeSet;
  readonly injected: ReadonlyRangeSet;
  readonly enabled: boolean;
  readonly quiet: boolean;
  statesIn(first: number, sectorCount: number): Iterable<StateRun>;
}

/**
 * Collects changes of a medium, so that they can be saved before any takes effect. It works on the medium as it was when the
 * editor was made, which must not change meanwhile; of changes to the same sectors the last one counts.
 */
export class MediumEditor implements MediumEdit {
  readonly states = new RangeSet();
  enabled: boolean;
  quiet: boolean;
  readonly #medium: EditableMedium;

  constructor(medium: EditableMedium) {
    this.#medium = medium;
    this.enabled = medium.enabled;
    this.quiet = medium.quiet;
  }

  get sectorCount(): number {
    return this.#medium.sectorCount;
  }

  /** The bad sectors before the changes. */
  get badSectors(): ReadonlyRangeSet {
    return this.#medium.badSectors;
  }

  /**
   * Makes sectors bad. Sectors that are bad already get the new fault.
   * @throws BlockError `EINVAL` if a run isn't inside the device (R12). Then nothing has changed
   */
  inject(runs: readonly SectorRange[], fault: MediumFault): void {
    const tag = tagOfFault(fault);
    for (const [first, count] of runs) checkRange(first, count, this.sectorCount);
    for (const [first, count] of runs) this.#change(first, count, (state) => injectedState(state, tag));
  }

  /** As {@link inject}, for a set whose tags are the faults, such as a list read from a file. */
  injectAll(badSectors: ReadonlyRangeSet): void {
    const last = badSectors.previous(Number.MAX_SAFE_INTEGER);
    if (last === undefined) return;
    checkRange(last, 1, this.sectorCount);
    for (const { first, sectorCount, tag } of badSectors.tagged()) {
      this.#change(first, sectorCount, (state) => injectedState(state, tag));
    }
  }

  /** Takes bad sectors for good ones, however they became bad. Those that were not rescued below a fault stay so. */
  removeBad(runs: Iterable<SectorRange>): void {
    for (const [first, count] of runs) this.#change(first, count, withoutBad);
  }

  /** Makes all sectors readable, and lets them count. */
  clearAll(): void {
    const { badSectors, notRescued } = this.#medium;
    if (badSectors.sectorCount + notRescued.sectorCount > 0) this.states.add(0, this.sectorCount, READABLE);
    this.enabled = true;
  }

  /**
   * Makes sectors readable, however they came to be unreadable.
   * @throws BlockError `EINVAL` if a run isn't inside the device (R12). Then nothing has changed
   */
  clear(runs: readonly SectorRange[]): void {
    for (const [first, count] of runs) checkRange(first, count, this.sectorCount);
    for (const [first, count] of runs) this.#change(first, count, () => READABLE);
  }

  /** Takes back what was injected: the sectors are again as they were found. */
  clearInjected(): void {
    for (const [first, count] of this.#medium.injected) this.#change(first, count, foundState);
    this.enabled = true;
  }

  #change(first: number, count: number, change: (state: SectorState) => SectorState): void {
    for (const { first: from, sectorCount, state } of this.#medium.statesIn(first, count)) {
      const changed = change(state);
      if (changed !== state || this.states.intersects(from, sectorCount))
        this.states.add(from, sectorCount, changed);
    }
  }
}
