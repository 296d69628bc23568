import { SECTOR_SIZE } from '../../../src/engine/block/blockDevice';
import { VolatileCache } from '../../../src/engine/block/volatileCache';
import { turns } from '../turns';
import { MemoryDevice } from './memoryDevice';
import { ScriptedDevice } from './scriptedDevice';

export const ZERO = new Uint8Array(SECTOR_SIZE);

export function cachedDisk(options: { limitSectors?: number; sectorCount?: number } = {}) {
  const medium = new MemoryDevice(options.sectorCount ?? 1000);
  const disk = new ScriptedDevice(medium);
  const limit = options.limitSectors === undefined ? {} : { limitBytes: options.limitSectors * SECTOR_SIZE };
  return { medium, disk, cache: new VolatileCache(disk, limit) };
}

export function onMedium(medium: MemoryDevice, sector: number, sectorCount = 1): Uint8Array {
  const bytes = new Uint8Array(sectorCount * SECTOR_SIZE);
  medium.peek(sector, bytes);
  return bytes;
}

/** Waits until every request that isn't held has ended. */
export function atRest(): Promise<void> {
  return turns(20);
}
