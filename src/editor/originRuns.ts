import type { Origin, OriginRun } from '../shared/protocol';

/** The origins of a run of sectors; neighbours that continue each other become one. */
export class OriginRuns {
  readonly list: { first: number; count: number; origin: Origin }[] = [];

  add(first: number, count: number, origin: Origin): void {
    const last = this.list[this.list.length - 1];
    if (last && last.first + last.count === first && continues(last, origin)) last.count += count;
    else if (count > 0) this.list.push({ first, count, origin });
  }
}

/** True if `origin` is what `run` would have next. */
function continues(run: OriginRun, origin: Origin): boolean {
  const expected =
    'sector' in run.origin ? { ...run.origin, sector: run.origin.sector + run.count } : run.origin;
  const keys = Object.keys(origin) as (keyof Origin)[];
  return keys.every((key) => origin[key] === (expected as Origin)[key]);
}

/** Sectors `[first, first + count)` cut into runs for which `classify` gives the same kind of answer. */
export function runsOf(first: number, count: number, classify: (sector: number) => Origin): OriginRun[] {
  const runs = new OriginRuns();
  for (let sector = first; sector < first + count; sector++) runs.add(sector, 1, classify(sector));
  return runs.list;
}
