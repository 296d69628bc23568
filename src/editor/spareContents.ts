import { readSpareEntries } from '../devices/spareEntries';
import {
  type BlockDevice,
  COPY_COUNT,
  COPY_STRIDE_SECTORS,
  copyHolding,
  FIRST_DATA_SECTOR,
  inspectSpare,
  RangeSet,
  type SectorRange,
  STRUCTURE_SECTORS,
} from '../engine';
import type { Origin } from '../shared/protocol';
import { countRuns, type MapLayer, type MapPart } from '../shared/sectorMap';
import { type CopyVerdicts, copyOrigin } from './copyVerdicts';

/** What the metadata on a spare's image say of its sectors. */
export class SpareContents {
  private constructor(
    private readonly verdicts: CopyVerdicts,
    /** Sectors that hold a replacement, ascending, and, in the same order, the device sectors that they hold. */
    private readonly spares: Float64Array,
    private readonly originals: Float64Array,
    /** The sectors of the large table. */
    private readonly table: RangeSet,
  ) {}

  /** Reads the metadata; null for an image that has none. */
  static async read(path: string, image: BlockDevice): Promise<SpareContents | null> {
    if (image.sectorCount < FIRST_DATA_SECTOR) return null;
    const report = await inspectSpare(path);
    if (report.kind !== 'metadata' && report.kind !== 'damaged') return null;
    const verdicts: CopyVerdicts = {
      winner: report.winner,
      copies: report.copies.map(({ index, valid, reason, detail, sequence }) => ({
        index,
        valid,
        reason: detail ?? reason ?? '',
        sequence: sequence ?? null,
      })),
    };
    const entries = await readSpareEntries(image, report.mainSectorCount);
    // A kernel may have left entries that lead beyond the spare.
    const order = [...entries.spares.keys()].filter((slot) => entries.spares[slot]! < image.sectorCount);
    order.sort((a, b) => entries.spares[a]! - entries.spares[b]!);
    return new SpareContents(
      verdicts,
      Float64Array.from(order, (slot) => entries.spares[slot]!),
      Float64Array.from(order, (slot) => entries.originals[slot]!),
      RangeSet.from(entries.table.map(([first, count]) => [first, count, 0])),
    );
  }

  /** What the sector is used for. */
  originOf(sector: number): Origin {
    const at = this.#find(sector);
    if (this.spares[at] === sector) return { kind: 'replacement', sector: this.originals[at]! };
    const copy = copyHolding(sector);
    if (copy !== null) return copyOrigin(copy, this.verdicts);
    return { kind: this.table.has(sector) ? 'table' : 'free' };
  }

  /** The nearest replacement from `fromSector` (included) on, or null. */
  seek(fromSector: number, direction: 'next' | 'previous'): number | null {
    const at = this.#find(fromSector);
    if (direction === 'next') return this.spares[at] ?? null;
    return this.spares[at] === fromSector ? fromSector : (this.spares[at - 1] ?? null);
  }

  /** The replacements, and the copies and the large table, in each bucket. */
  layers(part: MapPart): MapLayer[] {
    return [
      { kind: 'remapped', counts: countRuns(this.#replacements(), part) },
      { kind: 'metadata', counts: countRuns(this.#metadata(), part) },
    ];
  }

  /** The runs of all these, in no particular order. */
  runs(): SectorRange[] {
    return [...this.#replacements(), ...this.#metadata()];
  }

  *#replacements(): Generator<SectorRange> {
    for (const sector of this.spares) yield [sector, 1];
  }

  *#metadata(): Generator<SectorRange> {
    for (let copy = 0; copy < COPY_COUNT; copy++) yield [copy * COPY_STRIDE_SECTORS, STRUCTURE_SECTORS];
    yield* this.table;
  }

  /** Index in `spares` of the first sector from `sector` (included) on. */
  #find(sector: number): number {
    let low = 0;
    let high = this.spares.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.spares[middle]! < sector) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
