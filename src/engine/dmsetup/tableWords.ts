import { RemapError } from '../errors';

/** A counter that the kernel prints with `%llu`: a number where that is exact, a bigint above 2^53. */
export type U64 = number | bigint;

/** Longest status or table line that is read, in characters. */
const LINE_LIMIT = 65_536;
const U64_MAX = 2n ** 64n - 1n;

/**
 * Characters that would end or split a word, and backslashes that a reader would take for one of our escapes. A
 * backslash of any other kind stays, so that names which libdm mangles (`\x20`) pass unchanged.
 */
const UNSAFE = /[^!-~\u0080-\uffff]|\\(?=0[0-3][0-7]|040|134|177)/g;
const ESCAPE = /\\(0[0-3][0-7]|040|134|177)/g;

/**
 * A path or name as one word of a status or table line: blanks and control characters become three octal digits
 * (`\040`), as in /proc/mounts. The kernel prints them raw, which makes lines that nothing can read back.
 */
export function escapeWord(text: string): string {
  return text.replace(UNSAFE, (char) => `\\${char.charCodeAt(0).toString(8).padStart(3, '0')}`);
}

/** The inverse of {@link escapeWord}. */
export function unescapeWord(word: string): string {
  return word.replace(ESCAPE, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}

/**
 * The words of one line; trailing newlines are allowed.
 * @throws RemapError `EINVAL` for more than one line, or one beyond 65,536 characters
 */
export function splitLine(text: string, what: string): string[] {
  if (text.length > LINE_LIMIT) {
    throw new RemapError('EINVAL', `${what} has at most ${LINE_LIMIT} characters, not ${text.length}`);
  }
  const line = text.replace(/[\r\n]+$/, '');
  if (/[\r\n]/.test(line)) throw new RemapError('EINVAL', `${what} is one line, not several`);
  return line.split(/[ \t]+/).filter((word) => word !== '');
}

/** Reads an unsigned 64-bit decimal number; undefined for anything else. */
export function parseU64(word: string): U64 | undefined {
  if (!/^\d{1,20}$/.test(word)) return undefined;
  const value = BigInt(word);
  if (value > U64_MAX) return undefined;
  return narrow(value);
}

/** A number where that is exact. */
export function narrow(value: bigint): U64 {
  return value <= BigInt(Number.MAX_SAFE_INTEGER) && value >= BigInt(Number.MIN_SAFE_INTEGER)
    ? Number(value)
    : value;
}

/** True for what `%llu` prints without loss. */
export function isU64(value: unknown): value is U64 {
  if (typeof value === 'bigint') return value >= 0n && value <= U64_MAX;
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
