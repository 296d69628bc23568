import { SECTOR_SIZE } from '../../block/blockDevice';
import type { ClusterHeap } from './clusterHeap';
import type { FolderEntry } from './folderEntry';

/** A folder and where it is. */
export interface Folder {
  readonly entry: FolderEntry;
  /** Null for the root. */
  readonly parent: Folder | null;
}

/** So many folders and clusters of folders are kept: some 100 MB at the most, and far less for a million files. */
const KEPT_FOLDERS = 262_144;
const KEPT_CLUSTERS = 524_288;

/** The folders that were seen, and which of them has an entry. */
export class FolderIndex {
  readonly #byId = new Map<number, Folder>();
  readonly #byCluster = new Map<number, Folder>();
  readonly root: Folder;

  constructor(
    private readonly heap: ClusterHeap,
    root: FolderEntry,
  ) {
    this.root = { entry: root, parent: null };
    this.#byId.set(root.id, this.root);
  }

  get(id: number): Folder | undefined {
    return this.#byId.get(id);
  }

  /** The folder that has an entry. */
  folderOf(id: number): Folder | undefined {
    const cluster = this.#clusterOf(id);
    return cluster === null ? this.root : this.#byCluster.get(cluster);
  }

  /** Keeps where entries are, and those of them that are folders; what a first folder claimed stays its own. */
  keep(folder: Folder, entries: readonly FolderEntry[]): void {
    for (const entry of entries) {
      const cluster = this.#clusterOf(entry.id);
      if (cluster !== null && this.#byCluster.size < KEPT_CLUSTERS && !this.#byCluster.has(cluster))
        this.#byCluster.set(cluster, folder);
      if (entry.kind === 'dir' && this.#byId.size < KEPT_FOLDERS && !this.#byId.has(entry.id))
        this.#byId.set(entry.id, { entry, parent: folder });
    }
  }

  /** Whether no further folder can be kept. */
  get isFull(): boolean {
    return this.#byId.size >= KEPT_FOLDERS;
  }

  pathOf(folder: Folder): string {
    const names: string[] = [];
    for (let at = folder; at.parent; at = at.parent) names.unshift(at.entry.name);
    return `/${names.join('/')}`;
  }

  #clusterOf(id: number): number | null {
    return this.heap.clusterAt(Math.floor((id * 32) / SECTOR_SIZE));
  }
}
