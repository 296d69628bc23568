import type { SectorRange } from '../../errors';
import type { Allocation, Doubt, WalkOptions } from '../volumeContracts';
import type { ClusterHeap } from './clusterHeap';

/** What is known of a cluster's use. */
export type ClusterState = 'free' | 'used' | 'bad' | 'unknown';

/** What says which clusters are used: the FAT, or the bitmap of exFAT. Read in parts, of which some are kept. */
export interface ClusterStates {
  /** Undefined when the part that says it must be loaded first. */
  stateNow(cluster: number): ClusterState | undefined;
  load(cluster: number): Promise<void>;
  /** Where a bad cluster counts as used: whether a used one is marked as bad. */
  isMarkedBad?(cluster: number): Promise<boolean>;
  /** Why a state is unknown. */
  doubtOf(cluster: number): Doubt;
}

async function stateOf(states: ClusterStates, cluster: number): Promise<ClusterState> {
  const now = states.stateNow(cluster);
  if (now !== undefined) return now;
  await states.load(cluster);
  return states.stateNow(cluster)!;
}

/** What is known of the cluster that holds a sector; `used` outside of the clusters. */
export async function allocationAt(
  states: ClusterStates,
  heap: ClusterHeap,
  sector: number,
): Promise<Allocation> {
  const cluster = heap.clusterAt(sector);
  if (cluster === null) return 'used';
  const state = await stateOf(states, cluster);
  if (state === 'unknown') return states.doubtOf(cluster);
  return state === 'used' && (await states.isMarkedBad?.(cluster)) ? 'bad' : state;
}

/** Whether all clusters of a run are known to be used. */
export async function areUsed(states: ClusterStates, first: number, count: number): Promise<boolean> {
  for (let cluster = first; cluster < first + count; cluster++) {
    if ((await stateOf(states, cluster)) !== 'used') return false;
  }
  return true;
}

/** How many clusters are used, or null when that isn't known of all. */
export async function usedClusters(states: ClusterStates, heap: ClusterHeap): Promise<number | null> {
  let used = 0;
  for (let cluster = 2; cluster < heap.clusterCount + 2; cluster++) {
    const state = states.stateNow(cluster) ?? (await stateOf(states, cluster));
    if (state === 'unknown') return null;
    if (state !== 'free') used++;
  }
  return used;
}

/** Between two looks at the signal, and two words of progress. */
const STEP_CLUSTERS = 65_536;

/** The runs of a volume by their use; all outside of the clusters is used, and so is what is marked bad. */
export async function* usageRuns(
  states: ClusterStates,
  heap: ClusterHeap,
  sectorCount: number,
  { signal, progress }: WalkOptions = {},
): AsyncGenerator<{ range: SectorRange; usage: 'used' | 'free' | 'unknown' }> {
  signal?.throwIfAborted();
  let usage: 'used' | 'free' | 'unknown' = 'used';
  let start = 0;
  // A file system may say that it is far longer than what there is of it.
  const within = Math.ceil((sectorCount - heap.firstSector) / heap.clusterSectors);
  const endCluster = 2 + Math.min(heap.clusterCount, Math.max(0, within));
  for (let cluster = 2; cluster < endCluster; cluster++) {
    if (cluster % STEP_CLUSTERS === 0) {
      signal?.throwIfAborted();
      progress?.((cluster - 2) / (endCluster - 2));
    }
    const state = states.stateNow(cluster) ?? (await stateOf(states, cluster));
    const now = state === 'bad' ? 'used' : state;
    if (now === usage) continue;
    const end = Math.min(heap.sectorOf(cluster), sectorCount);
    if (end > start) yield { range: [start, end - start], usage };
    [usage, start] = [now, end];
  }
  signal?.throwIfAborted();
  const end = Math.min(heap.endSector, sectorCount);
  if (usage !== 'used' && end > start) {
    yield { range: [start, end - start], usage };
    [usage, start] = ['used', end];
  }
  if (sectorCount > start) yield { range: [start, sectorCount - start], usage };
  progress?.(1);
}
