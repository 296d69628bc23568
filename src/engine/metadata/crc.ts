import { crc32 } from 'node:zlib';

/**
 * The kernel's `crc32_le` with seed 0: reflected polynomial 0xEDB88320, neither inverted before nor after
 * (FORMAT.md, section 3). Parts are taken one after the other, as if they were one run of bytes.
 */
export function crc32le(...parts: readonly Uint8Array[]): number {
  return continueCrc(0, parts);
}

/** zlib inverts on the way in and out, so the complement of a state goes in and the complement comes out. */
function continueCrc(crc: number, parts: readonly Uint8Array[]): number {
  let state = ~crc >>> 0;
  for (const part of parts) state = crc32(part, state);
  return ~state >>> 0;
}

/**
 * Gives a function that continues a checksum through `byteCount` zero bytes. It joins checksums: that of `a` followed by `b`
 * is that of `a`, continued through as many zeros as `b` has bytes, exclusive-or that of `b`.
 */
export function crcThroughZeros(byteCount: number): (crc: number) => number {
  // The tables are made on first use: a process that only reads needs none.
  let through: ((crc: number) => number) | undefined;
  return (crc) => {
    through ??= tableLookup(byteCount);
    return through(crc);
  };
}

/**
 * {@link crcThroughZeros} as four look-ups. Zeros act on each bit of a checksum by itself, so what they make of a checksum is
 * the exclusive-or of what they make of its four bytes: a table of 256 values for each.
 */
function tableLookup(byteCount: number): (crc: number) => number {
  const zeros = new Uint8Array(byteCount);
  const tables = Array.from({ length: 4 }, (_, byte) => {
    const table = new Uint32Array(256);
    for (let value = 1; value < 256; value++) {
      const lowest = value & -value;
      const rest = value ^ lowest;
      table[value] =
        rest === 0 ? continueCrc((value << (8 * byte)) >>> 0, [zeros]) : table[rest]! ^ table[lowest]!;
    }
    return table;
  });
  const [first, second, third, fourth] = tables as [Uint32Array, Uint32Array, Uint32Array, Uint32Array];
  return (crc) =>
    (first[crc & 0xff]! ^ second[(crc >>> 8) & 0xff]! ^ third[(crc >>> 16) & 0xff]! ^ fourth[crc >>> 24]!) >>>
    0;
}
