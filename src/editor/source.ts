import type {
  Direction,
  MetadataField,
  OriginRun,
  UnreadableRun,
  ViewId,
  ViewInfo,
} from '../shared/protocol';

/** What a read of a source gives: all bytes, zeros where they can't be had. */
export interface SourceRead {
  readonly bytes: Uint8Array;
  readonly unreadable: readonly UnreadableRun[];
}

/** What may differ from now on. */
export type SourceChange =
  /** The views themselves: their number, sizes or whether they can be edited. */
  | { readonly kind: 'views' }
  /** Bytes or origins; null stands for every view, every sector. */
  | {
      readonly kind: 'sectors';
      readonly view: ViewId | null;
      readonly ranges: readonly (readonly [first: number, count: number])[] | null;
    }
  /** There is nothing to read any more. */
  | { readonly kind: 'gone'; readonly error: unknown };

/**
 * What a sector document shows: a device or an image. Sectors are those of a view; the last sector of a view that isn't
 * whole sectors is shorter. Every method rejects with an error whose message is a sentence for people.
 */
export interface SectorSource {
  readonly views: readonly ViewInfo[];
  /** Something to say above the bytes, or null. */
  readonly notice: string | null;
  /** Reads sectors inside the view; unreadable ones are in the answer, not an error. */
  read(view: ViewId, firstSector: number, sectorCount: number, signal?: AbortSignal): Promise<SourceRead>;
  /** Where the bytes of sectors inside the view come from: ascending, without gaps. */
  origins(view: ViewId, firstSector: number, sectorCount: number): Promise<readonly OriginRun[]>;
  /** Overwrites whole sectors; durable after `flush`. @throws BlockError with the sectors that were not written */
  write(view: ViewId, firstSector: number, bytes: Uint8Array): Promise<void>;
  flush(): Promise<void>;
  /** The nearest such sector from `fromSector` (included) on, or null. */
  seek(
    view: ViewId,
    landmark: 'remapped' | 'bad',
    fromSector: number,
    direction: Direction,
  ): Promise<number | null>;
  /** A byte of `MapFlag` bits for each of `bucketCount` equal stretches of the view. */
  map(view: ViewId, bucketCount: number): Promise<Uint8Array>;
  /** The metadata field over a byte, or null. */
  field(view: ViewId, byteOffset: number): Promise<MetadataField | null>;
  /** Looks at the disk again, and says what is different through `onDidChange`. */
  refresh(): Promise<void>;
  /** @returns what ends the listening */
  onDidChange(listener: (change: SourceChange) => void): () => void;
  dispose(): Promise<void>;
}
