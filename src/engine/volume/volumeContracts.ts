import type { SectorRange } from '../errors';

/** What a volume reads from: a device, or an image, without a way to write. Errors are those of `BlockDevice.read`. */
export interface SectorSource {
  readonly sectorCount: number;
  read(sector: number, buffer: Uint8Array): Promise<void>;
}

/** File systems that are looked into. All else is recognised by name only. */
export type FileSystemKind = 'ext2' | 'ext3' | 'ext4' | 'fat12' | 'fat16' | 'fat32' | 'exfat' | 'ntfs';

/**
 * Why something can't be known: structures that could not be read (or whose checksum is wrong), or a feature that is not
 * understood. Sectors count from the start of the disk.
 */
export interface Doubt {
  readonly reason: string;
  readonly ranges: readonly SectorRange[];
}

/** What a part of a file's space is used for. */
type PartRole =
  /** Its bytes. */
  | 'data'
  /** Allocated and never written: it reads as zeros. */
  | 'unwritten'
  /** Holds bytes of a compressed unit: no exact place in the file. */
  | 'packed'
  /** What the file system keeps for the file: an extent tree, indirect blocks, extended attributes. `what` names it. */
  | 'meta';

/** A run of sectors that belongs to a file. Sectors count from the start of the volume. */
export interface FilePart {
  readonly role: PartRole;
  readonly sector: number;
  readonly sectorCount: number;
  /** The place of the run's first sector within the file, in sectors; for `meta` 0. */
  readonly fileSector: number;
  /** For `meta`: what it is (`extent-tree`, `xattr`, `indirect`). */
  readonly what?: string;
  /**
   * The name of the stream or attribute, where it isn't the file's main data, and how many bytes it holds: null when the
   * record that says so can't be read.
   */
  readonly stream?: { readonly name: string; readonly size: number | null };
}

/** A file, folder or other object of a file system, with all that it owns. */
export interface FileRecord {
  /** An inode number, the number of an MFT record, or the place of a directory entry: unique within the volume. */
  readonly id: number;
  readonly kind: 'file' | 'dir' | 'meta';
  /** For an object of the file system itself (`journal`, `$Bitmap`): its name. */
  readonly what?: string;
  /** In bytes; null where it is not kept, as for FAT's folders. */
  readonly size: number | null;
  /** Its contents, where its own record holds them (NTFS calls that resident): then no part does. */
  readonly inline?: Uint8Array;
  /** Its bytes on the disk are not its contents: reading them gives something else. */
  readonly encoding?: 'compressed' | 'encrypted';
  readonly parts: readonly FilePart[];
  /** What of its parts could not be read. The parts that are given are right all the same. */
  readonly doubts: readonly Doubt[];
}

/** A structure of a file system that is no file's: a superblock, a bitmap, a FAT. */
export interface Structure {
  readonly what: string;
  /** The sectors that belong to it, from the start of the volume. */
  readonly range: SectorRange;
  /** The block group, the number of an MFT record and the like, where there is one. */
  readonly group?: number;
  /** The file of which the structure holds bytes (inline or resident data) or whose record it is, where that is one file. */
  readonly fileId?: number;
}

/** Records of one kind that lie in a row, such as the inodes of a table. */
export interface Records {
  readonly kind: 'inode' | 'group';
  /** The number of the first one. */
  readonly first: number;
  /** Where the first one is, from the start of the volume. */
  readonly byteOffset: number;
  /** How many bytes each takes. */
  readonly size: number;
  readonly count: number;
  /** The unit of the places that they name, in bytes. */
  readonly unitBytes: number;
  /**
   * Whether the checksum of the record of a number is right; null where it has none.
   * @param bytes all of it
   */
  isChecksumRight(number: number, bytes: Uint8Array): boolean | null;
}

/** What the allocation bitmap, or the FAT, says of a sector. */
export type Allocation = 'free' | 'used' | 'bad' | Doubt;

/** A path of a file; a name that can't be read stands as a description in brackets. */
export type FilePath = string;

/** How a long walk is watched and ended. */
export interface WalkOptions {
  readonly signal?: AbortSignal;
  /** Is told now and then how much is done, from 0 to 1. */
  progress?(done: number): void;
}

/**
 * A file system on a volume, read-only by construction. Each answer follows from structures that were readable and, where
 * they have a checksum, intact; a backup is used where there is one, and said in `notes`. Sectors count from the start of
 * the volume. Memory stays bounded for volumes of any size; every chain and tree walk ends.
 */
export interface FileSystem {
  readonly kind: FileSystemKind;
  readonly label: string;
  /** The unit of allocation (block or cluster), in sectors. */
  readonly unitSectors: number;
  /** The sectors that the file system spans; what follows inside the partition is `outside`. */
  readonly sectorCount: number;
  /** The size of its space for files and the used part of it, in bytes; null where the bitmap can't be read whole. */
  space(): Promise<{ total: number; used: number | null }>;
  /** What a person should know: a backup was used, the journal is not replayed, a feature is not understood. */
  readonly notes: readonly string[];
  /**
   * The structure that a sector belongs to, by the layout alone; null when it belongs to none. Not for parts of files.
   * @throws UnreadableError when what would tell can't be read; a file's claim on the sector is right all the same
   */
  structureAt(sector: number): Promise<Structure | null>;
  /** The records that a sector is part of, in use or not, where the file system knows such; null: none. */
  recordsAt?(sector: number): Records | null;
  /**
   * Every structure that {@link structureAt} would name, in any order; neighbours of one kind may come as one (a table of
   * records as its runs). Where what would tell can't be read, none come.
   */
  structures(options?: WalkOptions): AsyncIterable<Structure>;
  /** What the bitmap or FAT says of the unit that holds a sector; `used` outside of the space for files. */
  allocationAt(sector: number): Promise<Allocation>;
  /** The runs of the whole volume that are used, free or unknown, ascending and without gaps; structures count as used. */
  usage(options?: WalkOptions): AsyncIterable<{ range: SectorRange; usage: 'used' | 'free' | 'unknown' }>;
  /**
   * All files, folders and objects in use, streaming, in the cheapest order, each once. What could not be read on the way
   * is told by `onDoubt` (the doubts of a record are in the record, and are not told again): with any doubt a sector that
   * the bitmap calls used and that no file claims is `unknown`. A record with very many parts may be given in pieces of
   * the same id. Ends with the signal's reason once it is aborted.
   */
  files(options: WalkOptions & { onDoubt(doubt: Doubt): void }): AsyncIterable<FileRecord>;
  /**
   * The paths of a file by its id, hard links too; a path that can't be known in whole says so in brackets, and no path is
   * an empty list. After a walk of `files` an answer takes a few reads, not another walk.
   */
  pathsOf(id: number): Promise<FilePath[]>;
  /**
   * Says which files {@link pathsOf} will be asked for: a file system that doesn't keep the names of so many files looks up
   * all of these by one walk. Absent: an answer never takes a walk.
   */
  expectPaths?(ids: readonly number[], signal?: AbortSignal): Promise<void>;
  /**
   * The file that a path names, with all its parts; null when there is none. A path with `:stream` names a stream of NTFS: the
   * size and the data are then the stream's, as if it were the file.
   * @throws UnreadableError when a folder or record on the way can't be read, and the name is not in what can be
   */
  find(path: FilePath): Promise<FileRecord | null>;
  /** The children of a folder, by its id; `root` is the root folder's id. What can't be read is told by `onDoubt`. */
  readonly root: number;
  children(
    id: number,
    onDoubt: (doubt: Doubt) => void,
  ): AsyncIterable<{ name: string; id: number; kind: FileRecord['kind'] }>;
}
