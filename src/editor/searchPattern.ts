import { createContext, Script } from 'node:vm';
import { RemapError } from '../engine';
import type { Direction, Wanted } from '../shared/protocol';
import type { Found, Matcher, Scan } from './matcher';
import { NeedleMatcher } from './needleScan';

/** The longest match of a regular expression. */
const MAX_EXPRESSION_BYTES = 4096;
/** How long an expression may take for one part of the disk: some take for ever. */
const EXPRESSION_MS = 2000;

/** @throws RemapError `EINVAL` for an expression that is none, or for nothing to look for */
export function matcherOf({ needles, expression }: Wanted): Matcher {
  if (expression) return new ExpressionMatcher(expression.source, expression.anyCase);
  if (needles.length === 0 || needles.some(({ bytes }) => bytes.length === 0)) {
    throw new RemapError('EINVAL', 'There is nothing to look for.');
  }
  const matchers = needles.map((needle) => new NeedleMatcher(needle));
  return matchers.length === 1 ? matchers[0]! : new AnyMatcher(matchers);
}

/**
 * Any of several needles. One that stands before another in the list is preferred where both match at overlapping places:
 * text in UTF-16 looks like that of the other byte order, a byte away.
 */
class AnyMatcher implements Matcher {
  readonly shortest: number;
  readonly longest: number;

  constructor(private readonly matchers: readonly Matcher[]) {
    this.shortest = Math.min(...matchers.map(({ shortest }) => shortest));
    this.longest = Math.max(...matchers.map(({ longest }) => longest));
  }

  scan(haystack: Buffer, direction: Direction): Scan {
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
  readonly shortest = 1;
  readonly longest = MAX_EXPRESSION_BYTES;
  readonly #expression: RegExp;
  readonly #context: { text?: string };

  constructor(source: string, anyCase: boolean) {
    try {
      this.#expression = new RegExp(utf8AsLatin1(source), anyCase ? 'gis' : 'gs');
    } catch (error) {
      throw new RemapError('EINVAL', `${(error as Error).message}.`, {}, { cause: error });
    }
    this.#context = createContext({ expression: this.#expression });
  }

  scan(haystack: Buffer, direction: Direction): Scan {
    const text = haystack.toString('latin1');
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
