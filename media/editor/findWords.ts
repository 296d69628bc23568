import type { Answers, NotSearched } from '../../src/shared/protocol';
import { SECTOR_SIZE } from '../../src/shared/protocol';
import { decimal, sectorNumbers, sizeNote } from './numberTexts';

/** What a search for one match says. */
export function describeMatch({ match, notSearched }: Answers<'search'>, sectorSize = SECTOR_SIZE): string {
  if (!match) return withNotSearched('Not found', notSearched, sectorSize);
  const sector = `${decimal(Math.floor(match.byteOffset / sectorSize))}${sizeNote(sectorSize)}`;
  return withNotSearched(`Sector ${sector}${match.wrapped ? ' (wrapped)' : ''}`, notSearched, sectorSize);
}

/** What a search for all matches says. */
export function describeAll(
  { matches, isComplete, notSearched }: Answers<'searchAll'>,
  sectorSize = SECTOR_SIZE,
): string {
  if (matches.length === 0) return withNotSearched('Not found', notSearched, sectorSize);
  const count = `${decimal(matches.length)} ${matches.length === 1 ? 'match' : 'matches'}`;
  const words = isComplete ? count : `the first ${count}; there are more`;
  return withNotSearched(words, notSearched, sectorSize);
}

/** Sectors that can't be read are of 512 bytes; those of another size are said in which they are. */
function withNotSearched(words: string, { sectorCount, runs }: NotSearched, sectorSize: number): string {
  if (sectorCount === 0) return words;
  const named = runs.map(([first, count]) => sectorNumbers(first, first + count, sectorSize, '–'));
  const namedCount = runs.reduce((sum, [, count]) => sum + count, 0);
  const list = `${named.join(', ')}${namedCount < sectorCount ? ' and others' : ''}`;
  const [noun, were] = sectorCount === 1 ? ['sector', 'was'] : ['sectors', 'were'];
  const isOther = sectorSize !== SECTOR_SIZE;
  const what = `${noun}${isOther ? ` of ${SECTOR_SIZE} bytes` : ''} could not be read and ${were} not searched`;
  return `${words} · ${decimal(sectorCount)} ${what}: ${isOther ? 'in ' : ''}${list}${sizeNote(sectorSize)}`;
}
