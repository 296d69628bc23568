import { loadMapfile, mapfilePath, RangeSet, type RescueBlocks } from '../engine';
import { MapFlag, SECTOR_SIZE } from '../shared/protocol';
import type { MapFlags } from './mapFlags';

/**
 * What the mapfile beside an image says of its sectors: rescued, bad or not rescued. A sector that is only partly
 * rescued counts as bad or not rescued.
 */
export class RescueMap {
  readonly #bad = new RangeSet();
  readonly #unvisited = new RangeSet();

  private constructor(blocks: RescueBlocks, sectorCount: number) {
    for (const { start, end, status } of blocks) {
      if (status === '+') continue;
      const first = Math.floor(start / SECTOR_SIZE);
      const last = Math.min(sectorCount, Math.ceil(end / SECTOR_SIZE));
      if (last > first) (status === '-' ? this.#bad : this.#unvisited).add(first, last - first);
    }
  }

  /** Reads the mapfile beside `imagePath`; null if there is none. @throws RemapError `EINVAL` for a damaged one */
  static async beside(imagePath: string, sectorCount: number): Promise<RescueMap | null> {
    try {
      const { blocks } = await loadMapfile(mapfilePath(imagePath));
      return new RescueMap(blocks, sectorCount);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
  }

  /** Null for a rescued sector. */
  statusOf(sector: number): 'listed' | 'unvisited' | null {
    if (this.#bad.has(sector)) return 'listed';
    return this.#unvisited.has(sector) ? 'unvisited' : null;
  }

  /** The nearest bad sector from `fromSector` (included) on, or null. */
  seek(fromSector: number, direction: 'next' | 'previous'): number | null {
    return (direction === 'next' ? this.#bad.next(fromSector) : this.#bad.previous(fromSector)) ?? null;
  }

  /** Marks the bad sectors and those that were not rescued. */
  addTo(map: MapFlags): void {
    for (const [first, count] of this.#bad) map.add(first, count, MapFlag.bad);
    for (const [first, count] of this.#unvisited) map.add(first, count, MapFlag.unvisited);
  }
}
