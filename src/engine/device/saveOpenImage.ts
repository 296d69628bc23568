import { access, constants, copyFile, unlink } from 'node:fs/promises';
import { SECTOR_SIZE } from '../block/blockDevice';
import { DUST_TAG } from '../block/mediumFault';
import { appendRange } from '../block/range';
import { RangeSet } from '../block/rangeSet';
import { type CopyOptions, copySparse } from '../block/sparseCopy';
import { RemapError, type SectorRange } from '../errors';
import { saveMedium } from '../mapfile/mapfileIo';
import { type Disk, mapfilePath } from './disk';
import { readSectors } from './readSectors';

/** An open image as it was saved under another name. */
export interface SavedImage {
  readonly path: string;
  readonly bytes: number;
  /** Sectors that the open file has no longer: bad in the map of the copy. */
  readonly lost: SectorRange[];
}

/**
 * Copies what an open image holds, with what was written to it and not flushed, to a new file, durably, together with its
 * map. Sectors that a shortened file has lost are bad in that map: in the copy they would read as zeros (R13).
 * @throws RemapError `EEXIST` when the file or its map is there already, and as {@link copySparse}
 */
export async function saveOpenImage(
  disk: Disk,
  target: string,
  options: Omit<CopyOptions, 'isDurable'> = {},
): Promise<SavedImage> {
  await refuseExistingMap(target);
  const { image, cached } = disk;
  const size = image.place.byteLength;
  const lost: [number, number][] = [];
  const read = async (buffer: Buffer, byteOffset: number): Promise<number> => {
    const count = Math.floor(buffer.length / SECTOR_SIZE);
    if (count > 0) {
      const { bytes, failed } = await readSectors(cached, byteOffset / SECTOR_SIZE, count);
      for (const run of failed) appendRange(lost, ...run);
      buffer.set(bytes);
    }
    buffer.set(await image.readTail(buffer.length - count * SECTOR_SIZE), count * SECTOR_SIZE);
    return buffer.length;
  };
  await copySparse({ size, read }, target, { ...options, isDurable: true });
  try {
    await saveMap(disk, lost, target);
  } catch (error) {
    await unlink(target);
    throw error;
  }
  disk.noteSaved();
  return { path: target, bytes: size, lost };
}

async function refuseExistingMap(target: string): Promise<void> {
  const path = mapfilePath(target);
  const isThere = await access(path).then(
    () => true,
    () => false,
  );
  if (!isThere) return;
  throw new RemapError('EEXIST', `${path} exists already and is not overwritten: choose another name`, {
    path,
  });
}

/** The map beside the image goes with it, unless another image is there now; what is known of the medium counts. */
async function saveMap(
  { displacement, path, sectorCount, medium }: Disk,
  lost: readonly SectorRange[],
  target: string,
): Promise<void> {
  const isCopied =
    displacement?.happened !== 'replaced' && (await copyIfThere(mapfilePath(path), mapfilePath(target)));
  const { badSectors: known, enabled, quiet } = medium;
  const badSectors = new RangeSet();
  for (const { first, sectorCount: count, tag } of known.tagged()) badSectors.add(first, count, tag);
  for (const [first, count] of lost) badSectors.add(first, count, DUST_TAG);
  if (!isCopied && badSectors.sectorCount === 0) return;
  await saveMedium(mapfilePath(target), { badSectors, enabled, quiet, sectorCount });
}

async function copyIfThere(source: string, target: string): Promise<boolean> {
  try {
    await copyFile(source, target, constants.COPYFILE_EXCL);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return false;
  }
}
