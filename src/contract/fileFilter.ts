import { RemapError } from '../engine';

/** How a filter of files is typed, for the box that asks for it. */
export const FILE_FILTER_HINT = 'such as is:damaged *.jpg holiday';

const STANDINGS = ['damaged', 'remapped'] as const;
type FileStanding = (typeof STANDINGS)[number];

/** Which files of a volume are listed. */
export interface FileFilter {
  /** As it was typed; empty: every file, folder by folder. */
  readonly text: string;
  /** What a file must be, all of these. */
  readonly standings: readonly FileStanding[];
  /** Whether a path fits the words of the filter. */
  fits(path: string): boolean;
}

/** Lets every file through. */
export const NO_FILE_FILTER: FileFilter = { text: '', standings: [], fits: () => true };

/**
 * Reads a filter of files as people type it: words with blanks between them, all of which must be in the path, in any case.
 * In a word `*` stands for any characters and `?` for one; such a word is the whole name of a file. `is:damaged` and
 * `is:remapped` say what a file must be.
 * @throws RemapError `EINVAL`
 */
export function parseFileFilter(typed: string): FileFilter {
  const text = typed.trim();
  const words = text.split(/\s+/).filter((word) => word !== '');
  const isStanding = (word: string) => /^is:/i.test(word);
  const tests = words.filter((word) => !isStanding(word)).map(testOf);
  const standings = words.filter(isStanding).map(standingOf);
  return { text, standings, fits: (path) => tests.every((test) => test(path)) };
}

function standingOf(word: string): FileStanding {
  const name = word.slice('is:'.length).toLowerCase();
  const standing = STANDINGS.find((each) => each === name);
  if (standing) return standing;
  throw new RemapError('EINVAL', `"${word}" is neither is:damaged nor is:remapped`);
}

function testOf(word: string): (path: string) => boolean {
  if (!/[*?]/.test(word)) {
    const lower = word.toLowerCase();
    return (path) => path.toLowerCase().includes(lower);
  }
  const source = [...word].map((sign) => (sign === '*' ? '.*' : sign === '?' ? '.' : quoted(sign))).join('');
  const pattern = new RegExp(`^${source}$`, 'isu');
  return (path) => pattern.test(path.slice(path.lastIndexOf('/') + 1));
}

function quoted(sign: string): string {
  return /[\\^$.|+()[\]{}/]/.test(sign) ? `\\${sign}` : sign;
}
