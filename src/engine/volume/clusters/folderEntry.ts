import type { Doubt, FileRecord } from '../volumeContracts';

/** Where a file's space is: a chain in the FAT, a run of clusters without one, or a fixed area outside of the clusters. */
export type Space =
  | { readonly at: 'chain'; readonly first: number }
  | { readonly at: 'run'; readonly first: number; readonly count: number }
  | { readonly at: 'area'; readonly sector: number; readonly sectorCount: number };

/** What a folder says of a file. */
export interface FolderEntry {
  /** The place of the entry: its byte offset on the volume by 32, 0 for the root folder. */
  readonly id: number;
  readonly kind: FileRecord['kind'];
  /** For an object of the file system itself: its name. */
  readonly what?: string;
  readonly name: string;
  /** In bytes; null where the folder doesn't say it. */
  readonly size: number | null;
  /** The bytes from the file's start that were written; the rest reads as zeros. All of them where it is left out. */
  readonly writtenBytes?: number;
  /** Null when the file owns nothing, or when what it owns isn't known. */
  readonly space: Space | null;
  /** What is kept for the file besides its bytes. */
  readonly attached?: readonly { readonly what: string; readonly space: Space }[];
  readonly doubts: readonly Doubt[];
}
