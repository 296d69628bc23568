import { type Random, randomInteger } from '../block/random';
import type { RemapDevice } from '../device/remapDevice';
import type { SectorRange } from '../errors';

/** So many runs are asked for at a time. */
const RUNS = 1000;

/** The runs of a device's first sectors that hold bytes, and those that were never written. */
export interface Contents {
  readonly data: readonly SectorRange[];
  readonly unwritten: readonly SectorRange[];
}

/** Looks through the sectors before `end`. What is remapped or bad counts as data. */
export async function contentsOf(device: RemapDevice, end: number): Promise<Contents> {
  const [data, unwritten]: [SectorRange[], SectorRange[]] = [[], []];
  const sectors = device.clientSectors('device');
  for (let at = 0; at < end; ) {
    for (const { sectorCount, flags } of await sectors.allocation(at, end - at, RUNS)) {
      (flags === 0 ? data : unwritten).push([at, sectorCount]);
      at += sectorCount;
    }
  }
  return { data, unwritten };
}

/** One sector of each `spacing` sectors of the runs, which chance picks. */
export function scatteredIn(runs: readonly SectorRange[], spacing: number, random: Random): number[] {
  const picked: number[] = [];
  for (const [first, count] of runs) {
    for (let at = first; at + spacing <= first + count; at += spacing)
      picked.push(at + randomInteger(random, spacing));
  }
  return picked;
}

/** Single sectors as runs. */
export function asRuns(sectors: readonly number[]): SectorRange[] {
  return sectors.map((sector) => [sector, 1]);
}

/** Whether a spare serves the sector. */
export function isRemapped(device: RemapDevice, sector: number): boolean {
  return device.origins('device', sector, 1)[0]!.kind === 'spare';
}

/** Heals those of the bad sectors of main that no write has remapped. */
export async function healUnwritten(device: RemapDevice, bad: readonly number[]): Promise<void> {
  const unwritten = bad.filter((sector) => !isRemapped(device, sector));
  await device.clearErrors({ disk: 'main', sectors: asRuns(unwritten) });
}
