import { RangeSet, type SectorRange } from '../engine';
import type { Direction } from '../shared/protocol';
import { countRuns, type MapLayer, type MapPart } from '../shared/sectorMap';

/** More runs of sectors that differ than this are not kept: a comparison stops there. Each takes up to 40 bytes. */
const MAX_RUNS = 250_000;

/** What is known of two views that are compared, by the sectors that both have, counted from where each of them begins. */
export class Differences {
  readonly #differing = new RangeSet();
  readonly #unknown = new RangeSet();

  constructor(private readonly maxRuns = MAX_RUNS) {}

  /** Whether there are more runs than are kept. */
  get isFull(): boolean {
    return this.#differing.runCount > this.maxRuns;
  }

  /** How many runs of sectors differ, how many sectors these are, and how many sectors can't be told to differ. */
  get counts(): { readonly runs: number; readonly sectors: number; readonly unknown: number } {
    const { runCount: runs, sectorCount: sectors } = this.#differing;
    return { runs, sectors, unknown: this.#unknown.sectorCount };
  }

  addDiffering(first: number, count: number): void {
    this.#differing.add(first, count);
  }

  /** Sectors of which one side can't be read: neither equal nor different. */
  addUnknown(first: number, count: number): void {
    this.#unknown.add(first, count);
  }

  /** Forgets what is known of sectors. */
  clear(first: number, count: number): void {
    this.#differing.remove(first, count);
    this.#unknown.remove(first, count);
  }

  /**
   * The nearest run of differing sectors that begins after a sector, or before it; null: there is none. `from` may lie
   * outside what is compared.
   */
  nearest(from: number, direction: Direction): SectorRange | null {
    const differing = this.#differing;
    if (direction === 'previous') {
      const last = from <= 0 ? undefined : differing.previous(from - 1);
      return (last !== undefined && differing.runOf(last)) || null;
    }
    const here = from < 0 ? undefined : differing.runOf(from);
    const next = differing.next(here ? here[0] + here[1] : Math.max(0, from));
    return (next !== undefined && differing.runOf(next)) || null;
  }

  /** The first runs of differing sectors. */
  first(runCount: number): SectorRange[] {
    const runs: SectorRange[] = [];
    for (const run of this.#differing) {
      if (runs.length === runCount) break;
      runs.push(run);
    }
    return runs;
  }

  /** How many sectors differ in each bucket of a map, of a view whose compared sectors begin at `firstSector`. */
  layer(part: MapPart, firstSector: number): MapLayer {
    return { kind: 'difference', counts: countRuns(this.#from(firstSector), part) };
  }

  *#from(firstSector: number): Generator<SectorRange> {
    for (const [first, count] of this.#differing) yield [firstSector + first, count];
  }
}
