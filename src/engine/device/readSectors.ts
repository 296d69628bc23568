import { type BlockDevice, type ReadOptions, SECTOR_SIZE } from '../block/blockDevice';
import { checkRange, sliceSectors } from '../block/range';
import { isMediumFailure, RemapError } from '../errors';
import type { SectorRead } from './deviceContracts';

/** The most that one call reads: 64 MiB. */
const MAX_READ_SECTORS = 131_072;

export interface SectorReadOptions extends ReadOptions {
  /** Where the bytes go, instead of into memory of their own. It has room for them. */
  readonly into?: Uint8Array;
}

/**
 * Reads sectors and says which of them failed, instead of throwing for them: the sectors around a bad one are wanted.
 * @throws RemapError `EINVAL` outside the device or for more than 64 MiB
 */
export async function readSectors(
  device: BlockDevice,
  sector: number,
  count: number,
  { into, ...options }: SectorReadOptions = {},
): Promise<SectorRead> {
  checkRange(sector, count, device.sectorCount);
  if (count > MAX_READ_SECTORS) {
    const text = `${count} sectors are more than one read takes; read at most ${MAX_READ_SECTORS} at a time`;
    throw new RemapError('EINVAL', text, { sector, count });
  }
  const bytes = into?.subarray(0, count * SECTOR_SIZE) ?? new Uint8Array(count * SECTOR_SIZE);
  try {
    await device.read(sector, bytes, options);
    return { bytes, failed: [] };
  } catch (error) {
    if (!isMediumFailure(error)) throw error;
    for (const [first, length] of error.failed) sliceSectors(bytes, sector, first, length).fill(0);
    return { bytes, failed: [...error.failed] };
  }
}
