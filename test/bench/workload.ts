import { SECTOR_SIZE } from '../../src/engine/block/blockDevice';
import { seededRandom } from '../../src/engine/block/random';
import type { Disk } from './rawFile';
import { timed } from './rounds';

const MEBIBYTE = 2 ** 20;
const PAGE_SECTORS = 8;

/** Reads a whole disk from front to back, 1 MiB at a time into one buffer. Milliseconds. */
export function readSequentially(disk: Disk, sectorCount: number): Promise<number> {
  const buffer = Buffer.alloc(MEBIBYTE);
  return timed(async () => {
    for (let sector = 0; sector < sectorCount; sector += MEBIBYTE / SECTOR_SIZE)
      await disk.read(sector, buffer);
  });
}

/** Writes a whole disk from front to back, 1 MiB at a time from one buffer, and flushes it. Milliseconds. */
export function writeSequentially(disk: Disk, sectorCount: number): Promise<number> {
  const buffer = Buffer.alloc(MEBIBYTE, 0x5a);
  return timed(async () => {
    for (let sector = 0; sector < sectorCount; sector += MEBIBYTE / SECTOR_SIZE)
      await disk.write(sector, buffer);
    await disk.flush();
  });
}

/** First sectors of 4 KiB requests, the same for the same seed. */
export function randomPages(sectorCount: number, count: number, seed: number): Float64Array {
  const random = seededRandom(seed);
  const pageCount = Math.floor(sectorCount / PAGE_SECTORS);
  return Float64Array.from({ length: count }, () => Math.floor(random() * pageCount) * PAGE_SECTORS);
}

/** Does 4 KiB requests, so many in flight, each of them with a buffer of its own. Milliseconds. */
export function requestPages(
  operation: 'read' | 'write',
  disk: Disk,
  sectors: Float64Array,
  inFlight: number,
): Promise<number> {
  let next = 0;
  const work = async (): Promise<void> => {
    const buffer = Buffer.alloc(PAGE_SECTORS * SECTOR_SIZE, 0x5a);
    while (next < sectors.length) await disk[operation](sectors[next++]!, buffer);
  };
  return timed(() => Promise.all(Array.from({ length: inFlight }, work)));
}
