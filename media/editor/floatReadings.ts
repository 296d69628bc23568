import type { Reading } from './reading';

interface Format {
  readonly name: string;
  readonly byteCount: number;
  /** As many digits as tell each value from its neighbours. */
  readonly digits: number;
  get(data: DataView, isLittle: boolean): number;
  set(data: DataView, value: number, isLittle: boolean): void;
}

const FORMATS: readonly Format[] = [
  {
    name: 'float16',
    byteCount: 2,
    digits: 5,
    get: (data, isLittle) => halfToNumber(data.getUint16(0, isLittle)),
    set: (data, value, isLittle) => data.setUint16(0, numberToHalf(value), isLittle),
  },
  {
    name: 'float32',
    byteCount: 4,
    digits: 9,
    get: (data, isLittle) => data.getFloat32(0, isLittle),
    set: (data, value, isLittle) => data.setFloat32(0, value, isLittle),
  },
  {
    name: 'float64',
    byteCount: 8,
    digits: 17,
    get: (data, isLittle) => data.getFloat64(0, isLittle),
    set: (data, value, isLittle) => data.setFloat64(0, value, isLittle),
  },
];

/** Numbers with a binary point (IEEE 754): half, single and double. */
export const FLOAT_READINGS: readonly Reading[] = FORMATS.map((format) => ({
  name: format.name,
  read: (bytes, isLittle) => {
    if (bytes.length < format.byteCount) return null;
    const value = format.get(new DataView(bytes.buffer, bytes.byteOffset, format.byteCount), isLittle);
    if (!Number.isFinite(value) || Object.is(value, -0)) return Object.is(value, -0) ? '-0' : String(value);
    return String(Number(value.toPrecision(format.digits)));
  },
  write: (text, isLittle) => {
    const value = numberOf(text);
    if (value === null) return null;
    const data = new DataView(new ArrayBuffer(format.byteCount));
    format.set(data, value, isLittle);
    const fits = !Number.isFinite(value) || Number.isFinite(format.get(data, isLittle));
    return fits ? new Uint8Array(data.buffer) : null;
  },
}));

function numberOf(text: string): number | null {
  const trimmed = text.trim();
  if (/^[-+]?infinity$/i.test(trimmed)) return trimmed.startsWith('-') ? -Infinity : Infinity;
  if (/^nan$/i.test(trimmed)) return Number.NaN;
  return /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(trimmed) ? Number(trimmed) : null;
}

function halfToNumber(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0x1f) return fraction ? Number.NaN : sign * Infinity;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** The first number that rounds to infinity in half precision. */
const HALF_OVERFLOW = 65_520;

/** Rounds to the nearest half, of two to the even one. */
function numberToHalf(value: number): number {
  if (Number.isNaN(value)) return 0x7e00;
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const size = Math.abs(value);
  if (size >= HALF_OVERFLOW) return sign | 0x7c00;
  if (size < 2 ** -14) return sign | roundToEven(size * 2 ** 24);
  let exponent = Math.floor(Math.log2(size));
  if (2 ** exponent > size) exponent--;
  // A fraction that rounds up to 1 carries into the exponent, as it should.
  return sign | (((exponent + 15) << 10) + roundToEven((size / 2 ** exponent - 1) * 1024));
}

function roundToEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  return floor + (rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? 1 : 0);
}
