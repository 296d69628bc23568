import { fitsBits, numberReading, type Reading, wholeNumberOf } from './reading';

function integer(bits: number, isSigned: boolean): Reading {
  return numberReading(
    `${isSigned ? 'int' : 'uint'}${bits}`,
    bits / 8,
    (value) => String(isSigned ? BigInt.asIntN(bits, value) : value),
    (text) => {
      const value = wholeNumberOf(text);
      return value !== null && fitsBits(value, bits, isSigned) ? value : null;
    },
  );
}

/** Most bytes of a LEB128 number of 64 bits. */
const LEB128_BYTES = 10;

/** The LEB128 number at the start of the bytes and its length; null if it doesn't end within them or has over 64 bits. */
function leb128Of(bytes: Uint8Array, isSigned: boolean): { value: bigint; byteCount: number } | null {
  const last = bytes.subarray(0, LEB128_BYTES).findIndex((byte) => byte < 0x80);
  if (last < 0) return null;
  const byteCount = last + 1;
  const groups = bytes
    .subarray(0, byteCount)
    .reduceRight((value, byte) => (value << 7n) | BigInt(byte & 0x7f), 0n);
  const value = isSigned ? BigInt.asIntN(7 * byteCount, groups) : groups;
  return fitsBits(value, 64, isSigned) ? { value, byteCount } : null;
}

/** A LEB128 number is written in as many bytes as the one that is there, so that what follows it stays. */
function leb128(isSigned: boolean): Reading {
  return {
    name: isSigned ? 'SLEB128' : 'ULEB128',
    read: (bytes) => leb128Of(bytes, isSigned)?.value.toString() ?? null,
    write: (text, _isLittle, current) => {
      const value = wholeNumberOf(text);
      const byteCount = leb128Of(current, isSigned)?.byteCount;
      if (value === null || byteCount === undefined) return null;
      if (!fitsBits(value, Math.min(64, 7 * byteCount), isSigned)) return null;
      return Uint8Array.from({ length: byteCount }, (_, i) => {
        const group = Number((value >> BigInt(7 * i)) & 0x7fn);
        return i < byteCount - 1 ? group | 0x80 : group;
      });
    },
  };
}

const binary: Reading = numberReading(
  'binary',
  1,
  (value) => value.toString(2).padStart(8, '0'),
  (text) => (/^[01]{1,8}$/.test(text) ? BigInt(`0b${text}`) : null),
);

/** Whole numbers. */
export const INTEGER_READINGS: readonly Reading[] = [
  binary,
  ...[8, 16, 24, 32, 64].flatMap((bits) => [integer(bits, false), integer(bits, true)]),
  leb128(false),
  leb128(true),
];
