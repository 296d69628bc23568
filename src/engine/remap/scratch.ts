import { SECTOR_SIZE } from '../block/blockDevice';

/** As many as small reads in flight may need at a time; more are left to the garbage collector. */
const MAX_KEPT = 64;

/** Buffers of one sector that nobody uses now: making one takes longer than a look into the index. */
const kept: Uint8Array[] = [];

/** A buffer for so many sectors, with anything in it. */
export function takeScratch(sectorCount: number): Uint8Array {
  const used = sectorCount === 1 ? kept.pop() : undefined;
  return used ?? Buffer.allocUnsafeSlow(sectorCount * SECTOR_SIZE);
}

/** Takes back a buffer that no request uses any more. */
export function giveScratchBack(bytes: Uint8Array): void {
  if (bytes.length === SECTOR_SIZE && kept.length < MAX_KEPT) kept.push(bytes);
}
