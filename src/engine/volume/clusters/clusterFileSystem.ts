import { SECTOR_SIZE } from '../../block/blockDevice';
import type { SectorRange } from '../../errors';
import type {
  Allocation,
  Doubt,
  FilePath,
  FileRecord,
  FileSystem,
  FileSystemKind,
  Structure,
  WalkOptions,
} from '../volumeContracts';
import { allocationAt, usageRuns, usedClusters } from './clusterStates';
import type { FolderFormat } from './folderReader';
import { FolderTree } from './folderTree';

/** What a FAT or exFAT volume says of itself as a whole. */
export interface ClusterFacts {
  readonly kind: FileSystemKind;
  readonly label: string;
  readonly sectorCount: number;
  /** All structures outside of the clusters, ascending. */
  readonly structures: readonly Structure[];
  notes(): string[];
}

/** A FAT or exFAT volume. */
export class ClusterFileSystem implements FileSystem {
  readonly #tree: FolderTree;

  constructor(
    private readonly format: FolderFormat,
    private readonly facts: ClusterFacts,
  ) {
    this.#tree = new FolderTree(format);
  }

  get kind(): FileSystemKind {
    return this.facts.kind;
  }

  get label(): string {
    return this.facts.label;
  }

  get unitSectors(): number {
    return this.format.volume.heap.clusterSectors;
  }

  get sectorCount(): number {
    return this.facts.sectorCount;
  }

  get notes(): string[] {
    return this.facts.notes();
  }

  get root(): number {
    return this.format.root.id;
  }

  async space(): Promise<{ total: number; used: number | null }> {
    const { states, heap } = this.format.volume;
    const clusterBytes = heap.clusterSectors * SECTOR_SIZE;
    const used = await usedClusters(states, heap);
    return { total: heap.clusterCount * clusterBytes, used: used === null ? null : used * clusterBytes };
  }

  async structureAt(sector: number): Promise<Structure | null> {
    return (
      this.facts.structures.find(({ range: [first, count] }) => sector >= first && sector < first + count) ??
      null
    );
  }

  async *structures(): AsyncGenerator<Structure> {
    yield* this.facts.structures;
  }

  allocationAt(sector: number): Promise<Allocation> {
    const { states, heap } = this.format.volume;
    return allocationAt(states, heap, sector);
  }

  usage(options?: WalkOptions): AsyncGenerator<{ range: SectorRange; usage: 'used' | 'free' | 'unknown' }> {
    const { states, heap, reader } = this.format.volume;
    return usageRuns(states, heap, Math.min(this.facts.sectorCount, reader.sectorCount), options);
  }

  files(options: WalkOptions & { onDoubt(doubt: Doubt): void }): AsyncGenerator<FileRecord> {
    return this.#tree.files(options);
  }

  pathsOf(id: number): Promise<FilePath[]> {
    return this.#tree.pathsOf(id);
  }

  find(path: FilePath): Promise<FileRecord | null> {
    return this.#tree.find(path);
  }

  children(
    id: number,
    onDoubt: (doubt: Doubt) => void,
  ): AsyncGenerator<{ name: string; id: number; kind: FileRecord['kind'] }> {
    return this.#tree.children(id, onDoubt);
  }
}
