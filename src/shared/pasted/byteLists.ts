import { MAX_EDIT_BYTES } from '../protocol';
import { bytesOfDigits, type Reading, TOO_MANY } from './reading';

/** Reads hexadecimal digits: bytes of two digits, joined or apart. */
export function readHex(text: string): Reading {
  const words = wordsOf(text.trim().replace(/^0x/i, ''));
  const isHex = words.every((word) => word.length % 2 === 0 && /^[0-9a-f]+$/i.test(word));
  return isHex && words.length > 0 ? bytesOf(words.join('')) : null;
}

/** Reads `\x41\x42`, alone or in quotes, of which there may be several. */
export function readEscapes(text: string): Reading {
  const literals = text
    .trim()
    .replace(/;$/, '')
    .replace(/(["'])\s*[\\+]?\s*\1/g, '');
  const quote = /^["']/.exec(literals)?.[0] ?? '';
  if (literals.length <= 2 || !literals.endsWith(quote)) return null;
  const content = literals.slice(quote.length, literals.length - quote.length);
  const digits = content.replace(/\\x|\s/gi, '');
  const isEscapes = content.replace(/\\x[0-9a-f]{2}|\s+/gi, '') === '' && digits !== '';
  return isEscapes ? bytesOf(digits) : null;
}

/** Reads `0x41, 0x42`, each of which is one byte. */
export function readPrefixed(text: string): Reading {
  const words = wordsOf(text);
  if (words.length === 0 || !words.every((word) => /^0x[0-9a-f]+$/i.test(word))) return null;
  const wide = words.find((word) => word.length > 4);
  // A single one is digits in the order in which they are written.
  if (wide !== undefined) return words.length === 1 ? null : wider(wide);
  return bounded(Uint8Array.from(words.map(Number)));
}

/** Words of types of which an element is not one byte. */
const WIDE_TYPE =
  /\b(?:short|int|long|float|double|u?int(?:16|32|64)_t|wchar_t|[iu](?:16|32|64)|U?INT(?:16|32|64)|D?WORD|QWORD)\b/;

/**
 * Reads an array in C, as `xxd -i` and this editor write it, in decimal or hexadecimal; also the list in it alone, and one in
 * square brackets. Elements that the compiler would add, or that aren't bytes, are refused.
 */
export function readCArray(text: string): Reading {
  const code = withoutComments(text).trim();
  const found = /^([^{}]*?)(?:\{([^{}]*)\}|\[([^[\]{}]*)\])\s*;?([^{}]*)$/.exec(code);
  const [head = '', list, tail = ''] = found ? [found[1]!, found[2] ?? found[3]!, found[4]!] : ['', code];
  const isDeclared = head === '' || /^[\w\s*:]+(?:\[\s*\w*\s*\])?\s*=\s*$/.test(head);
  if (!isDeclared || (!found && !code.includes(','))) return null;
  const elements = list!.split(',').map((element) => element.trim());
  if (elements.at(-1) === '') elements.pop();
  if (elements.length === 0 || !elements.every((element) => /^(?:0x[0-9a-f]+|\d+)u?$/i.test(element)))
    return null;
  const wide = WIDE_TYPE.exec(head);
  if (wide) return { message: `The elements of the array are not bytes but of the type ${wide[0]}.` };
  return checkedElements(elements, declaredCounts(head, tail));
}

/** How many elements the declaration, and the length after it (`xxd -i`), say that there are. */
function declaredCounts(head: string, tail: string): number[] {
  const size = /\[\s*(\d+|0x[0-9a-f]+)\s*\]/i.exec(head)?.[1];
  const length = /_len\s*=\s*(\d+)\s*;?\s*$/.exec(tail)?.[1];
  return [size, length].filter((count) => count !== undefined).map(Number);
}

function checkedElements(elements: readonly string[], counts: readonly number[]): Reading {
  const other = counts.find((count) => count !== elements.length);
  if (other !== undefined) {
    return { message: `The array says that it has ${other} elements, and lists ${elements.length}.` };
  }
  const octal = elements.find((element) => /^0\d/.test(element));
  if (octal !== undefined) return { message: `${octal} is octal in C: write it in decimal or as 0x.` };
  const values = elements.map((element) => Number(element.replace(/u$/i, '')));
  const wide = values.findIndex((value) => value > 0xff);
  return wide >= 0 ? wider(elements[wide]!) : bounded(Uint8Array.from(values));
}

function wider(element: string): Reading {
  return { message: `${element} is more than one byte, and nothing says in which order its bytes are.` };
}

function bounded(bytes: Uint8Array): Reading {
  return bytes.length > MAX_EDIT_BYTES ? TOO_MANY : { bytes };
}

function bytesOf(digits: string): Reading {
  return digits.length > 2 * MAX_EDIT_BYTES ? TOO_MANY : { bytes: bytesOfDigits(digits) };
}

function wordsOf(text: string): string[] {
  return text.split(/[\s,;:]+/).filter((word) => word !== '');
}

/** Code without its comments; one that isn't closed stays, and makes it unreadable. */
function withoutComments(text: string): string {
  const parts: string[] = [];
  let at = 0;
  for (;;) {
    const start = text.indexOf('/*', at);
    const end = start < 0 ? -1 : text.indexOf('*/', start + 2);
    if (end < 0) break;
    parts.push(text.slice(at, start));
    at = end + 2;
  }
  return [...parts, text.slice(at)].join(' ').replace(/\/\/.*$/gm, ' ');
}

/** Reads Base64, in lines or not, with the padding that makes whole groups of it. */
export function readBase64(text: string): Reading {
  const digits = text.trim().replace(/\s*\r?\n\s*/g, '');
  const standard = digits.replaceAll('-', '+').replaceAll('_', '/');
  const isOneAlphabet = standard === digits || !/[+/]/.test(digits);
  const isWhole = standard !== '' && standard.length % 4 === 0;
  if (!isOneAlphabet || !isWhole || !/^[a-z0-9+/]+={0,2}$/i.test(standard)) return null;
  if ((standard.length / 4) * 3 > MAX_EDIT_BYTES + 3) return TOO_MANY;
  const characters = atob(standard);
  // Bits that no byte has must be 0: else these digits are something else.
  return btoa(characters) === standard
    ? bounded(Uint8Array.from(characters, (character) => character.charCodeAt(0)))
    : null;
}
