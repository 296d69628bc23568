import type {
  Allocation,
  Doubt,
  FilePart,
  FileRecord,
  FileSystem,
  Structure,
  WalkOptions,
} from '../../../src/engine/volume/volumeContracts';
import { UnreadableError } from '../../../src/engine/volume/volumeReader';

/** What a test says of a file system; what it leaves out is empty, and all space is used. */
export interface Model {
  readonly sectorCount: number;
  readonly structures?: readonly Structure[];
  readonly files?: readonly FileRecord[];
  readonly paths?: ReadonlyMap<number, readonly string[]>;
  readonly allocation?: readonly Allocation[];
  readonly doubts?: readonly Doubt[];
  /** Sectors of which the layout can't be told. */
  readonly lostLayout?: ReadonlySet<number>;
}

/** A file system that is exactly what a test says. */
export class ModelFileSystem implements FileSystem {
  readonly kind = 'ext4';
  readonly label = 'model';
  readonly unitSectors = 1;
  readonly notes: string[] = [];
  readonly root = 2;
  /** How often all files were walked. */
  walks = 0;

  constructor(readonly model: Model) {}

  get sectorCount(): number {
    return this.model.sectorCount;
  }

  async space(): Promise<{ total: number; used: number | null }> {
    return { total: this.sectorCount * 512, used: null };
  }

  async structureAt(sector: number): Promise<Structure | null> {
    if (this.model.lostLayout?.has(sector))
      throw new UnreadableError({ reason: 'a descriptor can’t be read', ranges: [] });
    return (
      this.model.structures?.find(({ range: [first, count] }) => sector >= first && sector < first + count) ??
      null
    );
  }

  async *structures(): AsyncIterable<Structure> {
    yield* this.model.structures ?? [];
  }

  async allocationAt(sector: number): Promise<Allocation> {
    return this.model.allocation?.[sector] ?? 'used';
  }

  async *usage(): ReturnType<FileSystem['usage']> {
    for (let sector = 0; sector < this.sectorCount; sector++) {
      const allocation = await this.allocationAt(sector);
      const usage =
        allocation === 'free' || allocation === 'used'
          ? allocation
          : allocation === 'bad'
            ? 'used'
            : 'unknown';
      yield { range: [sector, 1], usage };
    }
  }

  async *files({
    onDoubt,
    signal,
  }: WalkOptions & { onDoubt(doubt: Doubt): void }): AsyncIterable<FileRecord> {
    this.walks++;
    for (const doubt of this.model.doubts ?? []) onDoubt(doubt);
    for (const file of this.model.files ?? []) {
      signal?.throwIfAborted();
      yield file;
    }
  }

  async pathsOf(id: number): Promise<string[]> {
    return [...(this.model.paths?.get(id) ?? [`/${id}`])];
  }

  async find(path: string): Promise<FileRecord | null> {
    for (const file of this.model.files ?? []) if ((await this.pathsOf(file.id)).includes(path)) return file;
    if (this.model.doubts?.length) throw new UnreadableError(this.model.doubts[0]!);
    return null;
  }

  async *children(): ReturnType<FileSystem['children']> {
    for (const { id, kind } of this.model.files ?? []) yield { name: String(id), id, kind };
  }
}

/** A file of given runs of data: `[sector, count, file sector]`. */
export function modelFile(
  id: number,
  size: number | null,
  runs: readonly (readonly [sector: number, sectorCount: number, fileSector: number])[],
  more: Partial<FileRecord> & { part?: Partial<FilePart> } = {},
): FileRecord {
  const { part, ...record } = more;
  const parts = runs.map(
    ([sector, sectorCount, fileSector]): FilePart => ({
      role: 'data',
      sector,
      sectorCount,
      fileSector,
      ...part,
    }),
  );
  return { id, kind: 'file', size, parts, doubts: [], ...record };
}
