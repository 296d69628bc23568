import { SECTOR_SIZE } from '../block/blockDevice';
import { isExtended, type MbrEntry, parseMbr } from './mbr';
import type { Partition, PartitionTable, UnknownPlace } from './partitionContracts';
import type { Structure } from './volumeContracts';
import { UnreadableError, type VolumeReader } from './volumeReader';

const FIRST_LOGICAL = 5;
/** More logical partitions than any program makes; a longer chain is taken for damaged. */
const MAX_LOGICAL = 256;

/** The partitions of an MBR, with the logical ones of its extended partition. */
export async function readMbrPartitions(
  reader: VolumeReader,
  entries: readonly MbrEntry[],
  unitBytes: number,
): Promise<PartitionTable> {
  const chain = new ExtendedChain(reader, unitBytes / SECTOR_SIZE);
  const primary = entries.flatMap((entry, i) =>
    entry.type === 0 || isExtended(entry.type) ? [] : [partitionOf(i + 1, entry, unitBytes / SECTOR_SIZE)],
  );
  for (const entry of entries) if (isExtended(entry.type)) await chain.follow(entry);
  return {
    scheme: 'mbr',
    unitBytes,
    partitions: [...primary, ...chain.partitions],
    structures: [{ what: 'mbr', range: [0, 1] }, ...chain.structures],
    unknown: chain.unknown,
    notes: chain.unknown.map(({ reason }) => `${reason}: logical partitions may be missing`),
  };
}

function partitionOf(index: number, { type, start, count }: MbrEntry, perUnit: number): Partition {
  const digits = type.toString(16).padStart(2, '0').toUpperCase();
  return { index, first: start * perUnit, count: count * perUnit, type: digits, name: '' };
}

/** The chain of records of an extended partition. Each is visited once, and the chain ends at what can't be right. */
class ExtendedChain {
  readonly partitions: Partition[] = [];
  readonly structures: Structure[] = [];
  readonly unknown: UnknownPlace[] = [];

  constructor(
    readonly reader: VolumeReader,
    readonly perUnit: number,
  ) {}

  async follow(extended: MbrEntry): Promise<void> {
    const visited = new Set<number>();
    for (let record: number | null = extended.start; record !== null; ) {
      if (!isInside(record, extended) || visited.has(record) || visited.size >= MAX_LOGICAL) {
        this.#end(
          "the chain of the extended partition leads to a place that can't be right",
          record,
          extended,
        );
        return;
      }
      visited.add(record);
      record = await this.#readRecord(record, extended);
    }
  }

  /** Takes one record. @returns the place of the next one; null at the end */
  async #readRecord(record: number, extended: MbrEntry): Promise<number | null> {
    const entries = await this.#entriesAt(record);
    if (!entries) {
      this.#end(
        `the record of logical partitions at sector ${record * this.perUnit} can't be read`,
        record,
        extended,
      );
      return null;
    }
    this.structures.push({ what: 'ebr', range: [record * this.perUnit, 1] });
    const [logical, next] = entries as [MbrEntry, MbrEntry];
    const start = record + logical.start;
    if (logical.type !== 0 && logical.count > 0 && isInside(start, extended)) {
      const index = FIRST_LOGICAL + this.partitions.length;
      this.partitions.push(partitionOf(index, { ...logical, start }, this.perUnit));
    }
    return isExtended(next.type) ? extended.start + next.start : null;
  }

  async #entriesAt(record: number): Promise<readonly MbrEntry[] | null> {
    try {
      return parseMbr(await this.reader.sectors(record * this.perUnit, 1, 'a record of logical partitions'));
    } catch (error) {
      if (error instanceof UnreadableError) return null;
      throw error;
    }
  }

  /** What follows in the extended partition is unknown. */
  #end(reason: string, record: number, extended: MbrEntry): void {
    const from = isInside(record, extended) ? record : extended.start;
    const count = extended.start + extended.count - from;
    this.unknown.push({ reason, range: [from * this.perUnit, count * this.perUnit] });
  }
}

function isInside(place: number, { start, count }: MbrEntry): boolean {
  return place >= start && place < start + count;
}
