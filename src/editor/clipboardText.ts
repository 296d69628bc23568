import { shownText } from '../shared/pasted/xxdDump';
import type { ClipboardFormat } from '../shared/protocol';

const BYTES_PER_LINE = 16;

/**
 * Bytes as text for the clipboard. Bytes that aren't UTF-8 become replacement characters in `text`.
 * @param byteOffset where they are in their view, for forms that say it
 */
export function formatBytes(bytes: Uint8Array, format: ClipboardFormat, byteOffset = 0): string {
  switch (format) {
    case 'xxd':
      return lines(bytes, (line, at) => xxdLine(line, byteOffset + at)).join('');
    case 'hex':
      return lines(bytes, (line) => [...line].map(hexByte).join(' ')).join('\n');
    case 'text':
      return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
    case 'c':
      return cArray(bytes);
    case 'base64':
      return Buffer.from(bytes).toString('base64');
  }
}

/** How many bytes {@link formatBytes} can't give as text: those that aren't UTF-8. */
export function countNotText(bytes: Uint8Array): number {
  const kept = new TextEncoder().encode(
    new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes).replaceAll('\ufffd', ''),
  );
  const replacement = Buffer.from(bytes).toString('latin1').split('\xef\xbf\xbd').length - 1;
  return bytes.length - kept.length - 3 * replacement;
}

function cArray(bytes: Uint8Array): string {
  const body = lines(bytes, (line) => `  ${[...line].map((byte) => `0x${hexByte(byte)},`).join(' ')}`);
  return `const unsigned char bytes[${bytes.length}] = {\n${body.join('\n')}\n};\n`;
}

/** A line as `xxd` prints it. */
function xxdLine(line: Uint8Array, offset: number): string {
  const groups = [...line].map((byte, i) => `${hexByte(byte)}${i % 2 === 1 ? ' ' : ''}`).join('');
  return `${offset.toString(16).padStart(8, '0')}: ${groups.padEnd(40)} ${shownText(line)}\n`;
}

function lines(bytes: Uint8Array, format: (line: Uint8Array, at: number) => string): string[] {
  const result: string[] = [];
  for (let at = 0; at < bytes.length; at += BYTES_PER_LINE) {
    result.push(format(bytes.subarray(at, at + BYTES_PER_LINE), at));
  }
  return result;
}

function hexByte(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}
