import { RemapError } from '../errors';

const UTF8_MARK = [0xef, 0xbb, 0xbf];
const UTF16_MARKS = [
  [0xff, 0xfe],
  [0xfe, 0xff],
];

/**
 * The bytes of a text as the readers of maps and lists take them: a byte order mark of UTF-8 is left out.
 * @throws RemapError `EINVAL` for UTF-16, with a byte order mark or without; no number in it could be read
 */
export function textBytes(bytes: Uint8Array, path: string): Uint8Array {
  if (UTF16_MARKS.some((mark) => beginsWith(bytes, mark)) || looksLikeUtf16(bytes)) {
    throw new RemapError(
      'EINVAL',
      `${path} is UTF-16 text: save it as UTF-8, in PowerShell with Out-File -Encoding utf8`,
      { path, encoding: 'UTF-16' },
    );
  }
  return beginsWith(bytes, UTF8_MARK) ? bytes.subarray(UTF8_MARK.length) : bytes;
}

function beginsWith(bytes: Uint8Array, mark: readonly number[]): boolean {
  return mark.every((byte, index) => bytes[index] === byte);
}

/** Two characters of ASCII in either byte order. */
function looksLikeUtf16([a, b, c, d]: Uint8Array): boolean {
  const isLittleEndian = isPrintable(a) && b === 0 && isPrintable(c) && d === 0;
  return isLittleEndian || (a === 0 && isPrintable(b) && c === 0 && isPrintable(d));
}

function isPrintable(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x20 && byte < 0x7f;
}
