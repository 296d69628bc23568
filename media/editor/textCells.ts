import type { Display } from '../../src/shared/display';
import { asciiCharacter } from './numberTexts';

/** How bytes are read as text. */
export type TextEncoding = Display['text'];

/**
 * What the cell of a byte shows in the text column: a character; nothing, for the further bytes of a character that
 * began before; or null, for a byte that is no visible text.
 */
export type TextCell = string | null;

/** Reads the cell of byte `index` of a sector. */
type CellReader = (sector: Uint8Array, index: number) => TextCell;

/** Letters, digits, punctuation, symbols and spaces: what takes room of its own and doesn't turn the text around it. */
const VISIBLE = /^[\p{L}\p{N}\p{P}\p{S}\p{Zs}]$/u;

const READERS: Readonly<Record<TextEncoding, CellReader>> = {
  ascii: (sector, index) => asciiCharacter(sector[index]!),
  latin1: (sector, index) => asciiCharacter(sector[index]!) ?? visible(sector[index]!),
  utf8: utf8Cell,
  utf16le: (sector, index) => utf16Cell(sector, index, 1),
  utf16be: (sector, index) => utf16Cell(sector, index, 0),
};

/** What the text column shows of each byte `[start, end)` of a sector. A character ends with the sector. */
export function textCells(
  sector: Uint8Array,
  start: number,
  end: number,
  encoding: TextEncoding,
): TextCell[] {
  const read = READERS[encoding];
  return Array.from({ length: end - start }, (_, i) => read(sector, start + i));
}

function visible(code: number): TextCell {
  const character = String.fromCodePoint(code);
  return VISIBLE.test(character) ? character : null;
}

/** The longest form of UTF-8, and how far before a byte its character may begin. */
const UTF8_LONGEST = 4;

function utf8Cell(sector: Uint8Array, index: number): TextCell {
  const byte = sector[index]!;
  if (byte < 0x80) return asciiCharacter(byte);
  const isContinuation = byte < 0xc0;
  if (!isContinuation) return utf8Character(sector, index)?.character ?? null;
  for (let back = 1; back < UTF8_LONGEST && back <= index; back++) {
    if ((sector[index - back]! & 0xc0) === 0x80) continue;
    const found = utf8Character(sector, index - back);
    return found && found.byteCount > back && found.character !== null ? '' : null;
  }
  return null;
}

/** The character of more than one byte that begins at `index`, or null if none does. */
function utf8Character(
  sector: Uint8Array,
  index: number,
): { readonly character: TextCell; readonly byteCount: number } | null {
  const lead = sector[index]!;
  const byteCount = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || index + byteCount > sector.length) return null;
  let code = lead & (0x7f >> byteCount);
  for (let i = 1; i < byteCount; i++) {
    const next = sector[index + i]!;
    if ((next & 0xc0) !== 0x80) return null;
    code = (code << 6) | (next & 0x3f);
  }
  const least = [0, 0, 0x80, 0x800, 0x10000][byteCount]!;
  const isSurrogate = code >= 0xd800 && code < 0xe000;
  if (code < least || code > 0x10ffff || isSurrogate) return null;
  return { character: visible(code), byteCount };
}

/** @param high which byte of the two of a unit is its high one */
function utf16Cell(sector: Uint8Array, index: number, high: 0 | 1): TextCell {
  const at = index & ~1;
  const unit = utf16Unit(sector, at, high);
  if (unit === null) return null;
  const isFirst = index === at;
  if (unit >= 0xd800 && unit < 0xdc00) {
    const character = surrogates(unit, utf16Unit(sector, at + 2, high));
    return isFirst ? character : character && '';
  }
  if (unit >= 0xdc00 && unit < 0xe000) {
    return surrogates(utf16Unit(sector, at - 2, high), unit) && '';
  }
  const character = visible(unit);
  return isFirst ? character : character && '';
}

function utf16Unit(sector: Uint8Array, at: number, high: 0 | 1): number | null {
  if (at < 0 || at + 1 >= sector.length) return null;
  return (sector[at + high]! << 8) | sector[at + 1 - high]!;
}

function surrogates(first: number | null, second: number | null): TextCell {
  if (first === null || first < 0xd800 || first >= 0xdc00) return null;
  if (second === null || second < 0xdc00 || second >= 0xe000) return null;
  return visible(0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00));
}
