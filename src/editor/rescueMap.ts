import { describeStatusOf, loadMapfile, mapfilePath, mediumOf, type RangeSet, statusOfTag } from '../engine';
import { type Direction, MapFlag, type Origin, SECTOR_SIZE } from '../shared/protocol';
import type { MapFlags } from './mapFlags';

/** What the mapfile of an image says of its sectors: rescued, bad or not rescued. */
export class RescueMap {
  private constructor(
    private readonly badSectors: RangeSet,
    private readonly notRescuedSectors: RangeSet,
  ) {}

  /** Reads the mapfile beside `imagePath`; null if there is none. @throws RemapError `EINVAL` for a damaged one */
  static async beside(imagePath: string, byteCount: number): Promise<RescueMap | null> {
    try {
      return await RescueMap.#read(mapfilePath(imagePath), byteCount);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
  }

  static async #read(path: string, byteCount: number): Promise<RescueMap> {
    const mapfile = await loadMapfile(path);
    const whole = Math.floor(byteCount / SECTOR_SIZE);
    const { badSectors, notRescued } = mediumOf(mapfile, Math.ceil(byteCount / SECTOR_SIZE));
    // A map ends where the image does: what is missing of the last sector isn't for it to tell.
    const { blocks } = mapfile;
    const last = blocks.length - 1;
    const isTailRescued =
      blocks.end >= byteCount && blocks.startOf(last) <= whole * SECTOR_SIZE && blocks.statusOf(last) === '+';
    if (isTailRescued) notRescued.remove(whole, 1);
    return new RescueMap(badSectors, notRescued);
  }

  get bad(): number {
    return this.badSectors.sectorCount;
  }

  get notRescued(): number {
    return this.notRescuedSectors.sectorCount;
  }

  /** Null for a rescued sector. */
  originOf(sector: number): Origin | null {
    if (this.badSectors.has(sector)) return { kind: 'listed' };
    const tag = this.notRescuedSectors.tagOf(sector);
    return tag === undefined ? null : { kind: 'filling', why: describeStatusOf(statusOfTag(tag)) };
  }

  /** The nearest sector of the kind from `fromSector` (included) on, or null. */
  seek(kind: 'bad' | 'notRescued', fromSector: number, direction: Direction): number | null {
    const sectors = kind === 'bad' ? this.badSectors : this.notRescuedSectors;
    return (direction === 'next' ? sectors.next(fromSector) : sectors.previous(fromSector)) ?? null;
  }

  /** Marks the bad sectors and those that were not rescued. */
  addTo(map: MapFlags): void {
    for (const [first, count] of this.badSectors) map.add(first, count, MapFlag.bad);
    for (const [first, count] of this.notRescuedSectors) map.add(first, count, MapFlag.notRescued);
  }
}
