import { crc32 } from 'node:zlib';

/**
 * The kernel's `crc32_le` with seed 0: reflected polynomial 0xEDB88320, neither inverted before nor after
 * (dm-remap.md 4.1). Parts are taken one after the other, as if they were one run of bytes.
 */
export function crc32le(...parts: readonly Uint8Array[]): number {
  // zlib inverts on the way in and out, so the complement of a zero seed goes in and the complement comes out.
  let state = 0xffffffff;
  for (const part of parts) state = crc32(part, state);
  return ~state >>> 0;
}
