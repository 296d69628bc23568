import type { Reading } from './reading';

const GUID_BYTES = 16;
/** The first three parts of a GUID follow the byte order; the rest is a row of bytes. */
const GUID_PARTS = [4, 2, 2] as const;

/** A GUID: little as Microsoft and GPT store it, big as RFC 9562 (UUID) does. */
const guid: Reading = {
  name: 'GUID',
  read: (bytes, isLittle) => {
    if (bytes.length < GUID_BYTES) return null;
    const digits = [...guidOrder(bytes.slice(0, GUID_BYTES), isLittle)]
      .map((byte) => byte.toString(16).padStart(2, '0'))
      .join('');
    return digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  },
  write: (text, isLittle) => {
    const digits = text.replace(/[-{}\s]/g, '');
    if (!/^[0-9a-f]{32}$/i.test(digits)) return null;
    const bytes = Uint8Array.from(digits.match(/../g)!, (pair) => Number.parseInt(pair, 16));
    return guidOrder(bytes, isLittle);
  },
};

/** Turns the parts of a GUID that follow the byte order round, or not. Its own inverse. */
function guidOrder(bytes: Uint8Array, isLittle: boolean): Uint8Array {
  let at = 0;
  for (const byteCount of GUID_PARTS) {
    if (isLittle) bytes.subarray(at, at + byteCount).reverse();
    at += byteCount;
  }
  return bytes;
}

/** An encoding of text: its first character is read, and any text written. */
function encoding(
  name: string,
  lengthOf: (bytes: Uint8Array, isLittle: boolean) => number,
  decode: (bytes: Uint8Array, isLittle: boolean) => string | null,
  encode: (text: string, isLittle: boolean) => Uint8Array | null,
): Reading {
  return {
    name,
    read: (bytes, isLittle) => {
      const byteCount = lengthOf(bytes, isLittle);
      if (bytes.length < byteCount) return null;
      const character = decode(bytes.subarray(0, byteCount), isLittle);
      return character === null || character === '' ? null : visible(character);
    },
    write: (text, isLittle) => (text === '' ? null : encode(typedText(text), isLittle)),
  };
}

/** A character, or its code as `U+000A` where it can't be seen. */
function visible(character: string): string {
  if (!/[\p{C}\p{Z}]/u.test(character)) return character;
  return `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`;
}

/** What {@link visible} shows, typed, stands for that character; any other text for itself. */
function typedText(text: string): string {
  const code = /^U\+([0-9a-f]{4,6})$/i.exec(text.trim());
  const point = code ? Number.parseInt(code[1]!, 16) : Infinity;
  return point <= 0x10ffff ? String.fromCodePoint(point) : text;
}

/** Characters whose numbers are bytes below `limit`. */
function singleBytes(name: string, limit: number): Reading {
  return encoding(
    name,
    () => 1,
    ([byte]) => (byte! < limit ? String.fromCharCode(byte!) : null),
    (text) => {
      const units = Array.from({ length: text.length }, (_, i) => text.charCodeAt(i));
      return units.every((unit) => unit < limit) ? Uint8Array.from(units) : null;
    },
  );
}

const utf8 = encoding(
  'UTF-8',
  ([first = 0]) => (first < 0x80 ? 1 : first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2),
  (bytes) => decoded('utf-8', bytes),
  (text) => new TextEncoder().encode(text),
);

const utf16 = encoding(
  'UTF-16',
  (bytes, isLittle) => (((bytes[isLittle ? 1 : 0] ?? 0) & 0xfc) === 0xd8 ? 4 : 2),
  (bytes, isLittle) => decoded(isLittle ? 'utf-16le' : 'utf-16be', bytes),
  (text, isLittle) => {
    const data = new DataView(new ArrayBuffer(2 * text.length));
    for (let i = 0; i < text.length; i++) data.setUint16(2 * i, text.charCodeAt(i), isLittle);
    return new Uint8Array(data.buffer);
  },
);

function decoded(label: string, bytes: Uint8Array): string | null {
  try {
    return new TextDecoder(label, { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** GUIDs and characters. */
export const TEXT_READINGS: readonly Reading[] = [
  guid,
  singleBytes('ASCII', 0x80),
  singleBytes('Latin-1', 0x100),
  utf8,
  utf16,
];
