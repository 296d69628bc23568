import { RemapError } from '../errors';
import { textBytes } from './textEncoding';

const NEWLINE = 0x0a;
const HASH = 0x23;
const PLUS = 0x2b;
const ZERO = 0x30;
const LOWER_X = 0x78;
const CASE_BIT = 0x20;

/** The largest number that the tools' own 64-bit integers hold; larger ones are read as this one, as `scanf` does. */
export const LARGEST_INTEGER = 2n ** 63n - 1n;

/**
 * Reads a text line by line and word by word, straight from its bytes, so that millions of lines cost neither strings
 * nor objects. Text is taken as Latin-1, so that each byte comes back as it was; a byte order mark of UTF-8 is skipped.
 */
export class LineScanner {
  /** Number of the current line, from 1. */
  line = 0;
  /** The exact value of the last integer when {@link integer} answered infinity. */
  largeInteger = 0n;
  #lineStart = 0;
  #at = 0;
  #end = 0;
  #next = 0;
  private readonly bytes: Uint8Array;

  /** @throws RemapError `EINVAL` for UTF-16 */
  constructor(
    bytes: Uint8Array,
    private readonly path: string,
  ) {
    this.bytes = textBytes(bytes, path);
  }

  /** Goes to the next line; false when there is none. */
  nextLine(): boolean {
    if (this.#next >= this.bytes.length) return false;
    const newline = this.bytes.indexOf(NEWLINE, this.#next);
    this.#end = newline < 0 ? this.bytes.length : newline;
    this.#lineStart = this.#next;
    this.#at = this.#next;
    this.#next = this.#end + 1;
    this.line++;
    return true;
  }

  /** Goes to the text of the next line that is neither empty nor a comment; false when there is none. */
  nextEntry(): boolean {
    while (this.nextLine()) {
      this.skipBlanks();
      if (!this.isAtEnd && !this.isAtComment) return true;
    }
    return false;
  }

  /** The whole current line, without its end. */
  get text(): string {
    const text = this.#latin1(this.#lineStart, this.#end);
    return text.endsWith('\r') ? text.slice(0, -1) : text;
  }

  /** What follows in the current line, without blanks around it. */
  get rest(): string {
    return this.#latin1(this.#at, this.#end).trim();
  }

  /** Skips blanks; false if there was none and the line goes on. */
  skipBlanks(): boolean {
    const before = this.#at;
    while (this.#at < this.#end && isBlank(this.bytes[this.#at]!)) this.#at++;
    return this.#at > before || this.#at === this.#end;
  }

  /** Whether the line ends here; call it after {@link skipBlanks}. */
  get isAtEnd(): boolean {
    return this.#at === this.#end;
  }

  /** Whether a comment begins here; call it after {@link skipBlanks}. */
  get isAtComment(): boolean {
    return this.bytes[this.#at] === HASH && this.#at < this.#end;
  }

  /** Takes one character; empty at the end of the line. */
  character(): string {
    return this.#at < this.#end ? String.fromCharCode(this.bytes[this.#at++]!) : '';
  }

  /** Takes a non-negative decimal integer; `NaN` if there is none here, infinity if it isn't a safe integer. */
  decimal(): number {
    return this.#digits(10);
  }

  /** Takes a non-negative integer as C has it: `0x…` is hexadecimal, `0…` octal. Otherwise as {@link decimal}. */
  integer(): number {
    if (this.bytes[this.#at] === PLUS) this.#at++;
    if (this.#peek(0) !== ZERO) return this.#digits(10);
    if ((this.#peek(1) | CASE_BIT) !== LOWER_X) return this.#digits(8);
    this.#at += 2;
    const value = this.#digits(16);
    return Number.isNaN(value) ? 0 : value;
  }

  /** An error about the current line. */
  invalid(problem: string): RemapError {
    return new RemapError('EINVAL', `${this.path}, line ${this.line}: ${problem}`, {
      path: this.path,
      line: this.line,
    });
  }

  #peek(offset: number): number {
    return this.#at + offset < this.#end ? this.bytes[this.#at + offset]! : 0;
  }

  #digits(base: 8 | 10 | 16): number {
    const start = this.#at;
    let value = 0;
    for (; this.#at < this.#end; this.#at++) {
      const digit = digitOf(this.bytes[this.#at]!);
      if (digit >= base) break;
      value = value * base + digit;
    }
    if (this.#at === start) return Number.NaN;
    if (value <= Number.MAX_SAFE_INTEGER) return value;
    this.largeInteger = value >= 2 ** 63 ? LARGEST_INTEGER : this.#exact(start, base);
    return Number.POSITIVE_INFINITY;
  }

  /** The value of the digits from `start` on, which is below 2^63. There may be any number of leading zeros. */
  #exact(start: number, base: 8 | 10 | 16): bigint {
    let first = start;
    while (this.bytes[first] === ZERO) first++;
    const digits = this.#latin1(first, this.#at);
    return BigInt(base === 10 ? digits : `${base === 16 ? '0x' : '0o'}${digits}`);
  }

  #latin1(from: number, to: number): string {
    return Buffer.from(this.bytes.buffer, this.bytes.byteOffset + from, to - from).toString('latin1');
  }
}

function isBlank(byte: number): boolean {
  return byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);
}

function digitOf(byte: number): number {
  if (byte >= ZERO && byte <= 0x39) return byte - ZERO;
  const letter = byte | CASE_BIT;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : 16;
}
