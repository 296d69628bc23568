import { createContext, Script } from 'node:vm';
import { RemapError } from '../engine';
import type { Direction, Needle, Wanted } from '../shared/protocol';

/** Where a match begins in a haystack, and how long it is. */
export interface Found {
  readonly at: number;
  readonly length: number;
}

/** Bytes that are searched, and the same in other forms once they are asked for. */
export class Haystack {
  #folded: Buffer | null = null;
  #text: string | null = null;

  constructor(readonly bytes: Buffer) {}

  /** With letters (ASCII) in lower case. */
  get folded(): Buffer {
    this.#folded ??= foldCase(this.bytes);
    return this.#folded;
  }

  /** Each byte as the character of the same number (Latin-1). */
  get text(): string {
    this.#text ??= this.bytes.toString('latin1');
    return this.#text;
  }
}

/** What is looked for, ready to be looked for. */
export interface Matcher {
  /** The fewest and the most bytes that a match has. */
  readonly shortest: number;
  readonly longest: number;
  /** The first (or last) match that begins in `[start, end)` of the haystack and lies inside it; null: none. */
  find(haystack: Haystack, start: number, end: number, direction: Direction): Found | null;
}

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

/** Bytes, some of which may be any (by a mask), or letters of any case (ASCII). */
class NeedleMatcher implements Matcher {
  readonly shortest: number;
  readonly longest: number;
  readonly #bytes: Uint8Array;
  readonly #mask: Uint8Array | null;
  readonly #anyCase: boolean;
  /** The longest run of bytes that are known: it is looked for, and the rest compared. */
  readonly #anchor: { readonly offset: number; readonly bytes: Uint8Array };

  constructor({ bytes, mask, anyCase }: Needle) {
    this.#anyCase = anyCase;
    this.#bytes = anyCase ? foldCase(Buffer.from(bytes)) : bytes;
    this.#mask = mask;
    this.#anchor = anchorOf(this.#bytes, mask);
    this.shortest = bytes.length;
    this.longest = bytes.length;
  }

  find(haystack: Haystack, start: number, end: number, direction: Direction): Found | null {
    const { offset, bytes: anchor } = this.#anchor;
    const bytes = this.#anyCase ? haystack.folded : haystack.bytes;
    const last = Math.min(end - 1, bytes.length - this.longest);
    if (anchor.length === 0) return this.#compareAll(bytes, start, last, direction);
    let at = direction === 'next' ? start : last;
    while (at >= start && at <= last) {
      const place =
        direction === 'next' ? bytes.indexOf(anchor, at + offset) : bytes.lastIndexOf(anchor, at + offset);
      at = place - offset;
      if (place < 0 || at < start || at > last) return null;
      if (this.#fits(bytes, at)) return { at, length: this.longest };
      at += direction === 'next' ? 1 : -1;
    }
    return null;
  }

  #compareAll(bytes: Buffer, start: number, last: number, direction: Direction): Found | null {
    const step = direction === 'next' ? 1 : -1;
    for (let at = direction === 'next' ? start : last; at >= start && at <= last; at += step) {
      if (this.#fits(bytes, at)) return { at, length: this.longest };
    }
    return null;
  }

  #fits(bytes: Buffer, at: number): boolean {
    const mask = this.#mask;
    if (mask === null) return true;
    for (let i = 0; i < this.#bytes.length; i++) {
      if (((bytes[at + i]! ^ this.#bytes[i]!) & mask[i]!) !== 0) return false;
    }
    return true;
  }
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

  find(haystack: Haystack, start: number, end: number, direction: Direction): Found | null {
    let best: Found | null = null;
    for (const matcher of this.matchers) {
      // What lies beyond the best match so far isn't looked at.
      const from: number = best && direction === 'previous' ? best.at + best.length : start;
      const to: number = best && direction === 'next' ? best.at : end;
      const found = matcher.find(haystack, from, to, direction);
      if (found && (!best || direction === 'previous' || found.at + found.length <= best.at)) best = found;
    }
    return best;
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

  find({ text }: Haystack, start: number, end: number, direction: Direction): Found | null {
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

function anchorOf(bytes: Uint8Array, mask: Uint8Array | null): { offset: number; bytes: Uint8Array } {
  let best = { offset: 0, length: 0 };
  for (let start = 0; start < bytes.length; ) {
    let end = start;
    while (end < bytes.length && (mask === null || mask[end] === 0xff)) end++;
    if (end - start > best.length) best = { offset: start, length: end - start };
    start = end + 1;
  }
  return { offset: best.offset, bytes: bytes.subarray(best.offset, best.offset + best.length) };
}

const LOWER = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte,
);

function foldCase(bytes: Buffer): Buffer {
  const folded = Buffer.allocUnsafe(bytes.length);
  for (let i = 0; i < bytes.length; i++) folded[i] = LOWER[bytes[i]!]!;
  return folded;
}

/** Text on disks is UTF-8 mostly: its characters beyond ASCII stand there as several bytes. */
function utf8AsLatin1(source: string): string {
  return source.replace(/[^\0-\x7f]+/gu, (text) => {
    const bytes = Buffer.from(text).toString('latin1');
    return [...text].length === 1 ? `(?:${bytes})` : bytes;
  });
}
