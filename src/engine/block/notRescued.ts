import type { SectorRange } from '../errors';
import { describeSectors } from './blockFailures';
import type { TaggedRange } from './rangeSet';

/** Why a sector was never rescued, as a rescue map has it: not tried, not trimmed, not scraped. */
export type NotRescuedStatus = '?' | '*' | '/';

/** The statuses by their tags: the higher the tag, the less is known of the sector. */
const STATUSES: readonly NotRescuedStatus[] = ['/', '*', '?'];

const WORDS: Readonly<Record<NotRescuedStatus, string>> = {
  '?': 'never tried',
  '*': 'not trimmed',
  '/': 'not scraped',
};

/** The tag of a sector that was not rescued. Of two in one sector the higher one counts. */
export function tagOfStatus(status: NotRescuedStatus): number {
  return STATUSES.indexOf(status);
}

/** The status of a tag that {@link tagOfStatus} made. */
export function statusOfTag(tag: number): NotRescuedStatus {
  return STATUSES[tag]!;
}

/** The status in words: `never tried`, `not trimmed`, `not scraped`. */
export function describeStatusOf(status: NotRescuedStatus): string {
  return WORDS[status];
}

/** What is said of runs that were not rescued, each tagged with its status: `sector 5 was not rescued: never tried`. */
export function describeNotRescued(runs: readonly TaggedRange[]): string {
  const byTag = new Map<number, SectorRange[]>();
  for (const { first, sectorCount, tag } of runs) {
    const list = byTag.get(tag);
    if (list) list.push([first, sectorCount]);
    else byTag.set(tag, [[first, sectorCount]]);
  }
  const parts = [...byTag].sort(([a], [b]) => b - a).map(([tag, list]) => describeRuns(list, tag));
  return parts.join('; ');
}

function describeRuns(runs: readonly SectorRange[], tag: number): string {
  const isOne = runs.length === 1 && runs[0]![1] === 1;
  return `${describeSectors(runs)} ${isOne ? 'was' : 'were'} not rescued: ${WORDS[statusOfTag(tag)]}`;
}
