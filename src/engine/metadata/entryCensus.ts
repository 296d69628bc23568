import { METADATA_SECTORS, visitPlaces } from './codec/v4';
import type { RemapEntry } from './entry';
import type { MetadataState } from './metadataState';
import { inlineCountOf } from './structure';
import { extentRanges } from './tableExtents';

/** The disks that entries point to. */
export interface Disks {
  readonly mainSectorCount: number;
  readonly spareSectorCount: number;
  /** Which spare of a pool the metadata are on: entries of other members lie elsewhere. */
  readonly memberIndex: number;
}

/** Entries of a structure's own table that only a kernel or a person makes. */
export interface EntryCensus {
  /**
   * Entries whose data lie where metadata are: in the copies, or in the large table. Writing either would destroy the
   * other (R9).
   */
  readonly unsafe: number;
  /** Entries whose sectors lie outside main or the spare, as dm-remap's `test_remap` makes them. */
  readonly stray: number;
}

export function takeCensus({ bytes, table }: MetadataState, disks: Disks): EntryCensus {
  const tableRanges = table.extents.flatMap(extentRanges);
  let unsafe = 0;
  let stray = 0;
  visitPlaces(bytes, inlineCountOf(bytes), (place) => {
    const { original, spare } = place;
    const isHere = isOnSpare(place, disks);
    const isInTable = tableRanges.some(([first, count]) => spare >= first && spare < first + count);
    if (isHere && (spare < METADATA_SECTORS || isInTable)) unsafe++;
    if (original >= disks.mainSectorCount || (isHere && spare >= disks.spareSectorCount)) stray++;
  });
  return { unsafe, stray };
}

/** Where allocation may go on after an entry: behind its sector, unless that isn't on the spare or is the table's. */
export function endOfEntry(entry: Pick<RemapEntry, 'spare' | 'member'>, limit: number, disks: Disks): number {
  return isOnSpare(entry, disks) && entry.spare < limit ? entry.spare + 1 : 0;
}

function isOnSpare(entry: Pick<RemapEntry, 'member'>, { memberIndex }: Disks): boolean {
  return (entry.member ?? 0) === memberIndex;
}
