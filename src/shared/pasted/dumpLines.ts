import { MAX_EDIT_BYTES } from '../protocol';
import { joined, type Reading, TOO_MANY } from './reading';

/** One line of a dump: bytes at an offset, "the line before once more, up to the next offset", or the end of the bytes. */
export type DumpLine =
  | { readonly kind: 'bytes'; readonly offset: number; readonly bytes: Uint8Array }
  | { readonly kind: 'repeat' }
  | { readonly kind: 'end'; readonly offset: number };

/** A line that can't be read: what is wrong with it. */
export type WrongLine = { readonly kind: 'wrong'; readonly message: string };

/** The lines of a text with their numbers, blank ones left out. */
export function linesOf(text: string): { readonly number: number; readonly line: string }[] {
  return text
    .split(/\r\n|\r|\n/)
    .map((line, i) => ({ number: i + 1, line: line.trimEnd() }))
    .filter(({ line }) => line !== '');
}

/**
 * Reads the lines of a dump. Each must go on where the one before ended: an offset that leaves a gap, or goes back, says that
 * a part is missing, and nothing is made up for it.
 * @param endsPadded whether the last line may have a zero more than the bytes have, which the end tells (`hexdump`)
 */
export function readDump(
  text: string,
  parse: (line: string) => DumpLine | WrongLine,
  endsPadded = false,
): Reading {
  const dump = new DumpBytes(endsPadded);
  for (const { number, line } of linesOf(text)) {
    const parsed = parse(line);
    const problem = parsed.kind === 'wrong' ? parsed.message : dump.add(parsed);
    if (problem !== null) return { message: `Line ${number} of the dump: ${problem}.` };
    if (dump.byteCount > MAX_EDIT_BYTES) return TOO_MANY;
  }
  return dump.finish();
}

/** The bytes of a dump, line by line. Methods return what is wrong, or null. */
class DumpBytes {
  readonly #parts: Uint8Array[] = [];
  byteCount = 0;
  #next: number | null = null;
  #repeats = false;
  #hasEnded = false;

  constructor(private readonly endsPadded: boolean) {}

  add(line: DumpLine): string | null {
    if (this.#hasEnded) return 'it follows the end of the dump';
    if (line.kind === 'repeat') return this.#repeat();
    const problem = this.#goTo(line);
    if (problem !== null) return problem;
    if (line.kind === 'end') this.#hasEnded = true;
    else {
      this.#push(line.bytes);
      this.#next = line.offset + line.bytes.length;
    }
    return null;
  }

  finish(): Reading {
    if (this.#repeats) {
      return { message: 'The dump ends with “*”: the line after it, which says up to where, is missing.' };
    }
    const last = this.#parts.at(-1);
    if (!last) return { message: 'The dump has no bytes.' };
    if (this.endsPadded && !this.#hasEnded && last.at(-1) === 0) {
      return {
        message:
          'The last line of the dump, which has only an offset, is missing: without it the last zero may be none of the bytes.',
      };
    }
    return { bytes: joined(this.#parts) };
  }

  #repeat(): string | null {
    if (this.#parts.length === 0) return '“*” repeats a line, and there is none before it';
    this.#repeats = true;
    return null;
  }

  /** Fills what “*” repeats up to a line, and checks that the line begins where the bytes end. */
  #goTo(line: Exclude<DumpLine, { kind: 'repeat' }>): string | null {
    const next = this.#next;
    if (next === null) return line.kind === 'end' ? 'there are no bytes before it' : null;
    const gap = line.offset - next;
    const last = this.#parts.at(-1)!;
    if (this.#repeats && gap > 0 && gap % last.length === 0) return this.#fill(last, gap);
    if (!this.#repeats && gap === 0) return null;
    if (line.kind === 'end' && this.endsPadded && gap === -1 && last.at(-1) === 0) {
      this.#parts[this.#parts.length - 1] = last.subarray(0, -1);
      return null;
    }
    return `it is at 0x${line.offset.toString(16)}, and the bytes before it end at 0x${next.toString(16)}: a part is missing or twice`;
  }

  #fill(bytes: Uint8Array, gap: number): string | null {
    this.#repeats = false;
    this.byteCount += gap;
    // The sum is looked at before the bytes are made: three lines may stand for a terabyte.
    if (this.byteCount > MAX_EDIT_BYTES) return null;
    for (let done = 0; done < gap; done += bytes.length) this.#parts.push(bytes);
    return null;
  }

  #push(bytes: Uint8Array): void {
    this.#parts.push(bytes);
    this.byteCount += bytes.length;
  }
}
