import { SECTOR_SIZE } from '../block/blockDevice';

/** Buffers of up to this many sectors are kept; larger ones are left to the garbage collector. */
export const MAX_SCRATCH_SECTORS = 128;
/** How many buffers of one size are kept: as many as small reads in flight may need at a time. */
const MAX_KEPT = 64;
const MAX_KEPT_BYTES = 1024 * 1024;

/** Unused buffers, by the power of two that is their length in sectors. Making a buffer takes longer than a look-up here. */
const kept: Uint8Array[][] = [];
let keptBytes = 0;

/** A buffer for this many sectors, with undefined bytes. */
export function takeScratch(sectorCount: number): Uint8Array {
  if (sectorCount > MAX_SCRATCH_SECTORS) return Buffer.allocUnsafeSlow(sectorCount * SECTOR_SIZE);
  const size = 32 - Math.clz32(sectorCount - 1);
  const whole = kept[size]?.pop();
  if (!whole) return new Uint8Array(new ArrayBuffer(SECTOR_SIZE << size), 0, sectorCount * SECTOR_SIZE);
  keptBytes -= whole.length;
  return whole.length === sectorCount * SECTOR_SIZE ? whole : whole.subarray(0, sectorCount * SECTOR_SIZE);
}

/** Takes back a buffer of {@link takeScratch}, which no request may use any more. */
export function giveScratchBack(bytes: Uint8Array): void {
  const { buffer } = bytes;
  const { byteLength } = buffer;
  if (byteLength > MAX_SCRATCH_SECTORS * SECTOR_SIZE || keptBytes + byteLength > MAX_KEPT_BYTES) return;
  const size = 31 - Math.clz32(byteLength / SECTOR_SIZE);
  kept[size] ??= [];
  if (kept[size].length >= MAX_KEPT) return;
  kept[size].push(bytes.length === byteLength ? bytes : new Uint8Array(buffer));
  keptBytes += byteLength;
}
