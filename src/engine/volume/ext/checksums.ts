const CRC32C_POLYNOMIAL = 0x82f63b78;
const CRC16_POLYNOMIAL = 0xa001;
/** Tables for eight bytes at a time: table k carries a byte through k further zero bytes. */
const TABLES = crc32cTables();
const CRC16_TABLE = crcTable(CRC16_POLYNOMIAL);

/** The start of every crc32c of ext4 that has no other seed. */
export const CRC32C_START = 0xffffffff;

/**
 * The crc32c of bytes, in the form of ext4: reflected, and not inverted at its end, so that its result is the seed of what
 * follows.
 * @returns unsigned
 */
export function crc32c(seed: number, bytes: Uint8Array, from = 0, to = bytes.length): number {
  let crc = seed;
  let at = from;
  for (; to - at >= 8; at += 8) {
    crc ^= bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
    crc =
      TABLES[1792 + (crc & 0xff)]! ^
      TABLES[1536 + ((crc >>> 8) & 0xff)]! ^
      TABLES[1280 + ((crc >>> 16) & 0xff)]! ^
      TABLES[1024 + (crc >>> 24)]! ^
      TABLES[768 + bytes[at + 4]!]! ^
      TABLES[512 + bytes[at + 5]!]! ^
      TABLES[256 + bytes[at + 6]!]! ^
      TABLES[bytes[at + 7]!]!;
  }
  for (; at < to; at++) crc = TABLES[(crc ^ bytes[at]!) & 0xff]! ^ (crc >>> 8);
  return crc >>> 0;
}

/** The crc32c of a number of four bytes. */
export function crc32cOfU32(seed: number, value: number): number {
  const crc = seed ^ value;
  return (
    (TABLES[768 + (crc & 0xff)]! ^
      TABLES[512 + ((crc >>> 8) & 0xff)]! ^
      TABLES[256 + ((crc >>> 16) & 0xff)]! ^
      TABLES[crc >>> 24]!) >>>
    0
  );
}

/** The crc16 of descriptors on file systems with `gdt_csum`: reflected, not inverted. */
export function crc16(seed: number, bytes: Uint8Array, from = 0, to = bytes.length): number {
  let crc = seed;
  for (let at = from; at < to; at++) crc = CRC16_TABLE[(crc ^ bytes[at]!) & 0xff]! ^ (crc >>> 8);
  return crc;
}

function crcTable(polynomial: number): Int32Array {
  return Int32Array.from({ length: 256 }, (_, byte) => {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ polynomial : crc >>> 1;
    return crc;
  });
}

function crc32cTables(): Int32Array {
  const tables = new Int32Array(8 * 256);
  tables.set(crcTable(CRC32C_POLYNOMIAL));
  for (let entry = 256; entry < tables.length; entry++) {
    const before = tables[entry - 256]!;
    tables[entry] = tables[before & 0xff]! ^ (before >>> 8);
  }
  return tables;
}
