import type { BlockDevice, Clock } from '../block/blockDevice';
import { openImage } from '../block/image';
import { RemapError } from '../errors';
import { MAGIC, v4Header } from '../metadata/codec/v4';
import { readCopies } from '../metadata/copyReader';
import { inspectMetadata } from '../metadata/inspect';
import { namedSpareSectors } from '../metadata/spareSize';

/** Decides about an image that looks like a container whether it is a disk all the same (`OpenImageOptions.isDisk`). */
type DiskCheck = (image: BlockDevice) => Promise<boolean>;

/**
 * An image is a disk, however it begins, where one of these spares has been in use with a main of its size: what it begins
 * with was written by a client of the device then. A spare that was only formatted says nothing. Writes nothing.
 */
export function isMainOf(spares: readonly string[], clock: Clock): DiskCheck {
  return async ({ sectorCount }) => {
    for (const path of spares) if (await hasServed(path, sectorCount, clock)) return true;
    return false;
  };
}

/** An image is a disk, however it ends, where it begins as a spare with the metadata of one of exactly its size. */
export function isSpare(clock: Clock): DiskCheck {
  return async (image) => {
    const found = await readCopies(image, clock.now());
    const beginsAsSpare = v4Header.get(found.copies[0]!.bytes, 'magic') === MAGIC;
    const named = found.winner === null ? null : namedSpareSectors(found, image.sectorCount);
    return beginsAsSpare && named === image.sectorCount;
  };
}

async function hasServed(path: string, mainSectorCount: number, clock: Clock): Promise<boolean> {
  try {
    const spare = await openImage(path, { readOnly: true, lock: false, isDisk: isSpare(clock) });
    try {
      const found = await inspectMetadata(spare, clock.now());
      const isUsed = found.mainIdentity !== undefined || found.remaps > 0;
      return isUsed && found.mainSectorCount === mainSectorCount;
    } finally {
      await spare.close();
    }
  } catch (error) {
    if (error instanceof RemapError) return false;
    throw error;
  }
}
