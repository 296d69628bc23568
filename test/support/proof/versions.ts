import { SECTOR_SIZE } from '../../../src/engine/block/blockDevice';

/** The version of a sector that was never written, or was discarded: zeros. */
export const ZEROS = 0;

const CELL_BYTES = 16;

/** Bytes of a run in which every sector says, again and again, which sector it is and which write wrote it. */
export function versionedRun(first: number, count: number, version: number): Uint8Array {
  const bytes = new Uint8Array(count * SECTOR_SIZE);
  if (version === ZEROS) return bytes;
  const view = new DataView(bytes.buffer);
  for (let at = 0; at < bytes.length; at += CELL_BYTES) {
    view.setFloat64(at, first + Math.floor(at / SECTOR_SIZE), true);
    view.setFloat64(at + 8, version, true);
  }
  return bytes;
}

/**
 * The version that a sector's bytes are.
 * @throws Error for bytes that no write put into this sector: another sector's, or parts of several writes
 */
export function versionOf(sector: number, bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const version = view.getFloat64(8, true);
  const name = version === ZEROS ? 0 : sector;
  for (let at = 0; at < SECTOR_SIZE; at += CELL_BYTES) {
    if (view.getFloat64(at, true) === name && view.getFloat64(at + 8, true) === version) continue;
    const shown = Buffer.from(bytes.subarray(0, 2 * CELL_BYTES)).toString('hex');
    throw new Error(`sector ${sector} holds bytes that were never written to it: ${shown}…`);
  }
  return version;
}
