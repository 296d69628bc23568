import { SECTOR_SIZE } from '../block/blockDevice';
import { RemapError } from '../errors';

/** The markers of the published persistence test. */
export const DEFAULT_MARKER_TEMPLATE = 'test_data_{sector}';
export const DEFAULT_MARKER_SECTORS: readonly number[] = [1000, 2000, 3000, 5000, 10000];

/** The marker of a sector: every `{sector}` of the template replaced by its number. */
export function markerText(template: string, sector: number): string {
  return template.replaceAll('{sector}', () => String(sector));
}

/**
 * A sector that begins with the text in UTF-8 and is zero after it.
 * @throws RemapError `EINVAL` for a text that is empty, longer than a sector, or holds NUL, a line break or half a
 * surrogate pair: it could not be told from what surrounds it when it is read back
 */
export function encodeMarker(text: string): Uint8Array {
  const bytes = new TextEncoder().encode(text);
  if (bytes.length === 0) throw new RemapError('EINVAL', 'a marker needs a text');
  if (bytes.length > SECTOR_SIZE) {
    throw new RemapError('EINVAL', `a marker has at most ${SECTOR_SIZE} bytes, not ${bytes.length}`);
  }
  if (bytes.some(endsMarker) || decodeUtf8(bytes) !== text) {
    throw new RemapError('EINVAL', 'a marker is one line of text without NUL');
  }
  const sector = new Uint8Array(SECTOR_SIZE);
  sector.set(bytes);
  return sector;
}

/**
 * The text at the start of a sector, up to the first NUL or line break. Control characters and bytes that are no UTF-8
 * are shown as `\xNN`, invisible characters as `\u{N}`, so that the text is safe to show anywhere.
 */
export function decodeMarker(sector: Uint8Array): string {
  const end = sector.findIndex(endsMarker);
  const bytes = end < 0 ? sector : sector.subarray(0, end);
  let text: string;
  try {
    text = decodeUtf8(bytes);
  } catch {
    return Array.from(bytes, (byte) => (byte < 0x80 ? printable(String.fromCharCode(byte)) : hex(byte))).join(
      '',
    );
  }
  return printable(text);
}

/**
 * True when the sector begins with the marker and the marker ends there: with NUL, a line break or the sector. What
 * follows is not looked at, as markers that `echo` and `dd` wrote leave the rest of the sector alone.
 */
export function compareMarker(text: string, sector: Uint8Array): boolean {
  const expected = new TextEncoder().encode(text);
  if (expected.length > sector.length || expected.some((byte, index) => sector[index] !== byte)) return false;
  const next = sector[expected.length];
  return next === undefined || endsMarker(next);
}

/** Throws for bytes that are no UTF-8. */
function decodeUtf8(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
}

function endsMarker(byte: number): boolean {
  return byte === 0x00 || byte === 0x0a || byte === 0x0d;
}

/** Control, format and private characters, unassigned ones, and separators other than the space. */
const UNSAFE = /[\p{C}\p{Zl}\p{Zp}]/gu;

/**
 * Text that can be shown on one line and hides nothing: control characters are shown as `\xNN`, and what is invisible,
 * breaks a line or turns the direction of writing as `\u{N}`.
 */
export function printable(text: string): string {
  return text.replace(UNSAFE, (char) => {
    const code = char.codePointAt(0)!;
    return code < 0x100 ? hex(code) : `\\u{${code.toString(16).toUpperCase()}}`;
  });
}

function hex(byte: number): string {
  return `\\x${byte.toString(16).toUpperCase().padStart(2, '0')}`;
}
