import {
  type BlockDevice,
  COPY_COUNT,
  COPY_STRIDE_SECTORS,
  copyHolding,
  FIRST_DATA_SECTOR,
  inspectSpare,
  MetadataStore,
  RemapError,
  STRUCTURE_SECTORS,
  systemClock,
} from '../engine';
import { MapFlag, type Origin } from '../shared/protocol';
import type { MapFlags } from './mapFlags';
import { type CopyVerdicts, copyOrigin } from './spareVerdicts';

/** What dm-remap's metadata say of the sectors of an image that is a spare. */
export class SpareContents {
  private constructor(
    private readonly verdicts: CopyVerdicts,
    /** Sectors in use, ascending, and the device sectors that they hold. */
    private readonly spares: Float64Array,
    private readonly originals: Float64Array,
    /** From here on the extension's own table. */
    private readonly tableStart: number,
    private readonly sectorCount: number,
  ) {}

  /** Reads them; null for an image that holds none. */
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
    const entries = await readEntries(image, report.mainSectorCount);
    const order = entries.spares.map((_, slot) => slot);
    order.sort((a, b) => entries.spares[a]! - entries.spares[b]!);
    return new SpareContents(
      verdicts,
      Float64Array.from(order, (slot) => entries.spares[slot]!),
      Float64Array.from(order, (slot) => entries.originals[slot]!),
      entries.tableStart ?? image.sectorCount,
      image.sectorCount,
    );
  }

  originOf(sector: number): Origin {
    const at = this.#find(sector);
    if (this.spares[at] === sector) return { kind: 'replacement', sector: this.originals[at]! };
    const copy = copyHolding(sector);
    if (copy !== null) return copyOrigin(copy, this.verdicts);
    return { kind: sector >= this.tableStart ? 'table' : 'free' };
  }

  seek(fromSector: number, direction: 'next' | 'previous'): number | null {
    const at = this.#find(fromSector);
    if (direction === 'next') return this.spares[at] ?? null;
    return this.spares[at] === fromSector ? fromSector : (this.spares[at - 1] ?? null);
  }

  addTo(map: MapFlags): void {
    for (const sector of this.spares) map.add(sector, 1, MapFlag.remapped);
    for (let copy = 0; copy < COPY_COUNT; copy++) {
      map.add(copy * COPY_STRIDE_SECTORS, STRUCTURE_SECTORS, MapFlag.metadata);
    }
    map.add(this.tableStart, this.sectorCount - this.tableStart, MapFlag.metadata);
  }

  /** Position of the first used sector at or behind `sector`. */
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

interface Entries {
  readonly spares: readonly number[];
  readonly originals: readonly number[];
  readonly tableStart: number | null;
}

/** The entries of the copy that counts, and of the large table; none if no copy does. */
async function readEntries(image: BlockDevice, mainSectorCount: number | undefined): Promise<Entries> {
  const spares: number[] = [];
  const originals: number[] = [];
  if (mainSectorCount === undefined) return { spares, originals, tableStart: null };
  try {
    const store = await MetadataStore.open(image, { mainSectorCount, clock: systemClock, readOnly: true });
    await store.load((slot, entry) => {
      spares[slot] = entry.spare;
      originals[slot] = entry.original;
    });
    return { spares, originals, tableStart: store.freeLimit };
  } catch (error) {
    if (error instanceof RemapError) return { spares, originals, tableStart: null };
    throw error;
  }
}
