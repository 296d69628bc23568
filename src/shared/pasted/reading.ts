import { MAX_EDIT_BYTES } from '../protocol';

/**
 * What a reader of one form makes of a text: its bytes; a sentence about what is wrong with it, where it has that form and
 * can't be read; null where it has another form.
 */
export type Reading = { readonly bytes: Uint8Array } | { readonly message: string } | null;

export const TOO_MANY: Reading = {
  message: `These are more than ${MAX_EDIT_BYTES >> 20} MiB, the most that can be pasted at once.`,
};

/** The bytes of hexadecimal digits, of which there must be an even number. */
export function bytesOfDigits(digits: string): Uint8Array {
  return Uint8Array.from({ length: digits.length / 2 }, (_, i) =>
    Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16),
  );
}

/** Bytes one after the other. */
export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
