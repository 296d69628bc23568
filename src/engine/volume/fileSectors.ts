import { appendRange } from '../block/range';
import { RemapError, type SectorRange } from '../errors';
import { type DiskVolumes, volumeOf } from './diskVolumes';
import { requireFileSystem, type Volume } from './openVolume';
import type { FilePart, FileRecord } from './volumeContracts';
import { UnreadableError } from './volumeReader';

/** A run of a file's sectors: its place in the file, its place on the disk, and its length. */
type FileExtent = readonly [fileSector: number, sector: number, sectorCount: number];

/** Where a file lies on the disk. */
export interface FileSectors {
  readonly volume: number;
  /** In bytes; null where the file system keeps none, as for FAT's folders. */
  readonly size: number | null;
  /** In the file's order; holes are left out. */
  readonly extents: readonly FileExtent[];
  /** Allocated and never written: they read as zeros. */
  readonly unwritten: readonly FileExtent[];
  /** What the file system keeps for the file. */
  readonly meta: readonly SectorRange[];
  /** What of it could not be read: there may be more extents. */
  readonly unknown: readonly string[];
}

/**
 * The sectors of a file.
 * @param path from the root of its volume; `path:stream` for a stream of NTFS
 * @param index the volume; may be left out where one volume alone has the file
 * @throws RemapError `ENOENT` when no volume has it, `EINVAL` for a wrong volume or when several have it, `EIO` when what
 * would tell can't be read
 */
export async function sectorsOf(disk: DiskVolumes, path: string, index?: number): Promise<FileSectors> {
  const volumes =
    index === undefined ? disk.volumes.filter(({ fileSystem }) => fileSystem) : [volumeOf(disk, index)];
  const found: [Volume, FileRecord][] = [];
  let unreadable: UnreadableError | undefined;
  for (const volume of volumes) {
    try {
      const record = await requireFileSystem(volume).find(path);
      if (record) found.push([volume, record]);
    } catch (error) {
      if (!(error instanceof UnreadableError)) throw error;
      unreadable = error;
    }
  }
  if (found.length > 1) throw onSeveral(path, found);
  if (found[0]) return describe(...found[0]);
  if (unreadable) throw cannotTell(path, unreadable);
  throw new RemapError(
    'ENOENT',
    `no file ${path} is on ${index === undefined ? 'any volume' : `volume ${index}`}`,
    { path },
  );
}

function describe({ index, first }: Volume, record: FileRecord): FileSectors {
  const own = record.parts.filter((part) => part.role !== 'meta' && part.stream === undefined);
  const extents = (roles: readonly FilePart['role'][]) =>
    own
      .filter(({ role }) => roles.includes(role))
      .map(({ fileSector, sector, sectorCount }): FileExtent => [fileSector, first + sector, sectorCount])
      .sort((a, b) => a[0] - b[0]);
  const meta: [number, number][] = [];
  const metaParts = record.parts.filter(({ role }) => role === 'meta').sort((a, b) => a.sector - b.sector);
  for (const { sector, sectorCount } of metaParts) appendRange(meta, first + sector, sectorCount);
  return {
    volume: index,
    size: record.size,
    extents: extents(['data', 'packed']),
    unwritten: extents(['unwritten']),
    meta,
    unknown: record.doubts.map(({ reason }) => reason),
  };
}

function onSeveral(path: string, found: readonly [Volume, FileRecord][]): RemapError {
  const numbers = found.map(([{ index }]) => index).join(' and ');
  return new RemapError('EINVAL', `volumes ${numbers} have a file ${path}: say which volume`, { path });
}

function cannotTell(path: string, { doubt }: UnreadableError): RemapError {
  return new RemapError('EIO', `whether there is a file ${path} can't be told: ${doubt.reason}`, { path });
}
