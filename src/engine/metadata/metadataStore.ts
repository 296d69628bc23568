import type { BlockDevice, Clock } from '../block/blockDevice';
import { RemapError } from '../errors';
import type { RemapEntry } from './entry';

/** A metadata copy as the spare has it. */
export interface CopyReport {
  readonly index: number;
  /** First sector of the copy on the spare. */
  readonly sector: number;
  readonly valid: boolean;
  /** Why it isn't valid: `magic`, `version`, `checksum`, `count`, `health score`, `timestamp`, `unreadable`… */
  readonly reason?: string;
  /** The reason as a sentence part, with the figures. */
  readonly detail?: string;
  readonly sequence?: number;
  /** Seconds since the epoch. */
  readonly timestamp?: number;
}

/** One commit: what changes, and how to ask for everything when the large table moves. */
export interface CommitBatch {
  /** Every position whose entry is new or differs from the last commit. */
  readonly changed: Iterable<{ readonly position: number; readonly entry: RemapEntry }>;
  readonly entryCount: number;
  /** The entry to commit at a position; must not change before the commit settles. */
  readonly entryAt: (position: number) => RemapEntry;
  /** The first spare sector that was never handed out. */
  readonly nextSpare: number;
  readonly badSpares?: readonly number[];
  /** Names the main image (up to 512 bytes) and the pool (up to 256); absent: as it was. */
  readonly mainIdentity?: Uint8Array;
  readonly pool?: Uint8Array;
}

/** The allocator's side of sharing a spare with the large table; `SpareAllocator` has this shape. */
export interface SpareRoom {
  /** Every sector from here to the table's lowest one is free, now. */
  readonly next: number;
  /** Called whenever {@link MetadataStore.freeLimit} changes, in the same turn. */
  setLimit(sector: number): void;
}

export interface OpenOptions {
  readonly mainSectorCount: number;
  readonly clock: Clock;
  readonly readOnly?: boolean;
  readonly onCopyFailure?: (failure: { index: number; sector: number; error: unknown }) => void;
}

/** The metadata of one spare: five copies of the v4 structure, and the large table. */
export class MetadataStore {
  /** Entries committed on disk. */
  readonly entryCount: number = 0;
  /** Entries whose data lie in the metadata area, from a kernel (R9): such an image must not be written to. */
  readonly unsafeEntries: number = 0;
  /** The first spare sector that holds no data: the persisted mark, raised above every entry. Complete after `load`. */
  readonly nextSpare: number = 0;
  readonly badSpares: readonly number[] = [];
  readonly mainIdentity: Uint8Array = new Uint8Array(0);
  readonly pool: Uint8Array = new Uint8Array(0);
  /** Allocation ends here: the large table's lowest sector, or the spare's end. */
  readonly freeLimit: number = 0;
  /** True after a failed commit that may or may not be on disk. */
  readonly inDoubt: boolean = false;
  readonly sequence: bigint = 0n;

  static async open(_spare: BlockDevice, _options: OpenOptions): Promise<MetadataStore> {
    throw new RemapError('ENODATA', 'not built yet');
  }

  /** Tells the store who allocates, so that the large table and the data never take the same sector. */
  attach(_room: SpareRoom): void {}

  /**
   * Reads every entry. `visit` gets the positions in list order; a position may come again, and its last entry counts.
   */
  async load(_visit: (position: number, entry: RemapEntry) => void): Promise<void> {}

  /** Brings damaged and stale copies up to date (R7). Call after {@link load}. */
  async repair(): Promise<void> {}

  async commit(_batch: CommitBatch): Promise<void> {}

  /** Brings the copies that the last commits left behind up to date. */
  async settle(): Promise<void> {}

  /** The copies as this store knows them. */
  copies(): CopyReport[] {
    return [];
  }
}
