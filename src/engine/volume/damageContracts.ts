import type { ReadonlyRangeSet } from '../block/rangeSet';
import type { SectorRange } from '../errors';

/** The sectors of a disk that can't be read: bad, or never rescued. */
export interface UnreadableSectors {
  readonly bad: ReadonlyRangeSet;
  readonly notRescued: ReadonlyRangeSet;
}

export type DamageStatus = 'bad' | 'notRescued';

/** A lost part of a file. */
export interface LostRange {
  readonly status: DamageStatus;
  /** From the start of the disk. */
  readonly sector: number;
  readonly sectorCount: number;
  /** Which bytes of the file are lost with it; of a compressed file those of the whole unit. */
  readonly fileOffset: number;
  readonly byteLength: number;
}

/** A file or folder of which something is lost, or of which can't be known what is. */
export interface DamagedFile {
  readonly volume: number;
  readonly path: string;
  readonly otherPaths?: readonly string[];
  readonly kind: 'file' | 'dir';
  /** The stream of NTFS that is meant, where it isn't the file's main data. */
  readonly stream?: string;
  /** In bytes; null where the file system keeps none. */
  readonly size: number | null;
  readonly lostBytes: number;
  /** Nothing of it is left. */
  readonly isWhole: boolean;
  readonly ranges: readonly LostRange[];
  /** What of its places on the disk can't be read: more of it may be lost. */
  readonly unknown: readonly string[];
}

/** A structure of which sectors can't be read. */
export interface DamagedStructure {
  /** Null: the partition table. */
  readonly volume: number | null;
  readonly what: string;
  readonly group?: number;
  /** The file that it is kept for. */
  readonly path?: string;
  readonly status: DamageStatus;
  readonly ranges: readonly SectorRange[];
  /** What its loss means. */
  readonly meaning: string;
}

/** How many sectors of a kind of space can't be read. */
export type SectorCounts = { readonly [Status in DamageStatus]: number };

/** What is lost on a disk, and what isn't. Sectors count from its start. */
export interface DamageReport {
  /** By volume and path. */
  readonly files: readonly DamagedFile[];
  readonly structures: readonly DamagedStructure[];
  /** Free space that can't be read: nothing is lost with it. */
  readonly free: SectorCounts;
  /** Used space that can't be read: what is not rescued of it is worth rescuing. */
  readonly used: SectorCounts;
  /** What can't be told to be free or used. */
  readonly unknown: SectorCounts;
  /** Sectors in no file system. */
  readonly outside: SectorCounts;
  /** How many damaged files there are beyond those that are listed. */
  readonly moreFiles: number;
  /** What could not be known of each volume. */
  readonly doubts: readonly {
    readonly volume: number;
    readonly reason: string;
    readonly ranges: readonly SectorRange[];
  }[];
}
