import { visitPlaces } from './codec/v4';
import type { RemapEntry } from './entry';
import type { MetadataState } from './metadataState';
import { ownEntryCountOf } from './structure';

/** The sectors of a spare that data may have. */
export interface DataArea {
  /** The first sector above them. */
  readonly limit: number;
  /** Which spare of a pool it is: entries of other members lie elsewhere. */
  readonly memberIndex: number;
}

type Place = Pick<RemapEntry, 'spare' | 'member'>;

/** One above an entry's sector, or 0 if that isn't in the area: allocation need not go on above it then. */
export function endOfEntry({ spare, member = 0 }: Place, { limit, memberIndex }: DataArea): number {
  return member === memberIndex && spare < limit ? spare + 1 : 0;
}

/** The highest {@link endOfEntry} of the structure's own entries; 0 without any. */
export function endOfOwnEntries({ bytes, extras }: MetadataState, area: DataArea): number {
  const { division } = extras;
  let end = 0;
  visitPlaces(bytes, ownEntryCountOf(bytes), (place) => {
    end = Math.max(end, endOfEntry(division ? { ...place, member: area.memberIndex } : place, area));
  });
  return end;
}
