/** One line of the data inspector: a value in both byte orders; null if there are too few bytes. */
export interface InspectedValue {
  readonly name: string;
  readonly little: string | null;
  /** The same as `little` where byte order makes no difference. */
  readonly big: string | null;
}

/** How many bytes from the cursor on the inspector uses. */
export const INSPECTED_BYTES = 8;

type Reader = (data: DataView, little: boolean) => string;

const READERS: readonly (readonly [name: string, byteCount: number, read: Reader])[] = [
  ['binary', 1, (data) => data.getUint8(0).toString(2).padStart(8, '0')],
  ['uint8', 1, (data) => String(data.getUint8(0))],
  ['int8', 1, (data) => String(data.getInt8(0))],
  ['uint16', 2, (data, little) => String(data.getUint16(0, little))],
  ['int16', 2, (data, little) => String(data.getInt16(0, little))],
  ['uint32', 4, (data, little) => String(data.getUint32(0, little))],
  ['int32', 4, (data, little) => String(data.getInt32(0, little))],
  ['uint64', 8, (data, little) => String(data.getBigUint64(0, little))],
  ['int64', 8, (data, little) => String(data.getBigInt64(0, little))],
  ['float32', 4, (data, little) => floatText(data.getFloat32(0, little), 9)],
  ['float64', 8, (data, little) => floatText(data.getFloat64(0, little), 17)],
  ['time (s)', 8, (data, little) => timeText(data.getBigUint64(0, little))],
];

function floatText(value: number, digits: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(digits))) : String(value);
}

/** The end of the year 9999: later times can't be written in four digits. */
const LAST_SECOND = 253_402_300_799n;

function timeText(seconds: bigint): string {
  if (seconds > LAST_SECOND) return '–';
  return new Date(Number(seconds) * 1000).toISOString().replace('.000Z', 'Z');
}

/** Every reading of the bytes, as the inspector lists them. */
export function inspect(bytes: Uint8Array): InspectedValue[] {
  const data = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return READERS.map(([name, byteCount, read]) => {
    if (bytes.length < byteCount) return { name, little: null, big: null };
    return { name, little: read(data, true), big: read(data, false) };
  });
}

/** The UTF-8 character at the start of the bytes (`U+000A` if it can't be seen), or null if there is none. */
export function utf8Character(bytes: Uint8Array): string | null {
  const first = bytes[0];
  if (first === undefined) return null;
  const length = first < 0x80 ? 1 : first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes.subarray(0, length));
    return /\p{C}/u.test(text)
      ? `U+${text.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`
      : text;
  } catch {
    return null;
  }
}
