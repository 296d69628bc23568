import { mergeRanges } from '../block/range';
import type { SectorRange } from '../errors';

/** Changes within this time are told together. */
const GATHER_MS = 100;
/** More runs than that are told as a change of any sector. */
const MAX_RUNS = 1000;

/** Gathers the sectors that were written, so that a client that writes often doesn't flood the views with events. */
export class ChangedSectors {
  readonly #tell: (sectors?: readonly SectorRange[]) => void;
  #runs: SectorRange[] = [];
  #timer: NodeJS.Timeout | null = null;

  /** @param tell gets the runs, ascending and merged; none: any sector may have changed */
  constructor(tell: (sectors?: readonly SectorRange[]) => void) {
    this.#tell = tell;
  }

  note(first: number, sectorCount: number): void {
    if (this.#runs.length <= MAX_RUNS) this.#runs.push([first, sectorCount]);
    if (this.#timer) return;
    this.#timer = setTimeout(() => this.#flush(), GATHER_MS);
    this.#timer.unref();
  }

  #flush(): void {
    const runs = this.#runs;
    this.#runs = [];
    this.#timer = null;
    this.#tell(runs.length > MAX_RUNS ? undefined : mergeRanges(runs));
  }
}
