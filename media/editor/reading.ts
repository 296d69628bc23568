/** One way to read the bytes from the cursor on, and to write them. */
export interface Reading {
  readonly name: string;
  /** The value in words, or null where there are too few bytes or they have no such value. */
  read(bytes: Uint8Array, isLittle: boolean): string | null;
  /**
   * The bytes of a typed value, or null if it isn't one or doesn't fit.
   * @param current the bytes that are there now, as `read` gets them
   */
  write(text: string, isLittle: boolean, current: Uint8Array): Uint8Array | null;
}

/** A reading of a whole number of so many bytes: what it means, and which number a text stands for. */
export function numberReading(
  name: string,
  byteCount: number,
  toText: (value: bigint) => string | null,
  toValue: (text: string) => bigint | null,
): Reading {
  return {
    name,
    read: (bytes, isLittle) =>
      bytes.length < byteCount ? null : toText(unsignedOf(bytes.subarray(0, byteCount), isLittle)),
    write: (text, isLittle) => {
      const value = toValue(text);
      return value === null ? null : bytesOfNumber(value, byteCount, isLittle);
    },
  };
}

/** The unsigned number that all these bytes are. */
function unsignedOf(bytes: Uint8Array, isLittle: boolean): bigint {
  const ordered = isLittle ? bytes : bytes.slice().reverse();
  return ordered.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

/** The lowest `byteCount` bytes of a number; one below zero in two's complement. */
function bytesOfNumber(value: bigint, byteCount: number, isLittle: boolean): Uint8Array {
  const little = Uint8Array.from({ length: byteCount }, (_, i) => Number((value >> BigInt(8 * i)) & 0xffn));
  return isLittle ? little : little.reverse();
}

/** A whole number as people write it, decimal or `0x`, or null. */
export function wholeNumberOf(text: string): bigint | null {
  const match = /^(-?)(\d+|0x[0-9a-f]+)$/i.exec(text.replace(/[\s,_]/g, ''));
  return match && (match[1] ? -BigInt(match[2]!) : BigInt(match[2]!));
}

/** True if a number fits that many bits, with a sign or without. */
export function fitsBits(value: bigint, bits: number, isSigned: boolean): boolean {
  return (isSigned ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value)) === value;
}
