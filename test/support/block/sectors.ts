import assert from 'node:assert/strict';
import { type BlockDevice, SECTOR_SIZE } from '../../../src/engine/block/blockDevice';

/**
 * Bytes for a run of sectors in which every sector differs from every other sector and from every other version of
 * itself, and no byte is zero, so that bytes in a wrong place are noticed.
 */
export function patternBytes(sector: number, sectorCount: number, version = 1): Uint8Array {
  const bytes = new Uint8Array(sectorCount * SECTOR_SIZE);
  for (let s = 0; s < sectorCount; s++) {
    const text = `sector ${sector + s} version ${version} `;
    const tile = new TextEncoder().encode(text);
    for (let i = 0; i < SECTOR_SIZE; i++) bytes[s * SECTOR_SIZE + i] = tile[i % tile.length]!;
  }
  return bytes;
}

/** Reads a run into a buffer that was filled with other bytes before. */
export async function readSectors(
  device: BlockDevice,
  sector: number,
  sectorCount: number,
): Promise<Uint8Array> {
  const buffer = new Uint8Array(sectorCount * SECTOR_SIZE).fill(0xee);
  await device.read(sector, buffer);
  return buffer;
}

/** Equality of two runs of sectors, with the first sector that differs in the message. */
export function assertSectors(actual: Uint8Array, expected: Uint8Array, firstSector = 0): void {
  assert.equal(actual.length, expected.length, 'lengths differ');
  if (Buffer.compare(actual, expected) === 0) return;
  const at = actual.findIndex((byte, i) => byte !== expected[i]);
  const start = at - (at % SECTOR_SIZE);
  const show = (bytes: Uint8Array) =>
    JSON.stringify(Buffer.from(bytes.buffer, bytes.byteOffset + start, 48).toString('latin1'));
  assert.fail(
    `sector ${firstSector + start / SECTOR_SIZE} differs at byte ${at % SECTOR_SIZE}: ${show(actual)} instead of ${show(expected)}`,
  );
}
