import type { FileSystemOpener } from './fileSystems';
import { openVolume, type Volume } from './openVolume';
import type { Partition, PartitionTable, UnknownPlace } from './partitionContracts';
import { readPartitionTable } from './partitionTable';
import { hasBootSector, knownFormatAt } from './recognize';
import type { SectorSource, Structure } from './volumeContracts';
import { VolumeReader } from './volumeReader';

/** What a disk holds. */
export interface FoundVolumes {
  readonly volumes: readonly Volume[];
  /** Where the partition table itself lies. */
  readonly structures: readonly Structure[];
  readonly unknown: readonly UnknownPlace[];
  readonly notes: readonly string[];
}

/** File systems whose first sector takes the place of a partition table. */
const BEGIN_AT_SECTOR_0: ReadonlySet<string> = new Set(['fat12', 'fat16', 'fat32', 'exfat', 'ntfs']);

const IF_THERE_WAS_A_TABLE = 'if the disk had partitions, this file system is from before';

/** Finds the volumes of a disk: those of its partition table, or one that takes the whole disk, which has the number 0. */
export async function findVolumes(
  source: SectorSource,
  openers: readonly FileSystemOpener[],
): Promise<FoundVolumes> {
  const reader = new VolumeReader(source, 0, source.sectorCount);
  const disk: Partition = { index: 0, first: 0, count: source.sectorCount, type: '', name: '' };
  const whole = await openVolume(reader, disk, openers);
  const table = await readPartitionTable(source);
  if (!table || (whole.fileSystem && (await isWhole(whole, table, reader)))) {
    const notes =
      table && table.unknown.length > 0 ? [`${table.unknown[0]!.reason}: ${IF_THERE_WAS_A_TABLE}`] : [];
    return {
      volumes: [{ ...whole, notes: [...whole.notes, ...notes] }],
      structures: [],
      unknown: [],
      notes: [],
    };
  }
  const volumes: Volume[] = [];
  for (const partition of table.partitions) {
    volumes.push(
      await openVolume(reader.part(partition.first, onDisk(partition, reader)), partition, openers),
    );
  }
  const { structures, unknown, notes } = table;
  if (volumes.length > 0 || unknown.length === 0) return { volumes, structures, unknown, notes };
  // Of a disk whose table can't be read at least that much is listed.
  const why = unknown[0]!.reason;
  const lost: Volume = { ...disk, sectorCount: disk.count, kind: 'unknown', fileSystem: null, why, notes };
  return { volumes: [lost], structures, unknown: [], notes };
}

/** How many sectors of a partition the disk has. */
function onDisk({ first, count }: Partition, { sectorCount }: VolumeReader): number {
  return Math.max(0, Math.min(count, sectorCount - first));
}

/** Whether a file system over the whole disk is what counts, where there is a partition table too. */
async function isWhole(whole: Volume, table: PartitionTable, reader: VolumeReader): Promise<boolean> {
  if (table.partitions.length === 0) return true;
  if (BEGIN_AT_SECTOR_0.has(whole.kind) && (await hasBootSector(reader))) return true;
  for (const partition of table.partitions) {
    const count = onDisk(partition, reader);
    if (count > 0 && (await knownFormatAt(reader.part(partition.first, count)))) return false;
  }
  return true;
}
