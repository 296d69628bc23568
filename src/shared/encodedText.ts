import type { Display } from './display';

/**
 * The bytes of text in the encoding of a text column; null if the encoding can't express it. ASCII takes
 * other characters as UTF-8, which has the same bytes for its own.
 */
export function encodeText(text: string, encoding: Display['text']): Uint8Array | null {
  if (encoding === 'utf16le' || encoding === 'utf16be') {
    const view = new DataView(new ArrayBuffer(text.length * 2));
    for (let i = 0; i < text.length; i++) {
      view.setUint16(i * 2, text.charCodeAt(i), encoding === 'utf16le');
    }
    return new Uint8Array(view.buffer);
  }
  if (encoding !== 'latin1') return new TextEncoder().encode(text);
  const codes = Array.from(text, (character) => character.codePointAt(0)!);
  return codes.every((code) => code <= 0xff) ? Uint8Array.from(codes) : null;
}
