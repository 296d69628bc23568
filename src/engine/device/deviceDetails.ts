import { faultOfTag } from '../block/mediumFault';
import { faultTagOf, foundStatus, isBad, isInjected } from '../block/mediumSectors';
import { type RemapQuery, selectRemaps } from '../remap/remapOrder';
import type { DiskPlace, HealthReport, RemapListing, UnreadableRun } from './deviceContracts';
import { describeEntry } from './deviceInfo';
import type { DeviceParts } from './deviceParts';
import type { Disk } from './disk';

/** What views tell of a device in detail. It only looks (R15). */
export class DeviceDetails {
  readonly #device: DeviceParts;

  constructor(device: DeviceParts) {
    this.#device = device;
  }

  /** The health score and its terms. */
  health(): HealthReport {
    return this.#device.health.report();
  }

  /** When the device's counters were 0, in milliseconds since 1970. */
  get countingSince(): number {
    return this.#device.target.statistics.since;
  }

  /** How many sectors of a disk are bad or were not rescued, and its rescue map; null for a spare that is missing. */
  mediumOf(place: DiskPlace): { badSectors: number; notRescued: number; mapPath: string } | null {
    const disk = this.#diskAt(place);
    if (!disk) return null;
    const { badSectors, notRescued } = disk.medium;
    return {
      badSectors: badSectors.sectorCount,
      notRescued: notRescued.sectorCount,
      mapPath: disk.mapPath,
    };
  }

  /** A disk's runs from a sector on that can't be read, ascending; none for a spare that is missing. Use them in the same turn. */
  *unreadable(place: DiskPlace, from = 0): Generator<UnreadableRun> {
    for (const { first, sectorCount, state } of this.#diskAt(place)?.medium.unreadable(from) ?? []) {
      yield {
        first,
        count: sectorCount,
        kind: isBad(state) ? 'bad' : 'notRescued',
        isInjected: isInjected(state),
        found: foundStatus(state),
        ...(isBad(state) && { fault: faultOfTag(faultTagOf(state)) }),
      };
    }
  }

  /** Another number after each change of the remap entries. */
  get remapRevision(): number {
    return this.#device.target.table.revision;
  }

  /** The place of a sector among those that are remapped, ascending, from 0 on; null: it isn't remapped. */
  remapRank(original: number): number | null {
    const { table } = this.#device.target;
    return table.slotOf(original) === -1 ? null : table.index.rank(original);
  }

  /** How many of a run's sectors are remapped. */
  remapCountIn(first: number, count: number): number {
    const { index } = this.#device.target.table;
    return index.rank(first + count) - index.rank(first);
  }

  /** The original sectors of the remap entries that a query wants, in its order, as the table is now. */
  selectRemaps(query: RemapQuery): Promise<Float64Array> {
    return selectRemaps(this.#device.target.table, query);
  }

  /** The entries of these original sectors, without those that are no longer remapped. */
  remapsOf(originals: Iterable<number>): RemapListing['remaps'] {
    const { target } = this.#device;
    const slots = Array.from(originals, (original) => target.table.slotOf(original));
    return slots.filter((slot) => slot !== -1).map((slot) => describeEntry(target, slot));
  }

  #diskAt(place: DiskPlace): Disk | null {
    const { main, spares } = this.#device.stack;
    return place === 'main' ? main : (spares[place] ?? null);
  }
}
