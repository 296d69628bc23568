import { SECTOR_SIZE } from '../block/blockDevice';

/** The bytes of a sector that is full of its own number and version. */
export function stampedSector(sector: number, version: number): Uint8Array {
  const bytes = new Uint8Array(SECTOR_SIZE);
  const view = new DataView(bytes.buffer);
  for (let at = 0; at < SECTOR_SIZE; at += 16) {
    view.setFloat64(at, sector, true);
    view.setFloat64(at + 8, version, true);
  }
  return bytes;
}

/** The version of a stamped sector: 0 for one of zeros, -1 for bytes that were never stamped for this sector. */
export function stampOf(bytes: Uint8Array, sector: number): number {
  if (bytes.every((byte) => byte === 0)) return 0;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const version = view.getFloat64(8, true);
  return Buffer.compare(bytes, stampedSector(sector, version)) === 0 ? version : -1;
}
