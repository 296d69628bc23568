import type { VolumeReader } from '../volumeReader';
import type { AllocationTable } from './allocationTable';
import { type ChainMarks, ClusterChain } from './clusterChain';
import type { ClusterHeap } from './clusterHeap';
import type { ClusterStates } from './clusterStates';

/** What FAT and exFAT have in common: clusters, a table that links them, and what says which of them are used. */
export interface ClusterVolume {
  readonly reader: VolumeReader;
  readonly heap: ClusterHeap;
  readonly table: AllocationTable;
  readonly marks: ChainMarks;
  readonly states: ClusterStates;
}

/** The chain that begins with a cluster, or so many clusters of it. */
export function chainOf(
  { table, heap, marks }: ClusterVolume,
  first: number,
  limit = Number.POSITIVE_INFINITY,
): ClusterChain {
  return new ClusterChain(table, heap, marks, first, limit);
}
