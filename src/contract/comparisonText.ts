import type { Comparison, SectorRange } from '../engine';
import { formatFacts } from './reportText';
import { formatSize, plural } from './wording';

/** Whether two disks are the same, as far as can be known. */
export function isEqual(found: Comparison): boolean {
  const { firstSectorCount, secondSectorCount, differingSectors, unreadableSectors } = found;
  return firstSectorCount === secondSectorCount && differingSectors + unreadableSectors === 0;
}

/** What comparing two disks found: facts, and a line for each run that isn't equal. */
export function formatComparison(found: Comparison, first: string, second: string): string {
  const { firstSectorCount, secondSectorCount, differingSectors, unreadableSectors } = found;
  const size = (count: number) => `${plural(count, 'sector')}, ${formatSize(count)}`;
  const facts = formatFacts([
    ['First', `${first} (${size(firstSectorCount)})`],
    ['Second', `${second} (${size(secondSectorCount)})`],
    ['Equal', plural(found.equalSectors, 'sector')],
    ['Differing', plural(differingSectors, 'sector')],
    ["Can't be read", plural(unreadableSectors, 'sector')],
    ...(firstSectorCount === secondSectorCount
      ? []
      : [['Only in one', longerText(firstSectorCount, secondSectorCount)] as const]),
  ]);
  const lines = linesOf(found);
  return lines === '' ? facts : `${facts}\n${lines}`;
}

function longerText(first: number, second: number): string {
  return `${plural(Math.abs(first - second), 'sector')} at the end of the ${first > second ? 'first' : 'second'}`;
}

function linesOf(found: Comparison): string {
  const listed = [
    ...found.differing.map((range) => ({ range, what: 'differs' })),
    ...found.unreadableInFirst.map((range) => ({ range, what: "can't be read in the first" })),
    ...found.unreadableInSecond.map((range) => ({ range, what: "can't be read in the second" })),
  ].sort((a, b) => a.range[0] - b.range[0]);
  const lines = listed.map(({ range, what }) => `${rangeText(range)}  ${what}\n`).join('');
  const isCut =
    countOf(found.differing) < found.differingSectors || countOf(found.unreadable) < found.unreadableSectors;
  return isCut ? `${lines}More than these are there: only the first of them are listed.\n` : lines;
}

function countOf(ranges: readonly SectorRange[]): number {
  return ranges.reduce((sum, [, count]) => sum + count, 0);
}

function rangeText([first, count]: SectorRange): string {
  return count === 1 ? String(first) : `${first}-${first + count - 1}`;
}
