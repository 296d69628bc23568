import { type DumpLine, linesOf, readDump, type WrongLine } from './dumpLines';
import { bytesOfDigits, type Reading } from './reading';
import { shownText } from './xxdDump';

const CANONICAL = /^([0-9a-f]{6,13})((?:\s+[0-9a-f]{2})+)\s+\|(.*)\|$/i;
const BYTES = /^([0-9a-f]{6,13})((?:\s+[0-9a-f]{2})+)$/i;
const WORDS = /^([0-9a-f]{7,13})((?:\s+[0-9a-f]{4}){1,8})$/i;
const OFFSET = /^[0-9a-f]{6,13}$/i;

/** A reading of lines that may be another form too; `isCertain` tells that they are not. */
export interface DoubtfulReading {
  readonly reading: Reading;
  readonly isCertain: boolean;
}

/** Reads what `hexdump -C` (`hd`) prints; the text beside the bytes must be theirs. */
export function readCanonical(text: string): Reading {
  return hasLines(text, CANONICAL) ? readDump(text, (line) => parseLine(line, CANONICAL)) : null;
}

/**
 * Reads what `hexdump` prints without options, words of 16 bits with their low byte first, or the bytes of `hexdump -C`
 * without their text. Plain hexadecimal digits may look the same: lines of them are a dump for certain only if their offsets
 * count the bytes.
 */
export function readPlainDump(text: string): DoubtfulReading {
  const isWords = hasLines(text, WORDS);
  if (!isWords && !hasLines(text, BYTES)) return { reading: null, isCertain: false };
  const reading = readDump(text, (line) => parseLine(line, isWords ? WORDS : BYTES), isWords);
  const lines = linesOf(text);
  const hasOddOffset = lines.some(({ line }) => (/^[0-9a-f]+/i.exec(line)?.[0].length ?? 0) % 2 === 1);
  const counts = lines.length > 1 && reading !== null && 'bytes' in reading;
  return { reading, isCertain: hasOddOffset || counts || lines.some(({ line }) => line === '*') };
}

/** Whether all lines are of a form, or one that repeats or ends, and at least one is of the form. */
function hasLines(text: string, form: RegExp): boolean {
  const lines = linesOf(text);
  return (
    lines.some(({ line }) => form.test(line)) &&
    lines.every(({ line }) => form.test(line) || line === '*' || OFFSET.test(line))
  );
}

function parseLine(line: string, form: RegExp): DumpLine | WrongLine {
  if (line === '*') return { kind: 'repeat' };
  const found = form.exec(line);
  if (!found) return { kind: 'end', offset: Number.parseInt(line, 16) };
  const bytes = bytesOfDigits(found[2]!.replace(/\s+/g, ''));
  if (form === WORDS) swapPairs(bytes);
  if (form === CANONICAL && found[3] !== shownText(bytes)) {
    return { kind: 'wrong', message: 'the text beside the bytes is not theirs' };
  }
  return { kind: 'bytes', offset: Number.parseInt(found[1]!, 16), bytes };
}

function swapPairs(bytes: Uint8Array): void {
  for (let i = 0; i + 1 < bytes.length; i += 2) [bytes[i], bytes[i + 1]] = [bytes[i + 1]!, bytes[i]!];
}
