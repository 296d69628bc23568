import { type DumpLine, linesOf, readDump, type WrongLine } from './dumpLines';
import { bytesOfDigits, type Reading } from './reading';

const LINE = /^\s*([0-9a-f]{1,13}):\s+(.*)$/i;
const BYTES = /^((?:[0-9a-f]{2})+(?: (?:[0-9a-f]{2})+)*)( {2}.*)?$/i;

/** Reads what `xxd` prints, with groups of any size; the text beside the bytes must be theirs. */
export function readXxd(text: string): Reading {
  const lines = linesOf(text);
  const isOne = lines.length > 0 && lines.every(({ line }) => LINE.test(line) || line.trim() === '*');
  return isOne ? readDump(text, parseLine) : null;
}

function parseLine(line: string): DumpLine | WrongLine {
  if (line.trim() === '*') return { kind: 'repeat' };
  const [, offset, rest] = LINE.exec(line)!;
  const found = BYTES.exec(rest!);
  if (!found) return { kind: 'wrong', message: 'after its offset come no bytes as xxd prints them' };
  const bytes = bytesOfDigits(found[1]!.replaceAll(' ', ''));
  const shown = found[2] ?? '';
  if (shown.trim() !== '' && !isTextOf(shown, bytes)) {
    return { kind: 'wrong', message: 'the text beside the bytes is not theirs (xxd -e and -b are not read)' };
  }
  return { kind: 'bytes', offset: Number.parseInt(offset!, 16), bytes };
}

/** Whether the column of text, with spaces before it and maybe none after it, is that of the bytes. */
function isTextOf(column: string, bytes: Uint8Array): boolean {
  const expected = shownText(bytes).trimEnd();
  const given = column.trimEnd();
  return given.endsWith(expected) && given.slice(0, given.length - expected.length).trim() === '';
}

/** Bytes as dumps show them: printable ASCII, and a dot for all others. */
export function shownText(bytes: Uint8Array): string {
  return [...bytes].map((byte) => (byte >= 0x20 && byte <= 0x7e ? String.fromCharCode(byte) : '.')).join('');
}
