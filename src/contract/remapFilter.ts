import { RemapError, type RemapFilter } from '../engine';
import { parseRanges } from './typedInput';

/** How a filter of remaps is typed, for the box that asks for it. */
export const FILTER_HINT = 'such as 1000-2000 spare:1280+100 errors:2+ member:0 since:2h until:2026-12-31';

const UNITS_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** What may stand before a colon, and what it makes of the value. */
const TERMS: Readonly<Record<string, (value: string, now: number) => RemapFilter>> = {
  sector: (value) => ({ originals: parseRanges(value, Number.MAX_SAFE_INTEGER) }),
  spare: (value) => ({ spares: parseRanges(value, Number.MAX_SAFE_INTEGER) }),
  errors: readErrors,
  member: (value) => ({ member: readWhole(value, 'member is the number of a spare, such as member:1') }),
  since: (value, now) => ({ since: readTime(value, now) }),
  until: (value, now) => ({ until: readTime(value, now) }),
};

/**
 * Reads a filter of remaps as people type it: terms with blanks between them, each given once, all of which an entry must
 * fit. Bare sectors are original ones. An empty text lets every entry through.
 * @param now milliseconds since 1970, from which `since:2h` counts back
 * @throws RemapError `EINVAL`
 */
export function parseRemapFilter(text: string, now: number): RemapFilter {
  const words = text
    .replaceAll(/\s*,\s*/g, ',')
    .split(/\s+/)
    .filter((word) => word !== '');
  const terms = words.map(splitTerm);
  const names = terms.map(([name]) => name);
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice !== undefined) {
    throw new RemapError(
      'EINVAL',
      `"${twice}:" is given twice; a list of sectors has commas, such as 1000,2000-2010`,
    );
  }
  return Object.assign({}, ...terms.map((term) => readTerm(term, now))) as RemapFilter;
}

type Term = readonly [name: string, value: string];

function splitTerm(word: string): Term {
  const colon = word.indexOf(':');
  return [colon === -1 ? 'sector' : word.slice(0, colon).toLowerCase(), word.slice(colon + 1)];
}

function readTerm([name, value]: Term, now: number): RemapFilter {
  const read = Object.hasOwn(TERMS, name) ? TERMS[name] : undefined;
  if (read) return read(value, now);
  throw new RemapError(
    'EINVAL',
    `"${name}:" is none of ${Object.keys(TERMS).join(', ')}, which a filter of remaps knows`,
  );
}

function readErrors(value: string): RemapFilter {
  const match = /^(\d+)(?:(\+)|-(\d+))?$/.exec(value);
  if (!match) throw new RemapError('EINVAL', 'errors are typed as errors:2, errors:2+ or errors:2-5');
  const minErrors = Number(match[1]);
  if (match[2]) return { minErrors };
  return { minErrors, maxErrors: Number(match[3] ?? match[1]) };
}

function readWhole(value: string, problem: string): number {
  if (/^\d+$/.test(value)) return Number(value);
  throw new RemapError('EINVAL', problem);
}

/** A time ago (`30m`, `2h`, `7d`), or a local date with or without a time. */
function readTime(value: string, now: number): number {
  const ago = /^(\d+)([mhd])$/i.exec(value);
  if (ago) return now - Number(ago[1]) * UNITS_MS[ago[2]!.toLowerCase()]!;
  const isDate = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?)?$/.test(value);
  const time = isDate ? new Date(value.includes('T') ? value : `${value}T00:00`).getTime() : Number.NaN;
  if (!Number.isNaN(time)) return time;
  throw new RemapError('EINVAL', 'a time is typed as 2h (ago), 7d, 2026-12-31 or 2026-12-31T10:00');
}
