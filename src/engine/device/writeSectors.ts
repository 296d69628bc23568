import { checkRequest } from '../block/range';
import type { WriteOptions } from '../remap/remapTarget';
import type { DeviceParts } from './deviceParts';

/**
 * Writes through the whole stack, and flushes unless told not to. Its sectors count as changed, also when a part of them
 * could not be written.
 * @returns the sectors that this write remapped, ascending
 */
export async function writeSectors(
  device: DeviceParts,
  sector: number,
  bytes: Uint8Array,
  { flush = true }: { readonly flush?: boolean } = {},
): Promise<number[]> {
  const { target, mainIdentity, events } = device;
  const count = checkRequest(sector, bytes.length, target.sectorCount);
  try {
    return await collectRemapped(async (options) => {
      await target.write(sector, bytes, options);
      if (flush) await target.flush();
    });
  } finally {
    mainIdentity.noteWrite(sector, count);
    if (flush) await device.renewIdentity();
    events.sectorsChanged([[sector, count]]);
  }
}

/** Does writes with the given options, and tells which sectors they remapped, ascending. */
export async function collectRemapped(write: (options: WriteOptions) => Promise<void>): Promise<number[]> {
  const remapped: number[] = [];
  await write({ onRemapped: ({ original }) => void remapped.push(original) });
  return remapped.sort((a, b) => a - b);
}
