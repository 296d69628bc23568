import { formatSize, plural } from '../contract/wording';
import type { ComparisonScan } from './comparisonScan';

type Told = Pick<
  ComparisonScan,
  'state' | 'failure' | 'fraction' | 'nextSector' | 'sectorCount' | 'differences'
>;

/**
 * How a comparison goes, in words for the status of one of its two editors:
 * `Compared with pair main: 2 differences in 5 sectors · 1 sector unknown`.
 * @param firstSector where the compared sectors of that editor begin
 * @param sizes how many sectors each of the sides has
 */
export function comparisonWords(
  scan: Told,
  other: string,
  firstSector: number,
  sizes: { readonly own: number; readonly other: number },
): string {
  const { state, differences } = scan;
  const parts = [foundWords(scan)];
  if (differences.counts.unknown > 0)
    parts.push(`${plural(differences.counts.unknown, 'sector')} unknown, which can’t be read in one or both`);
  const alone = sizes.own - sizes.other;
  if (alone !== 0) {
    const count = Math.abs(alone);
    parts.push(
      `${plural(count, 'sector')} (${formatSize(count)}) at the end only ${alone > 0 ? 'here' : 'there'}`,
    );
  }
  if (state === 'looking') parts.push(`looking, ${Math.floor(scan.fraction * 100)} %`);
  if (state === 'stopped')
    parts.push(
      differences.isFull
        ? `stopped before sector ${firstSector + scan.nextSector}: these are too many`
        : `stopped before sector ${firstSector + scan.nextSector}`,
    );
  if (state === 'failed') parts.push(`stopped: ${scan.failure.replace(/\.$/, '')}`);
  return `Compared with ${other}: ${parts.join(' · ')}`;
}

function foundWords({ state, differences }: Told): string {
  const { runs, sectors } = differences.counts;
  const isFinal = state === 'done';
  if (runs === 0) return isFinal ? 'no difference' : 'no difference so far';
  return `${plural(runs, 'difference')} in ${plural(sectors, 'sector')}${isFinal ? '' : ' so far'}`;
}
