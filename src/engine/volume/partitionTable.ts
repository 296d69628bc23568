import { SECTOR_SIZE } from '../block/blockDevice';
import { readGpt } from './gpt';
import { isExtended, isProtective, type MbrEntry, parseMbr } from './mbr';
import { readMbrPartitions } from './mbrPartitions';
import type { PartitionTable, TableScheme } from './partitionContracts';
import { knownFormatAt } from './recognize';
import type { SectorSource } from './volumeContracts';
import { UnreadableError, VolumeReader } from './volumeReader';

/** The sizes of a sector that disks have had, the likely ones first. */
const UNITS = [512, 4096, 1024, 2048] as const;

/**
 * Reads the partition table of a disk: a GPT, from its backup when the first can't be used, or an MBR with the chain of its
 * extended partition. A GPT wins over an MBR that says that there is one; an old GPT under a later MBR doesn't count.
 * @returns null when the disk has none; a table of which all is unknown when that can't be told
 */
export async function readPartitionTable(source: SectorSource): Promise<PartitionTable | null> {
  const reader = new VolumeReader(source, 0, source.sectorCount);
  const mbr = await mbrOf(reader);
  const isHybrid = mbr !== 'unreadable' && (mbr?.some(isProtective) ?? false);
  if (mbr && mbr !== 'unreadable' && !isHybrid && mbr.some(({ type }) => type !== 0)) {
    const { unitBytes, isSure } = await mbrUnit(reader, mbr);
    if (fits(mbr, unitBytes, isSure ? Number.POSITIVE_INFINITY : reader.sectorCount))
      return readMbrPartitions(reader, mbr, unitBytes);
  }
  const gpt = await readGpt(reader, UNITS, isHybrid || mbr === 'unreadable');
  if (gpt) return gpt;
  if (isHybrid) return unknownTable(reader, 'gpt', 'both copies of the GPT');
  return mbr === 'unreadable' ? unknownTable(reader, 'mbr', 'the sector of the partition table') : null;
}

/** The entries of the MBR; null where sector 0 holds none. */
async function mbrOf(reader: VolumeReader): Promise<readonly MbrEntry[] | null | 'unreadable'> {
  try {
    return parseMbr(await reader.sectors(0, 1, 'the partition table'));
  } catch (error) {
    if (error instanceof UnreadableError) return 'unreadable';
    throw error;
  }
}

function unknownTable({ sectorCount }: VolumeReader, scheme: TableScheme, what: string): PartitionTable {
  const reason = `${what} can't be read`;
  return {
    scheme,
    unitBytes: SECTOR_SIZE,
    partitions: [],
    structures: [],
    unknown: [{ reason, range: [0, sectorCount] }],
    notes: [`${reason}: which partitions there are is unknown`],
  };
}

/** The unit in which an MBR counts: nothing in it says so, but a file system where an entry begins does. */
async function mbrUnit(
  reader: VolumeReader,
  entries: readonly MbrEntry[],
): Promise<{ readonly unitBytes: number; readonly isSure: boolean }> {
  for (const unitBytes of [512, 4096]) {
    const perUnit = unitBytes / SECTOR_SIZE;
    for (const { type, start, count } of entries) {
      if (type === 0 || isExtended(type) || start * perUnit >= reader.sectorCount) continue;
      const sectors = Math.min(count * perUnit, reader.sectorCount - start * perUnit);
      if (await knownFormatAt(reader.part(start * perUnit, sectors))) return { unitBytes, isSure: true };
    }
  }
  return { unitBytes: SECTOR_SIZE, isSure: false };
}

/**
 * Whether the entries can be a table's: a boot sector without a table has the same signature. Each begins on the disk, and
 * none overlaps another; the end of one may be beyond the end of an image that was cut off.
 * @param sectorCount of the disk; infinite where a file system begins where an entry says: then the disk was cut off
 */
function fits(entries: readonly MbrEntry[], unitBytes: number, sectorCount: number): boolean {
  const used = entries.filter(({ type }) => type !== 0).sort((a, b) => a.start - b.start);
  const perUnit = unitBytes / SECTOR_SIZE;
  return used.every(({ start, count }, i) => {
    const next = used[i + 1];
    return start > 0 && count > 0 && start * perUnit < sectorCount && (!next || start + count <= next.start);
  });
}
