import type { SectorRange } from '../errors';

/** So many runs of a result are listed; all their sectors are counted. */
const MAX_LISTED_RUNS = 10_000;

/** Sectors that a search finds in ascending order: the first of them as runs, and how many there are. */
export class ListedRuns {
  readonly #runs: [first: number, sectorCount: number][] = [];
  #sectorCount = 0;
  #end = 0;

  get runs(): SectorRange[] {
    return this.#runs;
  }

  get sectorCount(): number {
    return this.#sectorCount;
  }

  /** Adds a run after those before; the part of it that is there already doesn't count again. */
  add(first: number, sectorCount: number): void {
    const start = Math.max(first, this.#end);
    const end = first + sectorCount;
    if (end <= start) return;
    const last = this.#runs.at(-1);
    if (last && last[0] + last[1] === start) last[1] += end - start;
    else if (this.#runs.length < MAX_LISTED_RUNS) this.#runs.push([start, end - start]);
    this.#sectorCount += end - start;
    this.#end = end;
  }
}
