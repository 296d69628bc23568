import { SECTOR_SIZE } from '../block/blockDevice';
import { DUST_TAG } from '../block/mediumFault';
import { READABLE, stateOfStatus, withFault } from '../block/mediumSectors';
import { appendRange } from '../block/range';
import { RangeSet } from '../block/rangeSet';
import { type CopyOptions, copySparse } from '../block/sparseCopy';
import { RemapError, type SectorRange } from '../errors';
import { RescueMapFile } from '../mapfile/rescueMapFile';
import { doors } from '../outside/doors';
import { constants } from '../outside/fileSystem';
import { removeFile } from '../outside/patience';
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
    await removeFile(target);
    throw error;
  }
  disk.noteSaved();
  return { path: target, bytes: size, lost };
}

async function refuseExistingMap(target: string): Promise<void> {
  const path = mapfilePath(target);
  const isThere = await doors.files.access(path).then(
    () => true,
    () => false,
  );
  if (!isThere) return;
  throw new RemapError('EEXIST', `${path} exists already and is not overwritten: choose another name`, {
    path,
  });
}

/** The map of the image goes with it, unless another image is there now; what is known of the medium counts. */
async function saveMap(
  { displacement, mapPath, sectorCount, medium }: Disk,
  lost: readonly SectorRange[],
  target: string,
): Promise<void> {
  const isCopied = displacement?.happened !== 'replaced' && (await copyIfThere(mapPath, mapfilePath(target)));
  const states = RangeSet.from([[0, sectorCount, READABLE]]);
  for (const run of medium.unreadable()) states.add(run.first, run.sectorCount, run.state);
  for (const [first, count] of lost) states.add(first, count, withFault(stateOfStatus('-'), DUST_TAG));
  if (!isCopied && states.runCount === 1) return;
  const map = new RescueMapFile(mapfilePath(target), sectorCount);
  try {
    await map.read();
    await (await map.prepare({ states, enabled: medium.enabled, quiet: medium.quiet }))?.commit();
  } catch (error) {
    if (isCopied) await removeFile(mapfilePath(target)).catch(() => undefined);
    throw error;
  }
}

async function copyIfThere(source: string, target: string): Promise<boolean> {
  try {
    await doors.files.copyFile(source, target, constants.COPYFILE_EXCL);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return false;
  }
}
