import { type BlockDevice, SECTOR_SIZE } from '../block/blockDevice';
import { checkRange, sliceSectors } from '../block/range';
import { isMediumFailure, RemapError } from '../errors';
import type { SectorRead } from './deviceContracts';

/** The most that one call reads or writes: 64 MiB. */
const MAX_REQUEST_SECTORS = 131_072;
/** What one request to the stack carries: enough to be fast, little enough to stay interruptible. */
const SCAN_SECTORS = 2048;

/**
 * Reads sectors and says which of them failed, instead of throwing for them: the sectors around a bad one are wanted.
 * @throws RemapError `EINVAL` outside the device or for more than 64 MiB
 */
export async function readSectors(device: BlockDevice, sector: number, count: number): Promise<SectorRead> {
  checkRange(sector, count, device.sectorCount);
  if (count > MAX_REQUEST_SECTORS) {
    const text = `${count} sectors are more than one read takes; read at most ${MAX_REQUEST_SECTORS} at a time`;
    throw new RemapError('EINVAL', text, { sector, count });
  }
  const bytes = new Uint8Array(count * SECTOR_SIZE);
  try {
    await device.read(sector, bytes);
    return { bytes, failed: [] };
  } catch (error) {
    if (!isMediumFailure(error)) throw error;
    for (const [first, length] of error.failed) sliceSectors(bytes, sector, first, length).fill(0);
    return { bytes, failed: [...error.failed] };
  }
}

/** The nearest sector from `from` on (inclusive) that can be read and isn't all zeros, or null. */
export async function findNonZero(
  device: BlockDevice,
  from: number,
  direction: 1 | -1,
  signal?: AbortSignal,
): Promise<number | null> {
  let at = from;
  while (at >= 0 && at < device.sectorCount) {
    signal?.throwIfAborted();
    const first = direction === 1 ? at : Math.max(0, at - SCAN_SECTORS + 1);
    const end = direction === 1 ? Math.min(device.sectorCount, at + SCAN_SECTORS) : at + 1;
    const { bytes } = await readSectors(device, first, end - first);
    const found =
      direction === 1 ? bytes.findIndex((byte) => byte !== 0) : bytes.findLastIndex((byte) => byte !== 0);
    if (found !== -1) return first + Math.floor(found / SECTOR_SIZE);
    at = direction === 1 ? end : first - 1;
  }
  return null;
}
