/** Unsigned 16 bits. */
export function u16(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8);
}

/** Unsigned 32 bits. */
export function u32(bytes: Uint8Array, at: number): number {
  return (u16(bytes, at) | (u16(bytes, at + 2) << 16)) >>> 0;
}

/** Unsigned 48 bits. */
export function u48(bytes: Uint8Array, at: number): number {
  return u16(bytes, at + 4) * 2 ** 32 + u32(bytes, at);
}

/** Unsigned 64 bits; infinite where a number can't hold them exactly, so that every check of a range fails. */
export function u64(bytes: Uint8Array, at: number): number {
  const value = u32(bytes, at + 4) * 2 ** 32 + u32(bytes, at);
  return Number.isSafeInteger(value) ? value : Number.POSITIVE_INFINITY;
}

/** UTF-16 as it is, lone surrogates too. */
export function utf16(bytes: Uint8Array, at: number, units: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + at, units * 2).toString('utf16le');
}

/** Characters of one byte each. */
export function ascii(bytes: Uint8Array, at: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + length));
}
