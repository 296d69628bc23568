import { createContext, Script } from 'node:vm';
import { RemapError } from '../engine';
import type { Direction, Wanted } from '../shared/protocol';
import type { Found, Haystack, Matcher, Scan } from './matcher';
import { NeedleMatcher, patternBytesOf } from './needleScan';
import type { SearchMemory } from './searchMemory';

/** The longest match of a regular expression. */
const MAX_EXPRESSION_BYTES = 4096;
/** How long an expression may take for one part of the disk: some take for ever. */
const EXPRESSION_MS = 2000;

/**
 * The fewest and the most bytes that a match has, and how many of the search's memory it takes to look for it.
 * @throws RemapError `EINVAL` for nothing to look for
 */
export function sizesOf({ needles, expression }: Wanted): {
  shortest: number;
  longest: number;
  patternBytes: number;
} {
  if (expression) return { shortest: 1, longest: MAX_EXPRESSION_BYTES, patternBytes: 0 };
  const lengths = needles.map(({ bytes }) => bytes.length);
  if (lengths.length === 0 || lengths.includes(0)) {
    throw new RemapError('EINVAL', 'There is nothing to look for.');
  }
  const patternBytes = needles.reduce((sum, needle) => sum + patternBytesOf(needle), 0);
  return { shortest: Math.min(...lengths), longest: Math.max(...lengths), patternBytes };
}

/** @throws RemapError `EINVAL` for an expression that is none */
export function matcherOf({ needles, expression }: Wanted, memory: SearchMemory): Matcher {
  if (expression) return new ExpressionMatcher(expression.source, expression.anyCase, memory);
  const matchers = needles.map((needle) => new NeedleMatcher(needle, memory));
  return matchers.length === 1 ? matchers[0]! : new AnyMatcher(matchers);
}

/**
 * Any of several needles. One that stands before another in the list is preferred where both match at overlapping places:
 * text in UTF-16 looks like that of the other byte order, a byte away.
 */
class AnyMatcher implements Matcher {
  constructor(private readonly matchers: readonly Matcher[]) {}

  scan(haystack: Haystack, direction: Direction): Scan {
    const scans = this.matchers.map((matcher) => matcher.scan(haystack, direction));
    const find = (start: number, end: number): Found | null => {
      let best: Found | null = null;
      for (const scan of scans) {
        // What lies beyond the best match so far isn't looked at.
        const from: number = best && direction === 'previous' ? best.at + best.length : start;
        const to: number = best && direction === 'next' ? best.at : end;
        const found = scan.find(from, to);
        if (found && (!best || direction === 'previous' || found.at + found.length <= best.at)) best = found;
      }
      return best;
    };
    return { find };
  }
}

/** A regular expression, on bytes taken as the characters of the same numbers (Latin-1). */
class ExpressionMatcher implements Matcher {
  readonly #expression: RegExp;
  readonly #context: { text?: string };

  constructor(
    source: string,
    anyCase: boolean,
    private readonly memory: SearchMemory,
  ) {
    try {
      this.#expression = new RegExp(utf8AsLatin1(source), anyCase ? 'gis' : 'gs');
    } catch (error) {
      throw new RemapError('EINVAL', `${(error as Error).message}.`, {}, { cause: error });
    }
    this.#context = createContext({ expression: this.#expression });
  }

  scan({ place, byteCount }: Haystack, direction: Direction): Scan {
    const text = this.memory.view(place, byteCount).toString('latin1');
    return { find: (start, end) => this.#find(text, start, end, direction) };
  }

  #find(text: string, start: number, end: number, direction: Direction): Found | null {
    let found: Found | null = null;
    for (let from = start; from < end; ) {
      const match = this.#exec(text, from);
      if (!match || match.index >= end) break;
      const { length } = match[0];
      if (length > 0 && length <= MAX_EXPRESSION_BYTES) {
        found = { at: match.index, length };
        if (direction === 'next') break;
      }
      from = match.index + 1;
    }
    return found;
  }

  /** Runs the expression for a bounded time: one that takes for ever would stop everything. */
  #exec(text: string, from: number): RegExpExecArray | null {
    this.#expression.lastIndex = from;
    this.#context.text = text;
    try {
      return EXEC.runInContext(this.#context, { timeout: EXPRESSION_MS }) as RegExpExecArray | null;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
      const message = 'The regular expression takes too long: make it simpler.';
      throw new RemapError('EINVAL', message, {}, { cause: error });
    }
  }
}

const EXEC = new Script('expression.exec(text)');

/** Text on disks is UTF-8 mostly: its characters beyond ASCII stand there as several bytes. */
function utf8AsLatin1(source: string): string {
  return source.replace(/[^\0-\x7f]+/gu, (text) => {
    const bytes = Buffer.from(text).toString('latin1');
    return [...text].length === 1 ? `(?:${bytes})` : bytes;
  });
}
