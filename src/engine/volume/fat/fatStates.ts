import { type AllocationTable, UNREADABLE_ENTRY } from '../clusters/allocationTable';
import type { ClusterState, ClusterStates } from '../clusters/clusterStates';
import type { Doubt } from '../volumeContracts';

/** The states of clusters as the FAT says them. */
export class FatStates implements ClusterStates {
  constructor(
    private readonly table: AllocationTable,
    private readonly badEntry: number,
  ) {}

  stateNow(cluster: number): ClusterState | undefined {
    const entry = this.table.entryNow(cluster);
    if (entry === undefined) return undefined;
    if (entry === 0) return 'free';
    if (entry === UNREADABLE_ENTRY) return 'unknown';
    return entry === this.badEntry ? 'bad' : 'used';
  }

  load(cluster: number): Promise<void> {
    return this.table.load(cluster);
  }

  doubtOf(cluster: number): Doubt {
    return this.table.doubtOf(cluster);
  }
}
