import type { ReadonlyRangeSet } from '../block/rangeSet';
import type { DiskVolumes } from './diskVolumes';
import type { Volume } from './openVolume';
import type { WalkOptions } from './volumeContracts';

/** A file or folder of which sectors are remapped: a spare serves them, and nothing of it is lost by that. */
export interface RemappedFile {
  readonly volume: number;
  readonly path: string;
  readonly otherPaths?: readonly string[];
  readonly kind: 'file' | 'dir';
  /** Of its contents and of what is kept for it, slack included. */
  readonly sectorCount: number;
}

const DEFAULT_FILE_LIMIT = 100_000;

/**
 * The files that have remapped sectors, by one walk of all files. Takes memory for those alone.
 * @param remapped from the start of the disk
 * @throws the signal's reason once it is aborted
 */
export async function remappedFiles(
  disk: DiskVolumes,
  remapped: ReadonlyRangeSet,
  { fileLimit = DEFAULT_FILE_LIMIT, ...options }: WalkOptions & { fileLimit?: number } = {},
): Promise<RemappedFile[]> {
  const files: RemappedFile[] = [];
  if (remapped.runCount === 0) return files;
  for (const volume of disk.volumes) {
    const counts = await countsOf(volume, remapped, fileLimit - files.length, options);
    await volume.fileSystem?.expectPaths?.([...counts.keys()], options.signal);
    for (const [id, { kind, sectorCount }] of counts) {
      options.signal?.throwIfAborted();
      const [path, ...otherPaths] = await volume.fileSystem!.pathsOf(id);
      if (path === undefined) continue;
      const others = otherPaths.length > 0 ? { otherPaths } : {};
      files.push({ volume: volume.index, path, ...others, kind, sectorCount });
    }
  }
  return files;
}

/** How many sectors of each file of a volume are remapped, by the file's id. */
async function countsOf(
  { fileSystem, first }: Volume,
  remapped: ReadonlyRangeSet,
  limit: number,
  options: WalkOptions,
): Promise<Map<number, Pick<RemappedFile, 'kind' | 'sectorCount'>>> {
  const counts = new Map<number, Pick<RemappedFile, 'kind' | 'sectorCount'>>();
  if (!fileSystem) return counts;
  for await (const { id, kind, parts } of fileSystem.files({ ...options, onDoubt: () => undefined })) {
    if (kind === 'meta') continue;
    let count = counts.get(id)?.sectorCount ?? 0;
    for (const { sector, sectorCount } of parts)
      for (const run of remapped.tagged(first + sector, sectorCount)) count += run.sectorCount;
    if (count > 0 && (counts.has(id) || counts.size < limit)) counts.set(id, { kind, sectorCount: count });
  }
  return counts;
}
