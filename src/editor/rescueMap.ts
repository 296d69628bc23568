import { readRescueMap } from '../devices/rescueMaps';
import { describeStatusOf, type RangeSet, type SectorRange, statusOfTag } from '../engine';
import type { Direction, Origin } from '../shared/protocol';
import { countRuns, type MapLayer, type MapPart } from '../shared/sectorMap';

/** What the rescue map of an image says of its sectors: rescued, bad or not rescued. */
export class RescueMap {
  private constructor(
    readonly badSectors: RangeSet,
    readonly notRescuedSectors: RangeSet,
    /** What is said of a map of another size than the image, in a sentence; null: nothing. */
    readonly sizeNote: string | null,
  ) {}

  /** Reads the rescue map at `path`; null if there is none. @throws RemapError `EINVAL` for a damaged one */
  static async at(path: string, byteCount: number): Promise<RescueMap | null> {
    try {
      const { badSectors, notRescued, sizeNote } = await readRescueMap(path, byteCount);
      return new RescueMap(badSectors, notRescued, sizeNote);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
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

  /** The bad sectors, and those that were not rescued, in each bucket. */
  layers(part: MapPart): MapLayer[] {
    return [
      { kind: 'bad', counts: countRuns(this.badSectors, part) },
      { kind: 'notRescued', counts: countRuns(this.notRescuedSectors, part) },
    ];
  }

  /** The runs of both, in no particular order. */
  runs(): SectorRange[] {
    return [...this.badSectors, ...this.notRescuedSectors];
  }
}
