import type { Answers, NotSearched } from '../../src/shared/protocol';
import { SECTOR_SIZE } from '../../src/shared/protocol';
import { decimal } from './numberTexts';

/** What a search for one match says. */
export function describeMatch({ match, notSearched }: Answers<'search'>): string {
  if (!match) return withNotSearched('Not found', notSearched);
  const sector = decimal(Math.floor(match.byteOffset / SECTOR_SIZE));
  return withNotSearched(`Sector ${sector}${match.wrapped ? ' (wrapped)' : ''}`, notSearched);
}

/** What a search for all matches says. */
export function describeAll({ matches, isComplete, notSearched }: Answers<'searchAll'>): string {
  if (matches.length === 0) return withNotSearched('Not found', notSearched);
  const count = `${decimal(matches.length)} ${matches.length === 1 ? 'match' : 'matches'}`;
  return withNotSearched(isComplete ? count : `the first ${count}; there are more`, notSearched);
}

function withNotSearched(words: string, { sectorCount, runs }: NotSearched): string {
  if (sectorCount === 0) return words;
  const named = runs.map(([first, count]) =>
    count === 1 ? decimal(first) : `${decimal(first)}–${decimal(first + count - 1)}`,
  );
  const namedCount = runs.reduce((sum, [, count]) => sum + count, 0);
  const list = `${named.join(', ')}${namedCount < sectorCount ? ' and others' : ''}`;
  const what = sectorCount === 1 ? 'sector could not be read and was' : 'sectors could not be read and were';
  return `${words} · ${decimal(sectorCount)} ${what} not searched: ${list}`;
}
