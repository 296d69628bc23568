import type { VolumeTarget } from '../engine';
import type {
  Direction,
  Landmark,
  NoticeAction,
  OriginRun,
  UnreadableRun,
  ViewId,
  ViewInfo,
} from '../shared/protocol';
import type { MapLayer, MapPart } from '../shared/sectorMap';

/** What a read of a source gives: all bytes, zeros where they can't be read. */
export interface SourceRead {
  readonly bytes: Uint8Array;
  readonly unreadable: readonly UnreadableRun[];
}

/** What a source finds by itself. */
export type SourceLandmark = Exclude<Landmark, 'marker' | 'unsaved' | 'nonZero'>;

/** A change that a source tells its listeners. */
export type SourceChange =
  /** The views may differ: their number, their sizes or whether they can be edited. */
  | { readonly kind: 'views' }
  /** Bytes or origins may differ. Null stands for every view, or for every sector. */
  | {
      readonly kind: 'sectors';
      readonly view: ViewId | null;
      readonly ranges: readonly (readonly [first: number, count: number])[] | null;
    }
  /** There is nothing to read any more. It is the last change. */
  | { readonly kind: 'gone'; readonly error: unknown };

/**
 * What a document gets its bytes from: a device or a file. Sectors are those of a view; the last sector of a view that
 * isn't whole sectors is shorter. Every method rejects with an error whose message is a sentence for people.
 */
export interface SectorSource {
  readonly views: readonly ViewInfo[];
  /** A sentence to show above the bytes, or null. */
  readonly notice: string | null;
  /** What can be done about the notice, the nearest first. */
  readonly noticeActions: readonly NoticeAction[];
  /**
   * Reads sectors inside the view; unreadable ones are in the answer, not an error.
   * @param into where the bytes may go, instead of into memory of their own
   */
  read(
    view: ViewId,
    firstSector: number,
    sectorCount: number,
    signal?: AbortSignal,
    into?: Uint8Array,
  ): Promise<SourceRead>;
  /** Where the bytes of sectors inside the view come from: ascending, without gaps. */
  origins(view: ViewId, firstSector: number, sectorCount: number): Promise<readonly OriginRun[]>;
  /** Overwrites whole sectors; durable after `flush`. @throws BlockError with the sectors that were not written */
  write(view: ViewId, firstSector: number, bytes: Uint8Array): Promise<void>;
  /** Makes every write that was acknowledged durable. */
  flush(): Promise<void>;
  /** The nearest sector with a landmark from `fromSector` (included) on, or null. */
  seek(
    view: ViewId,
    landmark: SourceLandmark,
    fromSector: number,
    direction: Direction,
  ): Promise<number | null>;
  /** The sectors of a view that are for markers, ascending. */
  markers(view: ViewId): readonly number[];
  /** The device's sector of a remap entry, by its place in their list by sector, from 0; and how many there are. */
  remapAt(index: number): { readonly sector: number | undefined; readonly total: number };
  /** How many sectors of each kind that it knows are in each bucket of a part of the view. */
  map(view: ViewId, part: MapPart): Promise<MapLayer[]>;
  /**
   * The runs that read as zeros for certain, by the holes of the file, and that are nothing else: neither remapped, bad, not
   * rescued nor metadata. Ascending; null where that isn't known.
   */
  emptyRuns(view: ViewId): Promise<readonly (readonly [first: number, count: number])[] | null>;
  /** Which sectors of a view can't be read, or have other bytes in their place, and where the view may have data. */
  faults(view: ViewId): Pick<VolumeTarget, 'unreadable' | 'findData'>;
  /** Reads the disk again, and tells listeners what may differ. */
  refresh(): Promise<void>;
  /** Listens until the returned function is called. */
  onDidChange(listener: (change: SourceChange) => void): () => void;
  /** Closes what it opened. A device stays assembled. */
  dispose(): Promise<void>;
}
