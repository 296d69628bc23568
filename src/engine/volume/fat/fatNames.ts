/** The upper half of code page 437, in which most short names are written. */
const CODE_PAGE_437 =
  'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■ ';

const BASE_IN_LOWER_CASE = 0x08;
const EXTENSION_IN_LOWER_CASE = 0x10;
/** Stands in a short name for 0xE5, which marks a deleted entry. */
const ESCAPED_E5 = 0x05;
const LAST_PART = 0x40;
const MOST_PARTS = 20;
const PART_UNITS = 13;

/** The short name of an entry, as people see it. */
export function shortName(slot: Uint8Array): string {
  const part = (from: number, to: number, lowerCase: number) => {
    const text = pageText(slot, from, to);
    return slot[0x0c]! & lowerCase ? text.toLowerCase() : text;
  };
  const base = part(0, 8, BASE_IN_LOWER_CASE);
  const extension = part(8, 11, EXTENSION_IN_LOWER_CASE);
  return extension === '' ? base : `${base}.${extension}`;
}

/** The bytes of a short name as text, without the blanks at its end. */
export function pageText(slot: Uint8Array, from: number, to: number): string {
  let text = '';
  for (let at = from; at < to; at++) {
    const byte = at === 0 && slot[0] === ESCAPED_E5 ? 0xe5 : slot[at]!;
    text += byte < 0x80 ? String.fromCharCode(byte) : CODE_PAGE_437[byte - 0x80]!;
  }
  return text.replace(/ +$/, '');
}

/** Whether the bytes of a short name say different things in different code pages. */
export function needsCodePage(slot: Uint8Array): boolean {
  return slot[0] === ESCAPED_E5 || slot.subarray(0, 11).some((byte) => byte >= 0x80);
}

/** Gathers the parts of a long name, which come before the short entry with the last part first. */
export class LongName {
  #parts: string[] = [];
  #checksum = 0;
  /** The number of the part that must come next; 0 when all are there, null when the sequence doesn't hold. */
  #next: number | null = null;

  /** Takes a part. */
  take(slot: Uint8Array): void {
    const number = slot[0]! & 0x3f;
    const isLast = (slot[0]! & LAST_PART) !== 0;
    if (isLast && number >= 1 && number <= MOST_PARTS) {
      this.#parts = [];
      this.#checksum = slot[13]!;
    } else if (isLast || number === 0 || number !== this.#next || slot[13] !== this.#checksum) {
      this.#next = null;
      return;
    }
    this.#parts.unshift(partText(slot));
    this.#next = number - 1;
  }

  /** The long name of the short entry that follows, or null when what came before isn't its. */
  nameOf(short: Uint8Array): string | null {
    const isWhole = this.#next === 0 && this.#checksum === shortChecksum(short);
    this.#next = null;
    if (!isWhole) return null;
    const name = this.#parts.join('');
    const end = name.indexOf('\0');
    const text = end < 0 ? name : name.slice(0, end);
    return text === '' || text.includes('/') ? null : text;
  }

  forget(): void {
    this.#next = null;
  }
}

function partText(slot: Uint8Array): string {
  const units = new Array<number>(PART_UNITS);
  for (let unit = 0; unit < PART_UNITS; unit++) {
    const at = unit < 5 ? 1 + unit * 2 : unit < 11 ? 14 + (unit - 5) * 2 : 28 + (unit - 11) * 2;
    units[unit] = slot[at]! | (slot[at + 1]! << 8);
  }
  return String.fromCharCode(...units);
}

/** The sum of a short name that the parts of its long name carry. */
function shortChecksum(slot: Uint8Array): number {
  let sum = 0;
  for (let at = 0; at < 11; at++) sum = (((sum & 1) << 7) + (sum >> 1) + slot[at]!) & 0xff;
  return sum;
}
