import type { Origin, OriginRun } from '../shared/protocol';

/** Collects the origins of ascending sectors; a run that continues the one before becomes part of it. */
export class OriginRuns {
  readonly list: { first: number; count: number; origin: Origin }[] = [];

  add(first: number, count: number, origin: Origin): void {
    const last = this.list[this.list.length - 1];
    if (last && last.first + last.count === first && continues(last, origin)) last.count += count;
    else if (count > 0) this.list.push({ first, count, origin });
  }
}

/** True if the sector after `run` would have this origin in it. */
function continues(run: OriginRun, origin: Origin): boolean {
  const expected =
    'sector' in run.origin ? { ...run.origin, sector: run.origin.sector + run.count } : run.origin;
  const keys = Object.keys(origin) as (keyof Origin)[];
  return keys.every((key) => origin[key] === (expected as Origin)[key]);
}

/** The origins of sectors `[first, first + count)` as runs, asked for sector by sector. */
export function originRunsOf(
  first: number,
  count: number,
  originOf: (sector: number) => Origin,
): OriginRun[] {
  const runs = new OriginRuns();
  for (let sector = first; sector < first + count; sector++) runs.add(sector, 1, originOf(sector));
  return runs.list;
}
