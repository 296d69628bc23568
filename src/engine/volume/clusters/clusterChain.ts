import type { Doubt } from '../volumeContracts';
import { type AllocationTable, UNREADABLE_ENTRY } from './allocationTable';
import type { ClusterHeap } from './clusterHeap';
import { ClusterSet } from './clusterSet';

/** A run of clusters of a file. */
export interface ClusterRun {
  readonly first: number;
  readonly count: number;
  /** The place of the run within the file, in clusters. */
  readonly index: number;
}

/** The lowest entry that ends a chain, and the entry that marks a bad cluster. */
export interface ChainMarks {
  readonly endFrom: number;
  readonly bad: number;
}

/**
 * Follows the chain of a file through the FAT. Each cluster that is given was named by the folder or by an entry that
 * could be read. A chain that comes to a cluster for the second time, or to one that can't be, ends there with a doubt.
 */
export class ClusterChain {
  /** Null as long as each cluster follows the one before: then none can come twice. */
  #seen: ClusterSet | null = null;
  #next: number | null;
  #length = 0;
  #doubt: Doubt | null = null;
  #lastCluster: number;

  constructor(
    private readonly table: AllocationTable,
    private readonly heap: ClusterHeap,
    private readonly marks: ChainMarks,
    private readonly first: number,
    /** The clusters after which it is not followed any further. */
    private readonly limit: number,
  ) {
    this.#next = first;
    this.#lastCluster = first;
    if (!heap.contains(first))
      this.#end({ reason: `its first cluster, ${first}, does not exist`, ranges: [] });
  }

  /** Why the chain ended too early; null while it goes on, and when it came to its end. */
  get doubt(): Doubt | null {
    return this.#doubt;
  }

  /** The clusters that were given so far. */
  get length(): number {
    return this.#length;
  }

  /** Where the entry of the last cluster is that was given, in sectors from the start of the disk. */
  get lastPlaces(): Doubt['ranges'] {
    return this.heap.contains(this.#lastCluster) ? this.table.placesOf(this.#lastCluster) : [];
  }

  /** Whether all runs were given. */
  get isAtEnd(): boolean {
    return this.#next === null;
  }

  /** The next runs, at most so many; none at the end. */
  async runs(max: number): Promise<ClusterRun[]> {
    const runs: ClusterRun[] = [];
    while (this.#next !== null && runs.length < max) runs.push(await this.#run());
    return runs;
  }

  /** Takes clusters as long as they follow one another. */
  async #run(): Promise<ClusterRun> {
    const first = this.#next!;
    const index = this.#length;
    let last = first;
    for (;;) {
      if (index + last - first + 1 >= this.limit) {
        this.#next = null;
        break;
      }
      const next = this.#follow(last, this.table.entryNow(last) ?? (await this.table.entry(last)));
      if (next !== last + 1) {
        this.#next = next;
        break;
      }
      last = next;
    }
    const count = last - first + 1;
    this.#length += count;
    this.#lastCluster = last;
    return { first, count, index };
  }

  /** The cluster that an entry leads to, or null where the chain ends. */
  #follow(cluster: number, entry: number): number | null {
    if (this.heap.contains(entry)) {
      if (!this.#seen && entry === cluster + 1) return entry;
      if (this.#seenUntil(cluster).add(entry)) return entry;
      return this.#broken(cluster, `leads back to cluster ${entry}`);
    }
    if (entry >= this.marks.endFrom) return null;
    if (entry === UNREADABLE_ENTRY) return this.#end(this.table.doubtOf(cluster));
    if (entry === 0) return this.#broken(cluster, 'calls it free');
    if (entry === this.marks.bad) return this.#broken(cluster, 'calls it bad');
    return this.#broken(cluster, `leads to cluster ${entry}, which does not exist`);
  }

  /** The clusters of the chain up to the last one. */
  #seenUntil(last: number): ClusterSet {
    if (this.#seen) return this.#seen;
    this.#seen = new ClusterSet();
    for (let cluster = this.first; cluster <= last; cluster++) this.#seen.add(cluster);
    return this.#seen;
  }

  #broken(cluster: number, how: string): null {
    const reason = `its chain is broken: the FAT entry of cluster ${cluster} ${how}`;
    return this.#end({ reason, ranges: this.table.placesOf(cluster) });
  }

  #end(doubt: Doubt): null {
    this.#doubt = doubt;
    this.#next = null;
    return null;
  }
}
