import { readBase64, readCArray, readEscapes, readHex, readPrefixed } from './byteLists';
import { readCanonical, readPlainDump } from './hexDump';
import type { Reading } from './reading';
import { readXxd } from './xxdDump';

/** A form in which people write bytes as text. */
export type PastedForm = 'hex' | 'xxd' | 'hexdump' | 'c' | 'escapes' | 'prefixed' | 'base64';

const READERS: Readonly<Record<PastedForm, (text: string) => Reading>> = {
  xxd: readXxd,
  hexdump: (text) => readCanonical(text) ?? readPlainDump(text).reading,
  escapes: readEscapes,
  prefixed: readPrefixed,
  c: readCArray,
  hex: readHex,
  base64: readBase64,
};

export const PASTED_FORMS = Object.keys(READERS) as readonly PastedForm[];

/** Reads a text as one form. */
export function readAs(text: string, form: PastedForm): Reading {
  return READERS[form](text);
}

/**
 * What a text for the hex column stands for: the bytes of the one form that it has; a sentence why they can't be had; or null
 * where it may have several forms, one of which must be chosen.
 */
export function readPasted(text: string): NonNullable<Reading> | null {
  const dump = readXxd(text) ?? readCanonical(text);
  if (dump) return dump;
  const plain = readPlainDump(text);
  if (plain.reading) return plain.isCertain ? plain.reading : null;
  const list = readEscapes(text) ?? readPrefixed(text);
  if (list) return list;
  const hex = readHex(text);
  const c = readCArray(text);
  // `10, 20` may be either.
  if (hex && c) return null;
  return hex ?? c ?? base64OrText(text);
}

/** A word may be Base64 too; padding tells that it is. */
function base64OrText(text: string): NonNullable<Reading> | null {
  const base64 = readBase64(text);
  if (base64) return text.trim().endsWith('=') ? base64 : null;
  return {
    message:
      'What is on the clipboard is in no form of bytes that can be read (hexadecimal, xxd, hexdump, C array, \\x, 0x, Base64): paste it into the text column, or as text by “Paste As”.',
  };
}
