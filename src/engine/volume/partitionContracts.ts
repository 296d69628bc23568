import type { SectorRange } from '../errors';
import type { Structure } from './volumeContracts';

/** A part of a disk by its table. Sectors are of 512 bytes, from the start of the disk. */
export interface Partition {
  /** Its number: as Linux counts, from 1, and logical partitions from 5. */
  readonly index: number;
  readonly first: number;
  /** As the table says, even where the disk ends before. */
  readonly count: number;
  /** The type: a GUID, or two hexadecimal digits. */
  readonly type: string;
  /** The name that a GPT gives it, else empty. */
  readonly name: string;
}

/** A part of a disk of which nothing can be known. */
export interface UnknownPlace {
  readonly reason: string;
  readonly range: SectorRange;
}

export type TableScheme = 'gpt' | 'mbr';

/** A partition table, with what could not be known of it. */
export interface PartitionTable {
  readonly scheme: TableScheme;
  /** The unit of the table's numbers, in bytes. */
  readonly unitBytes: number;
  /** In the order of their numbers. */
  readonly partitions: readonly Partition[];
  /** Where the table itself lies. */
  readonly structures: readonly Structure[];
  /** Where partitions may be that can't be known, and why. */
  readonly unknown: readonly UnknownPlace[];
  readonly notes: readonly string[];
}
