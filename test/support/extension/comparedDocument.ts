import type { ComparedView } from '../../../src/editor/comparedView';
import { type EditedSource, SectorEdits } from '../../../src/editor/sectorEdits';
import { DataRuns } from '../../../src/engine/block/dataRuns';
import { RangeSet } from '../../../src/engine/block/rangeSet';
import { type Origin, SECTOR_SIZE, type ViewId } from '../../../src/shared/protocol';

/** A document over bytes in memory, for comparisons: with sectors that fail, others in whose place bytes are, and holes. */
export class ComparedBytes {
  readonly failing = new Set<number>();
  readonly inPlace = new Set<number>();
  /** How many sectors were read. */
  sectorsRead = 0;
  /** Where there are data, in bytes; null: anywhere. */
  data: readonly number[] | null = null;
  /** Answers in place of `data`, if it is set. */
  onFindData: (() => Promise<DataRuns>) | null = null;
  readonly edits: SectorEdits;

  readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    // A slice of a Buffer would be the same bytes.
    this.bytes = new Uint8Array(bytes);
    this.edits = new SectorEdits(() => this.source);
  }

  /** Sectors filled with these numbers. */
  static of(...sectors: number[]): ComparedBytes {
    return new ComparedBytes(Buffer.concat(sectors.map((fill) => Buffer.alloc(SECTOR_SIZE, fill))));
  }

  /** As a side of a comparison. */
  from(firstSector = 0, sectorCount: number | null = null): ComparedView {
    return { document: { source: this.source, edits: this.edits }, view: 'file', firstSector, sectorCount };
  }

  get source(): EditedSource & ComparedView['document']['source'] {
    return {
      views: [{ id: 'file', label: '', description: '', byteCount: this.bytes.length, readOnlyReason: null }],
      read: async (_view: ViewId, first: number, count: number) => {
        this.sectorsRead += count;
        const bytes = this.bytes.slice(first * SECTOR_SIZE, (first + count) * SECTOR_SIZE);
        const failed = [...this.failing].filter((sector) => sector >= first && sector < first + count);
        return { bytes, unreadable: failed.map((sector) => ({ first: sector, count: 1, message: 'EIO' })) };
      },
      origins: async (_view: ViewId, first: number, count: number) =>
        Array.from({ length: count }, (_, index) => {
          const origin: Origin = this.inPlace.has(first + index) ? { kind: 'listed' } : { kind: 'plain' };
          return { first: first + index, count: 1, origin };
        }),
      write: async () => undefined,
      flush: async () => undefined,
      faults: () => ({
        unreadable: async () => ({
          bad: RangeSet.from([...this.inPlace].map((sector) => [sector, 1])),
          notRescued: new RangeSet(),
        }),
        findData: async () => {
          if (this.onFindData) return this.onFindData();
          return this.data ? new DataRuns(Float64Array.from(this.data)) : DataRuns.everywhere();
        },
      }),
    };
  }
}
